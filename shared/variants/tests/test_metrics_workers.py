"""Two workers count together, and a worker that is killed leaves nothing in progress (20.2, 20.5)."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from variants.catalog import load_variants
from variants.databases import Rows, sqlite_database
from variants.process import RunningVariant, running

SECONDS = 30
REQUESTS, READINGS = 20, 8
PINGS = 'http_requests_total{method="GET",route="/api/v1/ping",status="200"}'
DURATIONS = 'http_request_duration_seconds_count{method="GET",route="/api/v1/ping"}'
IN_PROGRESS = "http_requests_in_progress"
HALF = (
    b"POST /api/v1/users HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
)


@dataclass(frozen=True)
class Workers:
    """A variant with two workers, and the folder in which it makes its temporary files."""

    server: RunningVariant
    temporary: Path

    def numbers(self) -> dict[str, float]:
        """What a worker tells, by name and labels; each time on a connection of its own."""
        text = requests.get(f"{self.server.base_url}/metrics", timeout=SECONDS).text
        return {name: float(value) for name, value in re.findall(r"(?m)^([^#\n]+) (\S+)$", text)}

    def folders(self) -> list[Path]:
        """Where the workers keep their numbers."""
        return list(self.temporary.glob("blog-api-metrics-*"))

    def counting(self) -> set[str]:
        """The process ids of the workers that have counted."""
        return {file.stem.rpartition("_")[2] for folder in self.folders() for file in folder.glob("counter_*.db")}


@pytest.fixture(scope="module", params=load_variants().values(), ids=lambda variant: variant.name)
def workers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """A variant with two workers, whose folder is gone when it has ended."""
    with sqlite_database(Rows(articles=20, users=5)) as database:
        temporary = tmp_path_factory.mktemp("temporary")
        environment = {"TMPDIR": str(temporary)}
        with running(request.param, database_url=database.url, workers=2, environment=environment) as server:
            yield (found := Workers(server, temporary))
            assert len(found.folders()) == 1
        assert server.exit_code == 0
        assert found.folders() == []


def wait_for_both(workers: Workers) -> int:
    """Send requests until each worker has counted some: which one accepts is up to the system; give their number."""
    end, pings = time.monotonic() + SECONDS, 0
    while len(workers.counting()) < 2:
        assert time.monotonic() < end, "one worker takes all requests"
        ping(workers)
        pings += 1
    return pings


def wait_for_progress(workers: Workers, number: int) -> None:
    """Wait until so many requests are in progress, the reading included, which is bound to be so soon."""
    end = time.monotonic() + SECONDS
    while (seen := workers.numbers()[IN_PROGRESS]) != number and time.monotonic() < end:
        time.sleep(0.02)
    assert seen == number


def ping(workers: Workers) -> None:
    """A request on a connection of its own."""
    assert requests.get(f"{workers.server.base_url}/api/v1/ping", timeout=SECONDS).status_code == 200


def worker_of(workers: Workers, connection: socket.socket) -> psutil.Process:
    """The worker that has accepted a connection."""
    port = connection.getsockname()[1]
    below = psutil.Process(workers.server.pid).children(recursive=True)
    (found,) = [
        each for each in below if any(peer.raddr and peer.raddr.port == port for peer in each.net_connections())
    ]
    return found


def test_each_worker_tells_the_numbers_of_both(workers: Workers) -> None:
    ping(workers)
    before = workers.numbers()
    for _ in range(REQUESTS):
        ping(workers)
    pings = REQUESTS + wait_for_both(workers)
    told = [workers.numbers() for _ in range(READINGS)]
    assert [each[PINGS] - before[PINGS] for each in told] == [pings] * READINGS
    assert [each[DURATIONS] - before[DURATIONS] for each in told] == [pings] * READINGS


def test_a_killed_worker_leaves_its_counts_and_nothing_in_progress(workers: Workers) -> None:
    # A supervisor may wait for one that is still starting before it sees that the other one has been killed.
    wait_for_both(workers)
    ping(workers)
    before = workers.numbers()
    address = ("127.0.0.1", int(workers.server.base_url.rpartition(":")[2]))
    with closing(socket.create_connection(address, timeout=SECONDS)) as slow:
        slow.sendall(HALF)
        wait_for_progress(workers, 2)
        worker_of(workers, slow).kill()
        wait_for_progress(workers, 1)
    assert workers.numbers()[PINGS] == before[PINGS]

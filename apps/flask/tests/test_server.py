"""The server as `variant.toml` starts it: what it does with wrong settings, with signals and with bodies too large."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from functools import cache
from http.client import HTTPConnection
from pathlib import Path

import pytest
from argon2 import PasswordHasher

FOLDER = Path(__file__).parents[1]
SECONDS = 30
UNDER_WAY_SECONDS = 0.5
# A log-in is to be under way still when others are answered, on a fast machine too.
SLOW_SECONDS = 3 * UNDER_WAY_SECONDS
Begin = Callable[[HTTPConnection], Callable[[], None]]
Wait = Callable[[HTTPConnection], None]
Start = Callable[..., tuple[subprocess.Popen[str], Callable[[], HTTPConnection]]]


def command(port: int, workers: int) -> list[str]:
    """The command of `variant.toml`."""
    parts = tomllib.loads((FOLDER / "variant.toml").read_text())["server"]["command"]
    return [part.format(python=sys.executable, host="127.0.0.1", port=port, workers=workers) for part in parts]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def connected(port: int) -> HTTPConnection:
    """A connection to the server, which is waited for: it listens before a worker is there to answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with suppress(ConnectionRefusedError):
            connection.connect()
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            return connection
        time.sleep(0.05)
    raise TimeoutError


@cache
def slow_hash() -> dict[str, str]:
    """Settings with which this machine hashes a password in about `SLOW_SECONDS`."""
    passes, kibibytes = 80, 8192
    began = time.perf_counter()
    PasswordHasher(time_cost=passes, memory_cost=kibibytes, parallelism=1).hash("a password")
    memory = round(kibibytes * SLOW_SECONDS / (time.perf_counter() - began))
    return {"ARGON2_TIME_COST": str(passes), "ARGON2_MEMORY_KIB": str(memory)}


def stopped(process: subprocess.Popen[str]) -> None:
    """End a server that is still there."""
    process.kill()
    process.wait(SECONDS)


def log_in(connection: HTTPConnection) -> None:
    """Send a log-in that takes its time and fails."""
    form = "grant_type=password&username=nobody&password=wrong"
    connection.request("POST", "/api/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})


@pytest.fixture
def start(seeded: Path, tmp_path: Path) -> Iterator[Start]:
    """Start servers and connect to them; close and end everything at last, whatever happened."""
    with ExitStack() as stack:

        def run(*, workers: int = 1, **settings: str) -> tuple[subprocess.Popen[str], Callable[[], HTTPConnection]]:
            port = free_port()
            environment = {**os.environ, "DATABASE_URL": f"sqlite:///{seeded}", **settings}
            errors = stack.enter_context((tmp_path / "stderr.log").open("w"))
            process = subprocess.Popen(command(port, workers), cwd=FOLDER, env=environment, stderr=errors, text=True)
            stack.callback(stopped, process)
            return process, lambda: stack.enter_context(closing(connected(port)))

        yield run


@pytest.mark.parametrize("workers", [1, 2])
def test_wrong_settings_end_the_server_with_a_line_each(start: Start, tmp_path: Path, workers: int) -> None:
    process, _ = start(workers=workers, SECRET_KEY="too-short-a-key", DATABASE_POOL_SIZE="0")
    assert process.wait(SECONDS) == 2
    lines = (tmp_path / "stderr.log").read_text().splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == ["DATABASE_POOL_SIZE", "SECRET_KEY"]
    assert "too-short-a-key" not in str(lines)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_in_flight_is_answered_before_the_server_ends(
    start: Start, begin_log_in: Begin, wait_until_closed: Wait, workers: int
) -> None:
    process, connect = start(workers=workers)
    connection = connect()
    finish = begin_log_in(connection)
    process.send_signal(signal.SIGTERM)
    wait_until_closed(connection)
    finish()
    answer = connection.getresponse()
    assert (answer.status, answer.read()[:1]) == (401, b"{")
    assert process.wait(SECONDS) == 0


def test_a_server_that_is_to_end_is_not_ready(start: Start, begin_log_in: Begin, wait_until_closed: Wait) -> None:
    process, connect = start()
    kept, busy = connect(), connect()
    kept.request("GET", "/health/ready")
    assert kept.getresponse().read() == b'{"status":"ready"}'
    begin_log_in(busy)
    process.send_signal(signal.SIGTERM)
    wait_until_closed(busy)
    kept.request("GET", "/health/ready")
    with kept.getresponse() as answer:
        assert (answer.status, answer.getheader("Connection")) == (503, "close")


def test_a_body_that_is_declared_too_large_is_refused_unread_and_the_connection_closed(start: Start) -> None:
    connection = start()[1]()
    connection.putrequest("POST", "/api/v1/users")
    connection.putheader("Content-Length", str(10 * 1024**3))
    connection.endheaders()
    with connection.getresponse() as answer:
        assert (answer.status, answer.getheader("Connection")) == (413, "close")


def test_others_are_answered_while_passwords_are_hashed(start: Start) -> None:
    _, connect = start(**slow_hash())
    slow, quick = connect(), connect()
    log_in(slow)
    time.sleep(UNDER_WAY_SECONDS)
    quick.request("GET", "/api/v1/ping")
    assert quick.getresponse().read() == b'{"pong":true}'
    assert select.select([slow.sock], [], [], 0)[0] == []

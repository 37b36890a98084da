"""One server under callgrind: what it executes for a request, by library."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.run.callgrind import Callgrind, CallgrindError, Instructions, process_tree
from benchmarks.run.client import PlainClient
from benchmarks.run.rest import NoRestError, wait_for_rest
from variants.catalog import Handler, Variant
from variants.process import running

PAGE = "/api/v1/articles?skip=0&limit=20"
PATHS = {"ping": "/api/v1/ping", "article": "/api/v1/articles/{id}", "page": PAGE}
SLICES = 3
# What is cheaper than a page has more: one heartbeat more or less would be 0.2 % of a slice of 20 pings.
LONGER_SLICES = {"ping": 2, "article": 2}
# Four times the longest period of a heartbeat (gunicorn's second), so one more or less matters little.
IDLE_SECONDS = 4.0
# A start of a few seconds takes ten times as long under callgrind, and still longer on a busy machine.
READY_SECONDS = 300.0
REST_SECONDS = 60.0

Libraries = dict[str, float]


@dataclass(frozen=True)
class Slice:
    """Some requests: how long they took, and what the server executed meanwhile."""

    seconds: float
    counted: Instructions


@dataclass(frozen=True)
class CountedServer:
    """A server that runs under callgrind; `idle` has the instructions of a second in which nobody asks."""

    callgrind: Callgrind
    client: PlainClient
    pid: int
    paths: Mapping[str, str]
    idle: Libraries

    def count(self, scenario: str, requests: int, check: Callable[[], None]) -> Libraries:
        """Count what one request executes: the middle one of the slices, after as many requests to warm up.

        Parameters:
            requests: of a slice, as `requests_of` has it.
            check: is called between the slices, and may raise to end it.

        Raises:
            CallgrindError: callgrind does not do what it is told.
            ClientError: a request was not answered with 200.
        """
        self._ask(scenario, requests)
        self.callgrind.take(self.pid)
        slices = []
        for _ in range(SLICES):
            check()
            began = time.monotonic()
            self._ask(scenario, requests)
            # The server stands still while its counts are written.
            slices.append(Slice(time.monotonic() - began, self.callgrind.take(self.pid)))
        return per_request(middle(slices), self.idle, requests)

    def _ask(self, scenario: str, times: int) -> None:
        _ask(self.client, self.paths[scenario], times, self.pid)


@contextmanager
def counting(
    variant: Variant,
    handler: Handler,
    *,
    scenarios: Sequence[str],
    requests: int,
    database_url: str,
    environment: Mapping[str, str],
    cores: tuple[int, ...],
) -> Iterator[CountedServer]:
    """Run a variant's server under callgrind, warmed up by some requests of each scenario.

    Raises:
        CallgrindError: valgrind is not there, or does not do what it is told.
        ClientError: a request was not answered with 200.
        VariantFailedError: the server did not start.
    """
    with TemporaryDirectory(prefix="callgrind-") as folder:
        callgrind = Callgrind(Path(folder))
        with (
            running(
                prefixed(variant, handler, callgrind.prefix),
                database_url=database_url,
                # Python's hashes of texts are random, and with them the collisions in its tables.
                environment={**environment, "PYTHONHASHSEED": "0"},
                cpus=frozenset(cores) or None,
                ready_seconds=READY_SECONDS,
                handler=handler,
            ) as server,
            PlainClient(server.base_url) as client,
        ):
            paths = {scenario: _path(client, scenario) for scenario in scenarios}
            for path in paths.values():
                _ask(client, path, requests, server.pid)
            callgrind.begin(server.pid)
            idle = _idle(callgrind, server.pid)
            yield CountedServer(callgrind, client, server.pid, paths, idle)


def requests_of(scenario: str, requests: int) -> int:
    """How many requests a slice of a scenario has, where one of the usual length has so many."""
    return LONGER_SLICES.get(scenario, 1) * requests


def prefixed(variant: Variant, handler: Handler, prefix: Sequence[str]) -> Variant:
    """The same variant with something before the command of one of its servers."""
    server = variant.server_of(handler)
    changed = replace(server, command=(*prefix, *server.command))
    return replace(variant, bare=changed) if handler is Handler.BARE else replace(variant, server=changed)


def per_request(one: Slice, idle: Mapping[str, float], requests: int) -> Libraries:
    """Instructions of one request by library, without what the server does in the slice's seconds anyway."""
    names = one.counted.keys() | idle.keys()
    return {name: (one.counted.get(name, 0) - idle.get(name, 0.0) * one.seconds) / requests for name in names}


def middle(slices: Sequence[Slice]) -> Slice:
    """The median: a collection of all garbage, which comes once in thousands of requests, falls into another slice."""
    return sorted(slices, key=lambda one: one.counted.total())[len(slices) // 2]


def _path(client: PlainClient, scenario: str) -> str:
    """The path that is asked for, of the newest article where it needs one: the same in every copy of the database."""
    path = PATHS[scenario]
    return path.format(id=json.loads(client.get(PAGE))["data"][0]["id"]) if "{id}" in path else path


def _ask(client: PlainClient, path: str, times: int, pid: int) -> None:
    """Ask so many times, each time only when the server waits for it."""
    processes = process_tree(pid)
    for _ in range(times):
        client.get(path)
        try:
            wait_for_rest(processes, REST_SECONDS)
        except NoRestError as error:
            raise CallgrindError(str(error)) from error


def _idle(callgrind: Callgrind, pid: int) -> Libraries:
    callgrind.take(pid)
    began = time.monotonic()
    time.sleep(IDLE_SECONDS)
    counted = callgrind.take(pid)
    seconds = time.monotonic() - began
    return {library: instructions / seconds for library, instructions in counted.items()}

"""More clients than the server has capacity for, for some seconds; and afterwards all is as before."""

import time

import pytest

from faults.calls import Call, Fate
from faults.crowd import crowd, mixed_turn
from faults.service import Service, served
from variants.catalog import Variant
from variants.watch import tree_usage

# With eight connections each variant uses all of its core; four times as many.
CAPACITY_CLIENTS = 8
CLIENTS = 4 * CAPACITY_CLIENTS
SECONDS = 30.0
MIB = 1024 * 1024
# A thread's stack, a connection's buffers and SQLite's cache come once, and with the first requests; what is kept of
# every request (1 KB of each is some 5 MB in the last ten seconds) grows as much with the last ones.
GROWTH_BYTES, LATE_GROWTH_BYTES = 32 * MIB, 4 * MIB
BACK_SECONDS = 5.0
LIST, PING = "/api/v1/articles?limit=5", "/api/v1/ping"
AFTERWARDS = 20


def overloaded(service: Service) -> list[int]:
    """Let the clients work, and give the server's memory before, after two thirds of the time, and at the end."""
    memory = [tree_usage(service.server.pid).rss_bytes]
    for seconds in (SECONDS * 2 / 3, SECONDS / 3):
        time.sleep(seconds)
        memory.append(tree_usage(service.server.pid).rss_bytes)
    return memory


def afterwards(service: Service) -> list[Call]:
    """What a client of a new connection gets, with the database and without."""
    with service.line() as line:
        return [line.get(path) for _ in range(AFTERWARDS) for path in (LIST, PING)]


@pytest.mark.long
def test_overload_passes(variant: Variant, database_url: str) -> None:
    with served(variant, database_url) as service:
        with crowd(service.base_url, service.token, mixed_turn, clients=CAPACITY_CLIENTS) as warm:
            warm.wait_for(400, seconds=60)
        with crowd(service.base_url, service.token, mixed_turn, clients=CLIENTS) as clients:
            memory = overloaded(service)
            over = time.monotonic()
        calls = afterwards(service)
    assert [str(call) for call in clients.calls if call.fate is not Fate.ANSWERED] == []
    assert {call.status for call in clients.calls} <= {200, 201, 503}
    # Those that were waiting have been answered by then, too.
    assert [str(call) for call in calls if call.status != 200] == []
    assert calls[1].ended - over < BACK_SECONDS
    before, later, last = memory
    assert last - before < GROWTH_BYTES
    assert last - later < LATE_GROWTH_BYTES

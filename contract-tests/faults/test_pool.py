"""No connection of the pool is free: a statement waits for a lock that somebody else holds (20.11)."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from faults.calls import Call, Line
from faults.crowd import crowd, new_article
from faults.service import served
from variants.catalog import Variant

CLIENTS = 6
HELD_SECONDS = 7.0
# The time-out of the pool, or of a server's queue of threads, and then that of the lock.
LONGEST_SECONDS = 5.0 + 5.0 + 1.5
# A server of threads takes a second to see that the database is stuck. One whose threads all wait answers two at most.
PING_SECONDS = 0.5
QUICK_PINGS = 10


@contextmanager
def write_lock(path: str) -> Iterator[None]:
    """Hold the lock for writing on a SQLite database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def writes(line: Line, _number: int) -> Sequence[Call]:
    """Create an article."""
    return [line.call("POST", "/api/v1/articles", new_article())]


def test_requests_that_get_no_connection_are_told_so(variant: Variant, database_url: str) -> None:
    with (
        served(variant, database_url, settings={"DATABASE_POOL_SIZE": "1"}) as service,
        crowd(service.base_url, service.token, writes, clients=CLIENTS) as clients,
        service.line() as line,
    ):
        clients.wait_for(20)
        with write_lock(database_url.removeprefix("sqlite:///")):
            held, pings = time.monotonic(), []
            while time.monotonic() < held + HELD_SECONDS:
                pings.append(line.get("/api/v1/ping"))
                time.sleep(0.1)
        released = time.monotonic()
        clients.wait_for(20)
        time.sleep(0.5)
    refused = [call for call in clients.calls if call.status == 503]
    assert refused
    assert {(call.code, "retry-after" in call.headers) for call in refused} == {("database_unavailable", True)}
    assert [str(call) for call in clients.calls if call.status not in (201, 503)] == []
    assert [str(call) for call in clients.calls if call.seconds > LONGEST_SECONDS] == []
    assert [str(call) for call in pings if call.status != 200] == []
    assert sum(call.seconds < PING_SECONDS for call in pings) >= QUICK_PINGS
    # What was waiting when the lock was released may have waited too long.
    assert [str(call) for call in clients.since(released + 0.5) if call.status != 201] == []

"""No connection of the pool is free: a statement waits for a lock that somebody else holds (20.11)."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial

from faults.calls import Call, Line
from faults.crowd import Crowd, crowd, new_article, wait_until
from faults.service import served
from variants.catalog import Variant

CLIENTS = 6
# What a request is given to wait for a connection, and a statement for a lock (`blogapi.database`); one may follow the
# other. Both are looked at some times a second only.
POOL_SECONDS, LOCK_SECONDS, STEP_SECONDS = 5.0, 5.0, 0.5
# The statement that waits for the lock is given up after 5 s, and a server whose threads all wait for it answers no
# ping before: two or three until every client has been told. Otherwise some 50 are sent.
PINGS = 10
PING_PAUSE_SECONDS = 0.1
BACK_SECONDS = 5.0


@contextmanager
def write_lock(path: str) -> Iterator[None]:
    """Hold the lock for writing on a SQLite database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def writes(line: Line, _number: int) -> Sequence[Call]:
    """Create an article; spare a server that cannot."""
    call = line.call("POST", "/api/v1/articles", new_article())
    if call.status == 503:
        time.sleep(0.1)
    return [call]


def is_refused(call: Call) -> bool:
    """Whether the client was told to come again."""
    return call.status == 503


def is_served_since(instant: float, call: Call) -> bool:
    """Whether a request that was begun after an instant of `time.monotonic` was done."""
    return call.began > instant and call.status == 201


def until_all_are_told(clients: Crowd, line: Line) -> list[Call]:
    """Send pings until each client has been refused; a client that is kept waiting for ever ends that."""
    began, pings = time.monotonic(), [line.get("/api/v1/ping")]
    while not clients.have_each(is_refused):
        allowed = longest_seconds(pings)
        assert time.monotonic() < began + allowed + PING_PAUSE_SECONDS, f"a client was not told within {allowed:.1f} s"
        time.sleep(PING_PAUSE_SECONDS)
        pings.append(line.get("/api/v1/ping"))
    return pings


def longest_seconds(pings: Sequence[Call]) -> float:
    """How long a request may take: what the two waits are given, and what one that needs neither takes meanwhile.

    That is a second where threads wait for the one place at the database, and more on a machine that is busy.
    """
    return POOL_SECONDS + LOCK_SECONDS + STEP_SECONDS + max(ping.seconds for ping in pings)


def test_requests_that_get_no_connection_are_told_so(variant: Variant, database_url: str) -> None:
    with (
        served(variant, database_url, settings={"DATABASE_POOL_SIZE": "1"}) as service,
        crowd(service.base_url, service.token, writes, clients=CLIENTS) as clients,
        service.line() as line,
    ):
        clients.wait_for(20)
        with write_lock(database_url.removeprefix("sqlite:///")):
            pings = until_all_are_told(clients, line)
        released = time.monotonic()
        served_again = partial(is_served_since, released)
        wait_until(lambda: clients.have_each(served_again), BACK_SECONDS, "a client is not served again")
    refused = [call for call in clients.calls if is_refused(call)]
    assert {(call.code, "retry-after" in call.headers) for call in refused} == {("database_unavailable", True)}
    assert [str(call) for call in clients.calls if call.status not in (201, 503)] == []
    assert [str(call) for call in clients.calls if call.seconds > longest_seconds(pings)] == []
    assert [str(call) for call in pings if call.status != 200] == []
    assert len(pings) >= PINGS
    # The statement that waited looks for the lock some times a second, and holds the others up until it has seen it.
    moved = min(call.ended for call in clients.calls if call.status == 201 and call.ended > released)
    assert [str(call) for call in clients.since(moved) if call.status != 201] == []

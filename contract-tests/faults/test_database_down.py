"""PostgreSQL stopped, started again, and silent, under load (20.11)."""

import time
from collections.abc import Iterator, Sequence

import pytest

from faults.calls import Call, Line
from faults.crowd import Crowd, crowd, new_article
from faults.own_postgres import OwnPostgres, own_postgres
from faults.service import ROWS, Service, served
from variants.catalog import Variant
from variants.postgres import postgres_database

POOL_SIZE = 3
CLIENTS = 6
# A dead server is noticed at once, a silent one after the statement or the connection has timed out.
WAIT_SECONDS = 5.0
BACK_SECONDS = 5.0
DOWN_SECONDS = 3.0
# A statement that has been sent waits for 6 s (`blogapi.bounded`), then its connection is gone. Who waits for a
# connection gives up after 5 s, or gets one that has to be made anew, which is given up after 2 s: no request waits for
# two statements. The rest of these 6 s + 5 s is for a machine that is busy.
SILENT_BOUND_SECONDS = 6.0 + 5.0
# Who waits until the server speaks again has waited for too long.
SILENT_SECONDS = SILENT_BOUND_SECONDS + 1
LIST = "/api/v1/articles?limit=5"


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    """A PostgreSQL server of this module's own."""
    with own_postgres() as running:
        yield running


@pytest.fixture
def database(server: OwnPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A seeded database on it."""
    monkeypatch.setenv("DATABASE_URL", server.url)
    with postgres_database(ROWS) as given:
        yield given.url


def reads_and_writes(line: Line, number: int) -> Sequence[Call]:
    """Read a list, and create an article; spare a server that cannot do either."""
    calls = [line.get(LIST), line.call("POST", "/api/v1/articles", new_article())]
    if any(call.status == 503 for call in calls):
        time.sleep(0.1)
    return calls


def check_while_down(service: Service, began: float) -> None:
    """For some seconds, see that what needs no database is answered, and the health tells the truth."""
    pings, states = [], []
    with service.line() as line:
        while time.monotonic() < began + DOWN_SECONDS:
            pings.append(line.get("/api/v1/ping"))
            states.append(line.get("/health/ready"))
            time.sleep(0.2)
    assert [str(call) for call in pings if call.status != 200 or call.seconds > 1] == []
    # A request may have been on its way when the database went.
    assert [str(call) for call in states[1:] if (call.status, call.code) != (503, "not_ready")] == []
    assert [str(call) for call in states if call.seconds > 2] == []


def check_refused(calls: Sequence[Call]) -> None:
    """Hold requests that were sent while there was no database against the contract."""
    assert calls
    expected = (503, "database_unavailable", True)
    wrong = [call for call in calls if (call.status, call.code, "retry-after" in call.headers) != expected]
    slow = [call for call in calls if call.seconds > WAIT_SECONDS + 1]
    assert [str(call) for call in wrong] == []
    assert [str(call) for call in slow] == []


def check_back(service: Service, clients: Crowd) -> None:
    """See that service has returned."""
    began = time.monotonic()
    with service.line() as line:
        while line.get("/health/ready").status != 200 or line.get(LIST).status != 200:
            assert time.monotonic() < began + BACK_SECONDS, "service has not returned"
            time.sleep(0.1)
    settled = time.monotonic() + 1
    clients.wait_for(60)
    time.sleep(1)
    later = [str(call) for call in clients.since(settled) if call.status not in (200, 201)]
    assert later == []


def test_a_server_that_is_restarted(variant: Variant, server: OwnPostgres, database: str) -> None:
    settings = {"DATABASE_POOL_SIZE": str(POOL_SIZE)}
    with served(variant, database, settings=settings) as service:
        with crowd(service.base_url, service.token, reads_and_writes, clients=CLIENTS) as clients:
            clients.wait_for(100)
            server.stop()
            down = time.monotonic()
            check_while_down(service, down)
            refused = clients.since(down + 0.1)
            server.start()
            check_back(service, clients)
        assert service.server.exit_code is None
        # One more asks for the health, where the variant has a thread for that.
        assert server.connections_to(database.rpartition("/")[2]) <= POOL_SIZE + 1
    check_refused(refused)
    assert [str(call) for call in clients.calls if call.status not in (200, 201, 503)] == []


@pytest.mark.long
def test_a_server_that_is_silent(variant: Variant, server: OwnPostgres, database: str) -> None:
    settings = {"DATABASE_POOL_SIZE": str(POOL_SIZE)}
    with (
        served(variant, database, settings=settings) as service,
        crowd(service.base_url, service.token, reads_and_writes, clients=CLIENTS) as clients,
    ):
        clients.wait_for(100)
        server.silence()
        try:
            time.sleep(SILENT_SECONDS)
        finally:
            server.resume()
        check_back(service, clients)
    refused = [call for call in clients.calls if call.status == 503]
    assert refused
    assert {call.code for call in refused} == {"database_unavailable"}
    assert [str(call) for call in clients.calls if call.status not in (200, 201, 503)] == []
    assert [str(call) for call in clients.calls if call.seconds > SILENT_BOUND_SECONDS] == []

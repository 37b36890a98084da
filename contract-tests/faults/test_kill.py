"""A worker is killed while it writes: what was acknowledged is there, whole (20.12)."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing

import psutil
import psycopg
import pytest

from faults.calls import Call, Line
from faults.crowd import crowd, new_article, wait_until
from faults.service import ROWS, served
from variants.catalog import Variant
from variants.engines import Engine, fresh_database

WORKERS = 2
CLIENTS = 8
ACKNOWLEDGED = {"short": 300, "long": 1000}
KILLS = 3
# How often a supervisor looks for its workers; a new one then takes as long as the server has taken to start, which
# shows how busy the machine is.
SUPERVISOR_SECONDS = 2.0
STARTS = 3
TAGS = 2
ARTICLES = "SELECT id, title FROM articles"
TAGGED = "SELECT article_id FROM article_tags"


def creates(line: Line, _number: int) -> Sequence[Call]:
    """Create an article with two tags."""
    return [line.call("POST", "/api/v1/articles", new_article())]


def workers_of(pid: int, port: int) -> list[psutil.Process]:
    """The processes below the server's first that have the port's socket, which are its workers; the oldest first."""
    children = sorted(psutil.Process(pid).children(recursive=True), key=psutil.Process.create_time)
    return [
        child
        for child in children
        if any(c.laddr.port == port and c.status == psutil.CONN_LISTEN for c in child.net_connections(kind="tcp"))
    ]


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """What the database holds, past the server."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return list(connection.execute(statement))
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        return list(connection.execute(statement))


@pytest.mark.parametrize("engine", [Engine.SQLITE, pytest.param(Engine.POSTGRES, marks=pytest.mark.long)])
def test_what_was_acknowledged_survives(variant: Variant, engine: Engine, is_long: bool) -> None:
    wanted = ACKNOWLEDGED["long" if is_long else "short"]
    with fresh_database(engine, ROWS) as database:
        before = {row[0] for row in rows(database.url, "SELECT id FROM articles")}
        with served(variant, database.url, workers=WORKERS) as service:
            port = int(service.base_url.rpartition(":")[2])
            with crowd(service.base_url, service.token, creates, clients=CLIENTS) as clients:
                for _ in range(KILLS):
                    clients.wait_for(wanted // (KILLS + 1))
                    workers_of(service.server.pid, port)[0].kill()
                clients.wait_for(wanted // (KILLS + 1))
            seconds = SUPERVISOR_SECONDS + STARTS * service.server.startup_seconds
            wait_until(
                lambda: len(workers_of(service.server.pid, port)) == WORKERS, seconds, "a worker was not replaced"
            )
        articles = {row[0]: row[1] for row in rows(database.url, ARTICLES)}
        tags = Counter(row[0] for row in rows(database.url, TAGGED))
    created = [call for call in clients.calls if call.is_answered and call.status == 201]
    assert len(created) >= wanted // (KILLS + 1) * (KILLS + 1)
    assert [str(call) for call in clients.calls if call.is_answered and call.status != 201] == []
    lost = [call.json["id"] for call in created if articles.get(call.json["id"]) != call.json["title"]]
    assert lost == []
    # Whatever is there is whole, acknowledged or not.
    assert {article: tags[article] for article in articles if article not in before and tags[article] != TAGS} == {}
    assert set(tags) <= set(articles)

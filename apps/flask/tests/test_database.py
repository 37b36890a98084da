"""A database that does not answer, and how often it is asked."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from blogapi import database
from blogapi.settings import Settings
from flask_app import service

ARTICLE = {"title": "A title", "content": "Text.", "tags": ["a", "b", "c"]}
LOCKED_FOR_MS = 20
UNAVAILABLE = ("WARNING", "database_unavailable")


def expect_unavailable(answer: TestResponse) -> None:
    """Hold an answer against what the contract says of a database that is down."""
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is asked of the database, transactions apart."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def impatient(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine that hardly waits: neither for a lock nor for one of its two connections."""
    monkeypatch.setattr(database, "POOL_TIMEOUT_SECONDS", LOCKED_FOR_MS / 1000)
    engine = database.create_engine(settings.model_copy(update={"database_pool_size": 2}))

    @event.listens_for(engine, "connect")
    def set_timeout(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute(f"PRAGMA busy_timeout = {LOCKED_FOR_MS}")

    return engine


def test_a_locked_database_is_unavailable_until_it_is_free(
    make_app: Callable[..., Flask], settings: Settings, impatient: Engine, token: dict[str, str]
) -> None:
    client = make_app(settings, impatient).test_client()
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        expect_unavailable(client.post("/api/v1/articles", json=ARTICLE, headers=token))
        assert client.get("/api/v1/articles/1").status_code == 200
        other.rollback()
    assert client.post("/api/v1/articles", json=ARTICLE, headers=token).status_code == 201


def test_a_pool_with_no_connection_left_is_unavailable(
    make_app: Callable[..., Flask], settings: Settings, impatient: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_app(settings, impatient).test_client()
    with impatient.connect(), impatient.connect():
        expect_unavailable(client.get("/api/v1/articles/1"))
        assert [(record.levelname, record.getMessage()) for record in caplog.records] == [UNAVAILABLE]
        assert client.get("/health/ready").get_json()["code"] == "not_ready"
    assert client.get("/api/v1/articles/1").status_code == 200
    assert client.get("/health/ready").get_json() == {"status": "ready"}


def test_a_database_that_is_not_there_is_unavailable(
    make_app: Callable[..., Flask], settings: Settings, tmp_path: Path
) -> None:
    nowhere = f"sqlite:///{tmp_path}/nowhere/blog.sqlite3"
    client = make_app(settings.model_copy(update={"database_url": nowhere})).test_client()
    expect_unavailable(client.get("/api/v1/articles/1"))
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_readiness_does_not_wait_as_long_as_a_request_may(
    make_app: Callable[..., Flask], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "READY_SECONDS", 0.05)
    app = make_app(settings.model_copy(update={"database_pool_size": 1}))
    with app.extensions["engine"].connect():
        assert app.test_client().get("/health/ready").get_json()["code"] == "not_ready"


def test_a_process_that_is_to_stop_is_not_ready(app: Flask) -> None:
    app.extensions["is_stopping"] = lambda: True
    assert app.test_client().get("/health/ready").get_json()["code"] == "not_ready"
    assert app.test_client().get("/health/live").status_code == 200


def test_no_request_keeps_its_connection(client: FlaskClient, app: Flask, token: dict[str, str]) -> None:
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/api/v1/articles", None),
        ("GET", "/api/v1/articles/1000", None),
        ("GET", "/api/v1/users/me", None),
        ("POST", "/api/v1/articles", ARTICLE),
        ("POST", "/api/v1/articles", {}),
        ("DELETE", "/api/v1/users/1", None),
    ]
    for method, path, body in requests:
        client.open(path, method=method, json=body, headers=token)
        assert app.extensions["engine"].pool.checkedout() == 0


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/api/v1/ping", 0),
        ("/api/v1/articles/1", 2),
        ("/api/v1/articles", 3),
        ("/api/v2/articles", 2),
        ("/api/v1/articles/1/comments", 4),
    ],
)
def test_a_reading_request_has_its_number_of_statements(
    client: FlaskClient, app: Flask, token: dict[str, str], path: str, count: int
) -> None:
    with statements(app.extensions["engine"]) as anonymous:
        assert client.get(path).status_code == 200
    with statements(app.extensions["engine"]) as known:
        assert client.get(path, headers=token).status_code == 200
    assert (len(anonymous), len(known)) == (count, count + 1 if count else 0)


def test_a_new_article_is_three_statements(client: FlaskClient, app: Flask, token: dict[str, str]) -> None:
    with statements(app.extensions["engine"]) as seen:
        assert client.post("/api/v1/articles", json=ARTICLE, headers=token).status_code == 201
    assert len(seen) == 3

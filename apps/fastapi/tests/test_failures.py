"""What goes wrong inside is answered in the contract's words and told to the log, not to the caller."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from blogapi.database import is_unavailable
from blogapi.settings import Settings
from blogapi.store import articles as store

Play = Callable[[Callable[[Any], Any]], None]


def _raise(error: Exception) -> Callable[..., None]:
    def query(*_: Any, **__: Any) -> None:
        raise error

    return query


def _sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("something")
    error.sqlite_errorcode = code
    return error


def test_a_failure_is_logged_with_its_request_id_and_shows_no_trace(
    play: Play, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "article_get", _raise(RuntimeError("secret of the house")))

    async def scenario(call: Any) -> None:
        answer = await call("GET", "/api/v1/articles/1", headers={"X-Request-ID": "abc"})
        assert (answer.status, answer.body["code"], answer.body["request_id"]) == (500, "internal_error", "abc")
        assert b"secret of the house" not in answer.content
        assert answer.headers["x-request-id"] == "abc"
        assert answer.headers["x-frame-options"] == "DENY"

    play(scenario)
    error, request = map(json.loads, capsys.readouterr().out.splitlines()[-2:])
    assert (error["event"], error["request_id"]) == ("internal_error", "abc")
    assert "secret of the house" in error["exception"]
    assert (request["event"], request["request_id"], request["status"]) == ("request", "abc", 500)


@pytest.mark.parametrize(
    ("code", "status"), [(sqlite3.SQLITE_BUSY, 503), (sqlite3.SQLITE_CANTOPEN, 503), (sqlite3.SQLITE_ERROR, 500)]
)
def test_a_database_that_cannot_answer_is_503_and_a_wrong_statement_500(
    play: Play, monkeypatch: pytest.MonkeyPatch, code: int, status: int
) -> None:
    error = OperationalError("SELECT 1", {}, _sqlite_error(code))
    monkeypatch.setattr(store, "article_get", _raise(error))

    async def scenario(call: Any) -> None:
        answer = await call("GET", "/api/v1/articles/1")
        assert answer.status == status
        assert answer.headers.get("retry-after") == ("1" if status == 503 else None)

    play(scenario)


def test_a_refused_value_is_no_outage() -> None:
    refused: DBAPIError = IntegrityError("INSERT", {}, sqlite3.IntegrityError())
    assert not is_unavailable(refused)


def test_service_returns_with_the_database(play: Play, settings: Settings) -> None:
    path = settings.database_url.removeprefix("sqlite:///")

    async def scenario(call: Any) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("ALTER TABLE articles RENAME TO elsewhere")
        assert (await call("GET", "/api/v1/articles/1")).status == 500
        with sqlite3.connect(path) as connection:
            connection.execute("ALTER TABLE elsewhere RENAME TO articles")
        assert (await call("GET", "/api/v1/articles/1")).status == 200

    play(scenario)

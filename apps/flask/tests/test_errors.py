"""What a failure tells the caller, and what it tells the log."""

import logging

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from blogapi.store import articles as store

SECRET = "the shoe size of the chief"


def logged(caplog: pytest.LogCaptureFixture) -> tuple[str, str, str, object]:
    """The one line that the application has logged: level, event, trace, further fields."""
    (record,) = caplog.records
    assert record.exc_info
    trace = logging.Formatter().formatException(record.exc_info)
    return record.levelname, record.getMessage(), trace, getattr(record, "fields", None)


def make_fail(monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    """Let the reading of an article run a statement of the test's."""

    def article_get(connection: Connection, *, article_id: int) -> None:
        connection.exec_driver_sql(statement, (article_id, SECRET))

    monkeypatch.setattr(store, "article_get", article_get)


def test_an_unexpected_error_is_logged_with_its_trace_and_its_request_id(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(store, "article_get")
    answer = client.get("/api/v1/articles/1", headers={"X-Request-ID": "abc-1"})
    assert (answer.status_code, answer.get_json()["code"], answer.get_json()["request_id"]) == (
        500,
        "internal_error",
        "abc-1",
    )
    assert b"article_get" not in answer.data
    assert b"AttributeError" not in answer.data
    level, event_name, trace, fields = logged(caplog)
    assert (level, event_name, fields) == ("ERROR", "internal_error", {"request_id": "abc-1"})
    assert trace.endswith("has no attribute 'article_get'")


@pytest.mark.parametrize(
    "statement",
    ["SELECT ?, ? FROM nowhere", "INSERT INTO article_tags VALUES (1000 + ?, ?)", "SELECT ?, ?, ?"],
    ids=["wrong", "against a constraint", "with too few values"],
)
def test_a_statement_that_the_database_refuses_is_an_internal_error(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, statement: str
) -> None:
    make_fail(monkeypatch, statement)
    answer = client.get("/api/v1/articles/1")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_error")
    assert SECRET.encode() not in answer.data
    assert logged(caplog)[1] == "internal_error"


def test_an_error_carries_the_headers_of_every_response(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(store, "article_get")
    headers = client.get("/api/v1/articles/1").headers
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server-Timing"].startswith("app;dur=")

"""What HTTP cannot bring about: faults of the code and of the database, and what is logged of them."""

import json
import sqlite3
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError
from django.test import Client, override_settings

from django_app import auth, middleware, service
from django_app.store import articles, users

REQUEST_ID = "test-1"


def raising(error: Exception) -> Any:
    """A function that raises."""

    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


class SqliteFault(Exception):
    """What the driver raises, with SQLite's own code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.sqlite_errorcode = code


def operational_error(message: str, code: int) -> OperationalError:
    """What Django makes of it."""
    error = OperationalError(message)
    error.__cause__ = SqliteFault(message, code)
    return error


def locked() -> OperationalError:
    """Another connection has the write lock for too long."""
    return operational_error("database is locked", sqlite3.SQLITE_BUSY)


def wrong_statement() -> OperationalError:
    """There is no such table."""
    return operational_error("no such table: secret", sqlite3.SQLITE_ERROR)


@pytest.mark.parametrize(
    "error", [RuntimeError("secret"), wrong_statement(), IntegrityError("secret"), DatabaseError("secret")], ids=repr
)
def test_a_fault_of_the_code_is_500_and_logged_once_under_the_requests_id(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    monkeypatch.setattr(articles, "article_get", raising(error))
    answer = client.get("/api/v1/articles/1")
    body = json.loads(answer.content)
    assert (answer.status_code, body["code"], body["request_id"]) == (500, "internal_error", REQUEST_ID)
    assert b"secret" not in answer.content and b"Traceback" not in answer.content
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error]
    assert caplog.records[0].__dict__["fields"] == {"request_id": REQUEST_ID}


def test_a_fault_outside_of_the_views_is_500_too(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr(middleware, "check_request", raising(RuntimeError("secret")))
    answer = client.get("/api/v1/articles/1")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert b"secret" not in answer.content
    assert [record.getMessage() for record in caplog.records if record.name == "blog-api"] == ["internal_error"]


def test_a_refusal_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    for path, status in {"/nothing": 404, "/api/v1/users": 401, "/api/v1/articles?limit=0": 422}.items():
        assert client.get(path).status_code == status
    assert not caplog.records


def test_a_database_that_does_not_answer_is_503_with_retry_after(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "article_get", raising(locked()))
    answer = client.get("/api/v1/articles/1")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert json.loads(answer.content)["code"] == "database_unavailable"


def test_readiness_fails_with_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/health/ready").status_code == 200
    monkeypatch.setattr(service, "check", raising(locked()))
    assert json.loads(client.get("/health/ready").content)["code"] == "not_ready"
    assert client.get("/health/live").status_code == 200


def test_readiness_does_not_wait_for_a_database_that_hangs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "check", raising(TimeoutError()))
    assert client.get("/health/ready").status_code == 503


def test_a_worker_that_is_to_stop_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "is_stopping", lambda: True)
    assert client.get("/health/ready").status_code == 503


def test_a_log_in_under_an_unknown_name_hashes_a_password_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def verify(_settings: object, *, password_hash: str | None, password: str) -> bool:
        asked.append(password_hash)
        return False

    monkeypatch.setattr(auth, "verify_password", verify)
    monkeypatch.setattr(users, "credentials_get", lambda **_: None)
    form = "grant_type=password&username=nobody&password=x"
    answer = client.post("/api/v1/token", form, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, asked) == (401, [None])


def test_strict_transport_security_is_sent_where_it_is_set_up() -> None:
    with override_settings(BLOGAPI=settings.BLOGAPI.model_copy(update={"hsts_seconds": 60})):
        # A handler of its own, which reads the settings anew.
        answer = Client(headers={"host": "localhost"}).get("/api/v1/ping")
    assert answer["Strict-Transport-Security"] == "max-age=60"

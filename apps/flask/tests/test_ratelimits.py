"""Limits that are off, a storage that does not answer, and the counters that other variants count on too."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.errors import StorageError
from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from blogapi import clients
from blogapi import ratelimits as shared
from blogapi.ratelimits import RateLimiter
from blogapi.settings import Settings
from flask_app import ratelimits

PING = "/api/v1/ping"
LOGIN = {"grant_type": "password", "username": "nobody", "password": "wrong"}
# Nobody listens on the port of a service that is long gone.
NOBODY = "redis://:a-password@127.0.0.1:1/0"
OFF = {"rate_limit_default": "off", "rate_limit_token": "off"}
MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def make_client(make_app: Callable[..., Flask], settings: Settings) -> MakeClient:
    """Make a caller of an application with other settings."""

    def make(**changes: str) -> FlaskClient:
        changed = Settings.model_validate({"_env_file": None, **settings.model_dump(), **changes})
        return make_app(changed).test_client()

    return make


def rate_headers(answer: TestResponse) -> list[str]:
    """The headers of an answer that tell of a limit."""
    return [value for name, value in answer.headers if name.startswith("RateLimit-")]


def fail(*_: object, **__: object) -> None:
    """A storage that has gone away."""
    raise StorageError(ConnectionError())


def test_without_limits_nothing_is_worked_out(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ratelimits, "rate_key")
    monkeypatch.setattr(MemoryStorage, "acquire_entry", fail)
    client = make_client(**OFF, rate_limit_storage=NOBODY)
    assert rate_headers(client.get(PING)) == []
    assert "limiter" not in client.application.extensions
    assert client.get("/health/ready").get_json() == {"status": "ready"}


def test_one_limit_may_be_off(make_client: MakeClient) -> None:
    client = make_client(rate_limit_default="off", rate_limit_token="1/hour")
    assert rate_headers(client.get(PING)) == []
    assert rate_headers(client.post("/api/v1/token", data=LOGIN)) == ["1", "0", "3600"]
    assert client.post("/api/v1/token", data=LOGIN).status_code == 429


def test_a_refused_request_is_told_when_to_come_back_and_not_logged(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client(rate_limit_default="1/hour")
    with caplog.at_level(logging.INFO):
        assert client.get(PING).status_code == 200
        refused = client.get(PING, headers={"API-Version": "9", "Authorization": "Bearer none"})
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate_limited")
    assert [refused.headers["Retry-After"], *rate_headers(refused)] == ["3600", "1", "0", "3600"]
    assert caplog.records == []


@pytest.mark.parametrize("scope", ["default", "token"])
def test_a_counter_has_the_name_that_it_has_in_every_variant(
    make_client: MakeClient, settings: Settings, monkeypatch: pytest.MonkeyPatch, scope: str
) -> None:
    names: list[str] = []

    def note(_storage: MemoryStorage, name: str, *_: int, **__: int) -> bool:
        names.append(name)
        return True

    monkeypatch.setattr(MemoryStorage, "acquire_entry", note)
    client = make_client()
    answer = client.get(PING) if scope == "default" else client.post("/api/v1/token", data=LOGIN)
    assert answer.status_code != 429
    RateLimiter(settings).hit("token" if scope == "token" else "default", clients.address_key("127.0.0.1"))
    assert len(names) == 2
    assert names[0] == names[1]


def test_requests_pass_uncounted_while_the_storage_does_not_answer(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Each request asks it again.
    monkeypatch.setattr(shared, "RETRY_SECONDS", 0.0)
    client = make_client(rate_limit_default="1/hour", rate_limit_storage=NOBODY)
    for _ in range(3):
        answer = client.get(PING)
        assert (answer.status_code, rate_headers(answer)) == (200, [])
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "rate_limits_unavailable")
    assert getattr(record, "fields", None) == {"error": "ConnectionError"}
    assert record.exc_info is None
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.get_json()) == (200, {"status": "degraded"})


def test_a_storage_that_does_not_answer_is_left_alone_for_a_while(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def note_and_fail(*given: object, **_: object) -> None:
        asked.append(given)
        fail()

    monkeypatch.setattr(MemoryStorage, "acquire_entry", note_and_fail)
    client = make_client()
    assert [client.get(PING).status_code for _ in range(3)] == [200, 200, 200]
    assert len(asked) == 1


def test_an_outage_is_warned_of_again_when_it_lasts(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(shared, "WARNING_SECONDS", 0.0)
    monkeypatch.setattr(MemoryStorage, "acquire_entry", fail)
    client = make_client()
    assert [client.get(PING).status_code for _ in range(3)] == [200, 200, 200]
    assert len(caplog.records) == 3


def test_a_storage_that_goes_away_between_counting_and_telling(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryStorage, "get_moving_window", fail)
    monkeypatch.setattr(shared, "RETRY_SECONDS", 0.0)
    client = make_client(rate_limit_default="1/hour")
    answer = client.get(PING)
    assert (answer.status_code, rate_headers(answer)) == (200, [])
    refused = client.get(PING)
    assert (refused.status_code, refused.headers["Retry-After"], rate_headers(refused)) == (429, "1", [])


def test_a_fault_of_ours_is_logged_with_its_trace(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(ratelimits, "rate_key")
    assert make_client().get(PING).status_code == 200
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.exc_info is not None
    assert record.exc_info[0] is NameError

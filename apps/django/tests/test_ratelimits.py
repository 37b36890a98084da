"""What of the rate limits depends on settings, and on what is not there."""

import json
import runpy
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from blogapi.ratelimits import RateLimiter
from blogapi.settings import load_settings
from django_app import ratelimits
from django_app import settings as settings_module

NO_REDIS = "redis://127.0.0.1:1/0"
OFF = {"rate_limit_default": "off", "rate_limit_token": "off"}


def set_up(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Put a limiter of other settings in the place of the application's."""
    values = {**settings.BLOGAPI.model_dump(), **changes}
    monkeypatch.setattr(ratelimits, "limiter", RateLimiter(type(settings.BLOGAPI)(**values)))


def told(answer: Any) -> dict[str, str]:
    """What an answer says of limits."""
    return {name: value for name, value in answer.headers.items() if name.startswith("RateLimit-")}


def test_without_a_limit_views_have_no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    throttles = {}
    for limit in ("off", "5/minute"):
        monkeypatch.setenv("RATE_LIMIT_DEFAULT", limit)
        load_settings.cache_clear()
        chosen = runpy.run_path(settings_module.__file__)
        throttles[limit] = chosen["REST_FRAMEWORK"]["DEFAULT_THROTTLE_CLASSES"]
    load_settings.cache_clear()
    assert throttles == {"off": [], "5/minute": ["django_app.ratelimits.ClientThrottle"]}


def test_without_a_limit_no_answer_speaks_of_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(told(client.get("/api/v1/ping"))) == {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
    set_up(monkeypatch, **OFF)
    for answer in (client.get("/api/v1/ping"), client.post("/api/v1/token")):
        assert not told(answer)


def test_one_limit_may_be_off_alone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, rate_limit_default="off", rate_limit_token="1/minute")
    assert not told(client.get("/api/v1/ping"))
    assert [client.post("/api/v1/token").status_code for _ in range(2)] == [415, 429]


def test_a_storage_that_does_not_answer_refuses_nobody(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    set_up(monkeypatch, rate_limit_storage=NO_REDIS)
    ready = client.get("/health/ready")
    assert (ready.status_code, json.loads(ready.content)) == (200, {"status": "degraded"})
    for _ in range(2):
        answer = client.get("/api/v1/ping")
        assert (answer.status_code, told(answer)) == (200, {})
    assert [record.getMessage() for record in caplog.records].count("rate_limits_unavailable") == 1


def test_a_storage_that_nobody_needs_is_not_missed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, rate_limit_storage=NO_REDIS, **OFF)
    assert json.loads(client.get("/health/ready").content) == {"status": "ready"}

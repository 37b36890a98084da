"""What of the rate limits depends on settings and on what is not there."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from blogapi.tokens import issue_token
from fastapi_app import ratelimits

Play = Callable[[Callable[[Any], Any]], None]
NO_REDIS = "redis://127.0.0.1:1/0"
OFF = {"rate_limit_default": "off", "rate_limit_token": "off"}


def _limits(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("ratelimit-")}


@pytest.mark.parametrize("overrides", [OFF])
def test_without_a_limit_nothing_is_counted_or_even_read(
    play: Play, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    read: list[Any] = []
    monkeypatch.setattr(ratelimits, "rate_key", lambda *_, **given: read.append(given))
    headers = {"Authorization": f"Bearer {issue_token(settings, user_id=1)}"}

    async def scenario(call: Any) -> None:
        answer = await call("GET", "/api/v1/articles/1", headers=headers)
        assert (answer.status, _limits(answer), read) == (200, {}, [])

    play(scenario)


@pytest.mark.parametrize("overrides", [{"rate_limit_default": "off", "rate_limit_token": "1/minute"}])
def test_one_limit_may_be_off_alone(play: Play) -> None:
    async def scenario(call: Any) -> None:
        assert not _limits(await call("GET", "/api/v1/ping"))
        assert [(await call("POST", "/api/v1/token")).status for _ in range(2)] == [415, 429]

    play(scenario)


@pytest.mark.parametrize("overrides", [{"rate_limit_default": "2/minute"}])
def test_users_and_addresses_are_counted_apart(play: Play, settings: Any) -> None:
    async def scenario(call: Any) -> None:
        callers = [{}, *({"Authorization": f"Bearer {issue_token(settings, user_id=user_id)}"} for user_id in (1, 2))]
        for headers in callers:
            statuses = [(await call("GET", "/api/v1/ping", headers=headers)).status for _ in range(3)]
            assert statuses == [200, 200, 429]

    play(scenario)


@pytest.mark.parametrize("overrides", [{"rate_limit_storage": NO_REDIS}])
def test_a_storage_that_does_not_answer_refuses_nobody(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(call: Any) -> None:
        # The application has put its own handlers in the place of all others.
        logging.root.addHandler(caplog.handler)
        ready = await call("GET", "/health/ready")
        assert (ready.status, ready.body) == (200, {"status": "degraded"})
        for _ in range(2):
            answer = await call("GET", "/api/v1/ping")
            assert (answer.status, _limits(answer)) == (200, {})

    play(scenario)
    assert [record.getMessage() for record in caplog.records].count("rate_limits_unavailable") == 1


@pytest.mark.parametrize("overrides", [{"rate_limit_storage": NO_REDIS, **OFF}])
def test_a_storage_that_nobody_needs_is_not_missed(play: Play) -> None:
    async def scenario(call: Any) -> None:
        assert (await call("GET", "/health/ready")).body == {"status": "ready"}

    play(scenario)

"""Rate limits as the settings have them: off, without their storage, behind nobody's proxy."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import pytest

from blogapi.jsonbody import parse_json
from tornado_app import ratelimits

if TYPE_CHECKING:
    from conftest import Service

    Serving = Callable[..., AbstractAsyncContextManager[Service]]

# Nobody listens there.
NO_REDIS = "redis://127.0.0.1:1/0"


def test_a_limit_that_is_off_costs_nothing_and_says_nothing(
    serving: "Serving", monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(*_args: object, **_kwargs: object) -> str:
        asked.append("address:192.0.2.1")
        return asked[-1]

    monkeypatch.setattr(ratelimits, "rate_key", ask)

    async def scenario() -> None:
        async with serving(rate_limit_default="off", rate_limit_token="3/minute") as served:
            unlimited = await served.fetch("/api/v1/ping")
            assert (unlimited.code, len(asked)) == (200, 0)
            limited = await served.fetch("/api/v1/token", method="POST", body="")
        assert not [name for name in unlimited.headers if name.startswith("Ratelimit")]
        assert (limited.headers["RateLimit-Limit"], len(asked)) == ("3", 1)

    asyncio.run(scenario())


def test_requests_pass_while_redis_is_away_and_readiness_says_so(
    serving: "Serving", caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with serving(rate_limit_default="1/minute", rate_limit_storage=NO_REDIS) as served:
            answers = [await served.fetch("/api/v1/ping") for _ in range(3)]
            ready = await served.fetch("/health/ready")
        assert [answer.code for answer in answers] == [200, 200, 200]
        assert not [name for answer in answers for name in answer.headers if name.startswith("Ratelimit")]
        assert (ready.code, parse_json(ready.body)) == (200, {"status": "degraded"})

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())
    assert [record.message for record in caplog.records] == ["rate_limits_unavailable"]


def test_a_storage_that_no_limit_uses_need_not_answer(serving: "Serving") -> None:
    async def scenario() -> None:
        off = {"rate_limit_default": "off", "rate_limit_token": "off"}
        async with serving(**off, rate_limit_storage=NO_REDIS) as served:
            assert parse_json((await served.fetch("/health/ready")).body) == {"status": "ready"}

    asyncio.run(scenario())


def test_no_forwarded_address_is_believed_of_a_peer_that_is_no_proxy(serving: "Serving") -> None:
    async def scenario() -> None:
        async with serving(rate_limit_default="1/minute") as served:
            addresses = ("192.0.2.1", "192.0.2.2")
            answers = [await served.fetch("/api/v1/ping", headers={"X-Forwarded-For": each}) for each in addresses]
        assert [answer.code for answer in answers] == [200, 429]

    asyncio.run(scenario())

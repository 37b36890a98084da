"""What takes long does not stop the event loop."""

import asyncio
import threading
import zlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import pytest

from blogapi.jsonbody import parse_json
from blogapi.ratelimits import RateLimiter, RateState
from blogapi.records import Author
from blogapi.store.articles import article_insert
from blogapi.timestamps import utc_now
from tornado_app import auth, service
from tornado_app.responses import SMALL_BYTES

if TYPE_CHECKING:
    from conftest import Service

    Serving = Callable[..., AbstractAsyncContextManager[Service]]

LOGIN = "grant_type=password&username=admin&password=admin-password"


class Gate:
    """Holds a thread until it is opened."""

    def __init__(self, result: Any = None) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.result = result

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        self.entered.set()
        assert self.opened.wait(30)
        return self.result

    async def wait(self) -> None:
        """Give way to the loop until a thread is held."""
        while not self.entered.is_set():
            await asyncio.sleep(0.01)


def test_a_password_is_hashed_beside_the_event_loop(serving: "Serving", monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(result=True)
    monkeypatch.setattr(auth, "verify_password", gate)

    async def scenario() -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        async with serving() as served:
            token = asyncio.ensure_future(served.fetch("/api/v1/token", method="POST", headers=headers, body=LOGIN))
            await gate.wait()
            assert (await served.fetch("/api/v1/ping")).code == 200
            assert not token.done()
            gate.opened.set()
            assert (await token).code == 200

    asyncio.run(scenario())


def test_a_database_that_is_slow_is_not_ready_and_stops_nobody(
    serving: "Serving", monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr(service, "check_database", gate)

    async def scenario() -> None:
        async with serving() as served:
            ready = asyncio.ensure_future(served.fetch("/health/ready"))
            await gate.wait()
            assert (await served.fetch("/api/v1/articles/1")).code == 200
            answer = await ready
            gate.opened.set()
        assert (answer.code, parse_json(answer.body)["code"]) == (503, "not_ready")

    asyncio.run(scenario())


def test_a_long_page_is_compressed_beside_the_event_loop(serving: "Serving", monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(result=zlib.compressobj(wbits=16 + zlib.MAX_WBITS))
    values = {"title": "T", "content": "x" * SMALL_BYTES, "published": True, "tags": []}

    async def scenario() -> None:
        async with serving() as served:
            database = served.application.settings["database"]
            await database.write(article_insert, author=Author(1, "admin", "A", 1), values=values, now=utc_now())
            monkeypatch.setattr(zlib, "compressobj", gate)
            page = asyncio.ensure_future(served.fetch("/api/v1/articles", decompress_response=True))
            await gate.wait()
            assert (await served.fetch("/api/v1/ping", decompress_response=False)).code == 200
            assert not page.done()
            gate.opened.set()
            assert parse_json((await page).body)["data"][0]["content"] == values["content"]

    asyncio.run(scenario())


def test_a_redis_that_is_slow_stops_nobody_else(serving: "Serving", monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(result=RateState(limit=5, remaining=4, reset_seconds=60, is_allowed=True))
    monkeypatch.setattr(RateLimiter, "hit", gate)

    async def scenario() -> None:
        async with serving(rate_limit_storage="redis://127.0.0.1:1/0") as served:
            limited = asyncio.ensure_future(served.fetch("/api/v1/ping"))
            await gate.wait()
            assert (await served.fetch("/health/live")).code == 200
            assert not limited.done()
            gate.opened.set()
            assert (await limited).headers["RateLimit-Remaining"] == "4"

    asyncio.run(scenario())


def test_a_server_that_stops_is_not_ready_and_closes_connections(serving: "Serving") -> None:
    async def scenario() -> None:
        kept = {"Connection": "keep-alive"}
        async with serving() as served:
            assert "Connection" not in (await served.fetch("/health/live", headers=kept)).headers
            served.application.settings["stopping"].set()
            ready = await served.fetch("/health/ready", headers=kept)
            alive = await served.fetch("/health/live", headers=kept)
        assert (ready.code, parse_json(ready.body)["code"]) == (503, "not_ready")
        assert alive.code == 200
        assert alive.headers["Connection"] == "close"

    asyncio.run(scenario())

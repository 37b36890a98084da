"""Nothing that takes its time holds up the event loop."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from blogapi.ratelimits import RateLimiter
from blogapi.store import articles as store
from blogapi.tokens import issue_token
from fastapi_app import auth, compression, service, users
from fastapi_app.openapi import Api

Play = Callable[[Callable[[Any], Any]], None]
PASSWORD = b"grant_type=password&username=admin&password=admin-password"
# Nobody listens there, and nobody is asked.
NO_REDIS = "redis://127.0.0.1:1/0"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _answers_meanwhile(call: Any, slow: Any, release: threading.Event, meanwhile: str = "/api/v1/ping") -> Any:
    waiting = asyncio.ensure_future(slow)
    try:
        assert (await call("GET", meanwhile)).status == 200
        await asyncio.sleep(0.05)
        assert not waiting.done()
    finally:
        release.set()
    return await waiting


def _held(function: Callable[..., Any], release: threading.Event) -> Callable[..., Any]:
    def hold(*args: Any, **kwargs: Any) -> Any:
        assert release.wait(timeout=10)
        return function(*args, **kwargs)

    return hold


def test_a_slow_query_holds_nobody_up(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(store, "article_get", _held(store.article_get, release))

    async def scenario(call: Any) -> None:
        answer = await _answers_meanwhile(call, call("GET", "/api/v1/articles/1"), release)
        assert answer.status == 200

    play(scenario)


def test_the_check_of_a_password_holds_nobody_up(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(auth, "verify_password", _held(auth.verify_password, release))

    async def scenario(call: Any) -> None:
        login = call("POST", "/api/v1/token", headers=FORM, body=PASSWORD)
        assert (await _answers_meanwhile(call, login, release)).status == 200

    play(scenario)


def test_the_hashing_of_a_password_holds_nobody_up(play: Play, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    release = threading.Event()
    monkeypatch.setattr(users, "hash_password", _held(users.hash_password, release))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {issue_token(settings, user_id=60)}"}

    async def scenario(call: Any) -> None:
        change = call("PATCH", "/api/v1/users/60", headers=headers, body=b'{"password": "another-one"}')
        assert (await _answers_meanwhile(call, change, release)).status == 200

    play(scenario)


def test_the_compression_of_a_large_body_holds_nobody_up(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(compression, "compress", _held(compression.compress, release))

    async def scenario(call: Any) -> None:
        script = call("GET", "/docs/swagger-ui-bundle.js", headers={"Accept-Encoding": "gzip"})
        answer = await _answers_meanwhile(call, script, release)
        assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")

    play(scenario)


def test_the_making_of_the_document_holds_nobody_up(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(Api, "openapi", _held(Api.openapi, release))

    async def scenario(call: Any) -> None:
        assert (await _answers_meanwhile(call, call("GET", "/openapi.json"), release)).status == 200

    play(scenario)


@pytest.mark.parametrize("overrides", [{"rate_limit_storage": NO_REDIS}])
def test_counting_elsewhere_holds_nobody_up(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(RateLimiter, "hit", _held(RateLimiter.hit, release))

    async def scenario(call: Any) -> None:
        counted = call("GET", "/api/v1/articles/1")
        assert (await _answers_meanwhile(call, counted, release, meanwhile="/health")).status == 200

    play(scenario)


def test_a_database_that_is_late_is_not_ready(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def late(_connection: Connection) -> None:
        release.wait(timeout=10)

    monkeypatch.setattr(service, "check_database", late)

    async def scenario(call: Any) -> None:
        answer = await call("GET", "/health/ready")
        release.set()
        assert (answer.status, answer.body["code"]) == (503, "not_ready")

    play(scenario)

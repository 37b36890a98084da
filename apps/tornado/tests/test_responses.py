"""Headers that depend on settings of which the contract's suite sees one value only, and what is not done twice."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import pytest

from tornado_app import service

if TYPE_CHECKING:
    from conftest import Service

    Serving = Callable[..., AbstractAsyncContextManager[Service]]

ORIGIN = "https://blog.example"
GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(("credentials", "allowed"), [(True, "true"), (False, None)])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_credentials_are_allowed_where_the_settings_say_so(
    serving: "Serving", method: str, credentials: bool, allowed: str | None
) -> None:
    async def scenario() -> None:
        headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
        async with serving(cors_origins=(ORIGIN,), cors_credentials=credentials) as served:
            answer = await served.fetch("/api/v1/ping", method=method, headers=headers)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.headers.get("Access-Control-Allow-Credentials") == allowed

    asyncio.run(scenario())


def test_without_origins_nothing_is_said_of_them(serving: "Serving") -> None:
    async def scenario() -> None:
        async with serving(cors_credentials=True) as served:
            answer = await served.fetch("/api/v1/ping", headers={"Origin": ORIGIN})
        assert "Vary" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("Access-Control")]

    asyncio.run(scenario())


def test_a_document_is_compressed_once(serving: "Serving") -> None:
    service.compress_document.cache_clear()

    async def scenario() -> None:
        async with serving() as served:
            first, second = [await served.fetch("/openapi.json", decompress_response=False, headers=GZIP) for _ in "12"]
        assert first.headers["Content-Encoding"] == second.headers["Content-Encoding"] == "gzip"
        assert first.body == second.body

    asyncio.run(scenario())
    assert service.compress_document.cache_info().misses == 1

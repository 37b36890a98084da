"""What goes wrong inside: what the log says of it, and what the caller does not see."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from blogapi.database import create_engine
from blogapi.jsonbody import parse_json
from blogapi.migrate import migrate
from blogapi.settings import Settings
from tornado_app import service

if TYPE_CHECKING:
    from conftest import Service

    Serving = Callable[..., AbstractAsyncContextManager[Service]]


def test_an_internal_error_is_logged_with_its_trace_and_shows_none(
    serving: "Serving", monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_framework: str) -> None:
        raise RuntimeError("a detail that nobody should see")

    async def scenario() -> None:
        async with serving() as served:
            answer = await served.fetch("/", headers={"X-Request-ID": "the-id"})
        assert answer.code == 500
        assert parse_json(answer.body)["code"] == "internal_error"
        assert b"detail that" not in answer.body
        assert b"Error" not in answer.body

    monkeypatch.setattr(service, "root_representation", fail)
    asyncio.run(scenario())
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert vars(record)["fields"] == {"request_id": "the-id"}
    assert record.exc_info is not None
    assert "a detail" in str(record.exc_info[1])


def test_a_database_that_is_away_is_503_until_it_returns(
    serving: "Serving", settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/later/blog.sqlite3"})

    async def scenario() -> None:
        async with serving(create_engine(away)) as served:
            answer = await served.fetch("/api/v1/articles", headers={"X-Request-ID": "the-id"})
            assert (answer.code, parse_json(answer.body)["code"]) == (503, "database_unavailable")
            assert answer.headers["Retry-After"].isdigit()
            ready = await served.fetch("/health/ready")
            assert (ready.code, parse_json(ready.body)["code"]) == (503, "not_ready")
            (tmp_path / "later").mkdir()
            migrate(away.database_url)
            assert (await served.fetch("/api/v1/articles")).code == 200

    asyncio.run(scenario())
    [record] = [record for record in caplog.records if record.message == "database_unavailable"]
    assert vars(record)["fields"] == {"request_id": "the-id"}


def test_a_statement_that_the_database_refuses_is_an_internal_error(
    serving: "Serving", settings: Settings, tmp_path: Path
) -> None:
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/empty.sqlite3"})

    async def scenario() -> None:
        async with serving(create_engine(empty)) as served:
            answer = await served.fetch("/api/v1/articles")
        assert (answer.code, parse_json(answer.body)["code"]) == (500, "internal_error")

    asyncio.run(scenario())

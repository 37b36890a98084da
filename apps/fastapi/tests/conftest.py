"""The application without a server, and the server as a process of its own."""

import asyncio
import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from fastapi import FastAPI

from blogapi.jsonbody import parse_json
from blogapi.settings import Settings
from fastapi_app.main import create_app

PATIENCE_SECONDS = 60


def make_settings(path: Path, **changes: Any) -> Settings:
    """Settings with a database, and hashes that cost nothing."""
    return Settings(database_url=f"sqlite:///{path}", argon2_memory_kib=8, argon2_time_cost=1, **changes)


@dataclass
class Answer:
    """What the application sent."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """The body as JSON."""
        return parse_json(self.content)


class Caller:
    """Sends requests to the application as a server would."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def __call__(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        given = {"host": "localhost", **(headers or {})}
        raw = [(name.lower().encode(), value.encode()) for name, value in given.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], answered, b"".join(message["body"] for message in sent[1:]))


Scenario = Callable[[Caller], Coroutine[Any, Any, None]]


@pytest.fixture
def play(settings: Settings) -> Iterator[Callable[[Scenario], None]]:
    """Run a scenario against the application between its start and its end."""

    async def with_application(scenario: Scenario) -> None:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            await asyncio.wait_for(scenario(Caller(app)), PATIENCE_SECONDS)

    handlers = list(logging.root.handlers)
    yield lambda scenario: asyncio.run(with_application(scenario))
    # Those of the application write to a stream that pytest takes away.
    logging.root.handlers = handlers


@pytest.fixture
def overrides() -> dict[str, Any]:
    """What a test wants otherwise in its settings: parametrized there."""
    return {}


@pytest.fixture(scope="session")
def seeded(make_seeded: Callable[..., Path]) -> Path:
    """A migrated and seeded database that no test changes."""
    return make_seeded(make_settings, users=60, articles=50)


@pytest.fixture
def settings(seeded: Path, tmp_path: Path, overrides: dict[str, Any]) -> Settings:
    """Settings with a copy of that database."""
    return make_settings(Path(shutil.copy(seeded, tmp_path)), **overrides)


@dataclass
class Server:
    """A process that serves."""

    process: subprocess.Popen[str]
    base_url: str


@pytest.fixture
def serving(settings: Settings) -> Callable[[int], AbstractContextManager[Server]]:
    """Start the server with a number of workers, as `variant.toml` does, and wait until it answers."""
    return lambda workers: _served(settings.database_url, workers)


@contextmanager
def _served(database_url: str, workers: int) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "fastapi_app.server", f"--port={port}", f"--workers={workers}"]
    environment = {**os.environ, "DATABASE_URL": database_url, "LOG_LEVEL": "warning"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        server = Server(process, f"http://127.0.0.1:{port}")
        try:
            _wait_until_ready(server)
            yield server
        finally:
            # Its workers end with it, for their pipe to it closes.
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            requests.get(f"{server.base_url}/health/ready", timeout=1).raise_for_status()
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not answer")

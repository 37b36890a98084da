"""A migrated database for each test, the server in the test's own event loop, and the server as a process."""

import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.netutil import bind_sockets
from tornado.web import Application

from blogapi.settings import Settings
from tornado_app.main import create_app
from tornado_app.server import DrainingServer

START_SECONDS = 60


@dataclass
class Service:
    """The application, served in the test's own event loop."""

    application: Application
    port: int

    async def fetch(self, path: str, **options: Any) -> HTTPResponse:
        """Send a request; `options` are those of Tornado's HTTPRequest."""
        request = HTTPRequest(f"http://127.0.0.1:{self.port}{path}", request_timeout=30, **options)
        return await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)


@dataclass
class Process:
    """The server as it is started in production."""

    popen: "subprocess.Popen[str]"
    port: int

    def connect(self) -> HTTPConnection:
        """A connection that is not made before the first request."""
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def wait_until_ready(self) -> None:
        """Wait for the first answer, which is 200."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.popen.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                connection = self.connect()
                connection.request("GET", "/health/ready")
                assert connection.getresponse().status == 200
                return connection.close()
        self.popen.kill()
        raise TimeoutError(f"the server does not listen: {self.ended()}")

    def ended(self) -> tuple[int, str, str]:
        """Wait for the end: exit code, stdout and stderr."""
        stdout, stderr = self.popen.communicate(timeout=60)
        return self.popen.returncode, stdout, stderr


def free_port() -> int:
    """A port that nobody listens on, and that no outgoing connection is given by the system."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def make_settings(path: Path) -> Settings:
    """Settings with cheap hashes and a database."""
    return Settings(database_url=f"sqlite:///{path}", database_pool_size=2, argon2_memory_kib=8, argon2_time_cost=1)


@pytest.fixture(scope="session")
def seeded(make_seeded: Callable[..., Path]) -> Path:
    """A migrated and seeded database that no test changes."""
    return make_seeded(make_settings, users=3, articles=3)


@pytest.fixture
def settings(seeded: Path, tmp_path: Path) -> Settings:
    """Settings with a copy of that database."""
    return make_settings(Path(shutil.copy(seeded, tmp_path)))


@pytest.fixture
def serving(settings: Settings) -> Callable[..., AbstractAsyncContextManager[Service]]:
    """Serve the application for as long as the body runs, with another engine or other settings where given."""

    @asynccontextmanager
    async def serve(engine: Engine | None = None, **changes: Any) -> AsyncIterator[Service]:
        application = create_app(Settings.model_validate(settings.model_dump() | changes), engine)
        server = DrainingServer(application)
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        try:
            yield Service(application, sockets[0].getsockname()[1])
        finally:
            await server.drain(5)
            application.settings["observer"].close()
            application.settings["database"].close()
            application.settings["rate_limits"].close()

    return serve


@pytest.fixture
def start(settings: Settings) -> Iterator[Callable[..., Process]]:
    """Start servers as processes, which are killed at the test's end if they still run."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, **environment: str) -> Process:
        port = free_port()
        command = [sys.executable, "-m", "tornado_app.main", f"--port={port}", *options]
        variables = {**os.environ, "DATABASE_URL": settings.database_url, "LOG_LEVEL": "warning", **environment}
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, env=variables, stdout=pipe, stderr=pipe, text=True))
        return Process(started[-1], port)

    yield start
    for popen in started:
        popen.kill()
        popen.communicate()

"""What the tests of several applications have in common."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from blogapi.database import create_engine, writing
from blogapi.migrate import migrate
from blogapi.seed import seed
from blogapi.settings import Settings

LOG_IN = b"grant_type=password&username=nobody&password=wrong"


@pytest.fixture(scope="session")
def make_seeded(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a migrated and seeded database, to be copied: `make_seeded(make_settings, users=3, articles=3)`."""

    def make(make_settings: Callable[[Path], Settings], *, users: int, articles: int) -> Path:
        path = tmp_path_factory.mktemp("seeded") / "blog.sqlite3"
        settings = make_settings(path)
        migrate(settings.database_url)
        engine = create_engine(settings)
        with writing(engine) as connection:
            seed(connection, settings, user_count=users, article_count=articles)
        engine.dispose()
        return path

    return make


@pytest.fixture
def begin_log_in() -> Callable[[HTTPConnection], Callable[[], None]]:
    """Send the head of a log-in that fails, and wait until the server asks for its body; gives what sends that."""

    def begin(connection: HTTPConnection) -> Callable[[], None]:
        connection.putrequest("POST", "/api/v1/token")
        head = {"Content-Length": str(len(LOG_IN)), "Expect": "100-continue"}
        for name, value in (head | {"Content-Type": "application/x-www-form-urlencoded"}).items():
            connection.putheader(name, value)
        connection.endheaders()
        told = connection.sock.recv(100)
        if told != b"HTTP/1.1 100 Continue\r\n\r\n":
            pytest.fail(f"the server says {told!r} to a head that expects 100")
        return lambda: connection.send(LOG_IN)

    return begin


@pytest.fixture
def wait_until_closed() -> Callable[[HTTPConnection], None]:
    """Wait until nobody listens any more where a connection was made to."""

    def wait(connection: HTTPConnection) -> None:
        with suppress(ConnectionError):
            while True:
                socket.create_connection((connection.host, connection.port)).close()
                time.sleep(0.01)

    return wait

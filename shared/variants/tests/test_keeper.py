"""The wheel's PostgreSQL ends with the last process that uses it, however that one ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from variants.catalog import ROOT_VARIABLE
from variants.environment import foreign_environment

USER = """
import sys
from variants.postgres import server_conninfo
print(server_conninfo(), flush=True)
sys.stdin.read()
"""
# A server that nothing waits for writes its checkpoint and is gone; on a busy disk that takes its time.
STOP_SECONDS = 60


class User:
    """A process that uses the server until it is ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._process, self.conninfo = process, process.stdout.readline().strip()

    def server(self) -> psutil.Process:
        """The server, as it tells itself."""
        with psycopg.connect(self.conninfo) as connection:
            parent = psutil.Process(connection.info.backend_pid).parent()
        assert parent is not None
        return parent

    def end(self, by: signal.Signals | None = None) -> None:
        """End it by a signal, or let it come to its end."""
        if by is not None:
            self._process.send_signal(by)
        self._process.communicate()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose server nobody else uses."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "apps").mkdir()
    return folder


@contextmanager
def user(root: Path) -> Iterator[User]:
    """A user of the workspace's server, ended at the latest with the body."""
    with subprocess.Popen(
        [sys.executable, "-c", USER],
        env={**foreign_environment(), ROOT_VARIABLE: str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield User(process)
        finally:
            process.kill()


@pytest.mark.parametrize("by", [None, signal.SIGTERM, signal.SIGKILL], ids=["its end", "SIGTERM", "SIGKILL"])
def test_the_server_ends_with_its_last_user(root: Path, by: signal.Signals | None) -> None:
    with user(root) as last:
        server = last.server()
        last.end(by)
        server.wait(STOP_SECONDS)
    assert not server.is_running()


def test_the_server_stays_while_somebody_uses_it(root: Path) -> None:
    with user(root) as first, user(root) as second:
        server = first.server()
        first.end(signal.SIGKILL)
        with user(root) as third:
            assert (second.server(), third.server()) == (server, server)
        assert second.server() == server


def test_who_comes_while_the_server_stops_gets_the_next_one(root: Path) -> None:
    with user(root) as first:
        before = first.server()
        first.end(signal.SIGKILL)
        with user(root) as second:
            assert second.server() != before

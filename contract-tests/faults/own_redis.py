"""A Redis server of the tests' own, to be stopped and started again."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass

import pytest

from variants.ports import LOOPBACK

PROGRAM = "redis-server"
START_SECONDS = 10.0


@dataclass
class OwnRedis:
    """A server on a port, which runs between `start` and `stop`; it keeps nothing on disk."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As `RATE_LIMIT_STORAGE` reads it."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = ["--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(  # noqa: S603 - Redis' own program
            [redis_program(), *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False


def redis_program() -> str:
    """Where the program is; without it the test is left out, but in CI it fails."""
    found = shutil.which(PROGRAM)
    if found is not None:
        return found
    missing = f"{PROGRAM} is not installed (apt-get install redis-server): its failure was not tested"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)

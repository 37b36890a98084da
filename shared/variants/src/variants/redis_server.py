"""Redis for runs: that of `REDIS_URL`, else this machine's, else one of our own that lives as long as this process."""

import atexit
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from variants.environment import foreign_environment
from variants.groups import process_group
from variants.launch import log_tail
from variants.ports import LOOPBACK, free_port

LOCAL_REDIS = (LOOPBACK, 6379)
PROGRAM = "redis-server"
START_SECONDS = 10.0
POLL_SECONDS = 0.02


class RedisError(Exception):
    """A server of our own did not start; the message ends with what it said."""


def redis_url() -> str | None:
    """Find a Redis, and start one where there is only the program.

    Returns:
        Its URL, or None where there is no program either.

    Raises:
        RedisError: the program did not start.
    """
    if url := os.environ.get("REDIS_URL"):
        return url
    if _answers(LOCAL_REDIS):
        return _url(LOCAL_REDIS)
    program = shutil.which(PROGRAM)
    return None if program is None else _started(program)


@contextmanager
def own_redis(program: str) -> Iterator[str]:
    """Run a Redis that keeps nothing, on a free port of the loopback address, for as long as the body runs.

    Returns:
        Its URL.

    Raises:
        RedisError: it did not start.
    """
    address = (LOOPBACK, free_port())
    keep_nothing = ["--save", "", "--appendonly", "no"]
    command = [program, "--bind", address[0], "--port", str(address[1]), *keep_nothing]
    with TemporaryDirectory(prefix="variants-") as name:
        folder = Path(name)
        log_path = folder / "redis.log"
        with (
            log_path.open("wb") as log,
            process_group(command, cwd=folder, environment=foreign_environment(), output=log) as process,
        ):
            _wait_until_answering(process, address, log_path)
            yield _url(address)


@lru_cache
def _started(program: str) -> str:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(own_redis(program))


def _wait_until_answering(process: subprocess.Popen[bytes], address: tuple[str, int], log_path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RedisError(f"{PROGRAM} did not start; its log ends:\n{log_tail(log_path)}")
        time.sleep(POLL_SECONDS)


def _answers(address: tuple[str, int]) -> bool:
    with suppress(OSError), socket.create_connection(address, timeout=1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False


def _url(address: tuple[str, int]) -> str:
    return f"redis://{address[0]}:{address[1]}/0"

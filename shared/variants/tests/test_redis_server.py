"""A Redis of our own, where there is only the program."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from variants import redis_server
from variants.redis_server import PROGRAM, RedisError, own_redis, redis_url

NOWHERE = "import sys; from variants import redis_server; redis_server.LOCAL_REDIS = ('127.0.0.1', int(sys.argv[1])); "


def ask(url: str, command: bytes) -> bytes:
    """What a Redis answers."""
    host, port = url.removeprefix("redis://").removesuffix("/0").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(command + b"\r\n")
        return connection.recv(1000)


@pytest.fixture
def program() -> str:
    """Where the program is; only outside CI may there be none."""
    found = shutil.which(PROGRAM)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"there is no {PROGRAM} on the path")
        pytest.skip(f"there is no {PROGRAM} on the path")
    return found


@pytest.fixture
def closed_port() -> int:
    """A port of the loopback address where nobody listens."""
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def test_a_redis_of_our_own_answers_keeps_nothing_and_ends_with_the_body(program: str) -> None:
    with own_redis(program) as url:
        assert ask(url, b"SET key value") == b"+OK\r\n"
        assert ask(url, b"CONFIG GET save") == b"*2\r\n$4\r\nsave\r\n$0\r\n\r\n"
        assert ask(url, b"CONFIG GET appendonly").endswith(b"$2\r\nno\r\n")
    with pytest.raises(ConnectionRefusedError):
        ask(url, b"PING")


def test_it_ends_with_the_process_that_asked_for_it(program: str, closed_port: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    code = NOWHERE + "print(redis_server.redis_url(), redis_server.redis_url())"
    command = [sys.executable, "-c", code, str(closed_port)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    first, second = done.stdout.split()
    assert first == second and first.startswith("redis://127.0.0.1:")
    with pytest.raises(ConnectionRefusedError):
        ask(first, b"PING")


def test_a_program_that_does_not_start_is_told_with_what_it_said(
    tmp_path: Path, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / PROGRAM
    program.write_text("#!/bin/sh\necho out of memory\nexit 1\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(redis_server, "LOCAL_REDIS", ("127.0.0.1", closed_port))
    with pytest.raises(RedisError, match="did not start; its log ends:\nout of memory"):
        redis_url()

"""How the server's process starts and ends, by the command of `variant.toml`."""

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

FOLDER = Path(__file__).parents[1]
PATIENCE_SECONDS = 30


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(port: int, workers: int) -> list[str]:
    variant = tomllib.loads((FOLDER / "variant.toml").read_text())
    given = {"python": sys.executable, "host": "127.0.0.1", "port": str(port), "workers": str(workers)}
    return [part.format(**given) for part in variant["server"]["command"]]


def _environment(**values: str) -> dict[str, str]:
    return {**os.environ, "ALLOWED_HOSTS": "127.0.0.1", "LOG_LEVEL": "info", **values}


@pytest.fixture
def serve(database: Path) -> Iterator[Callable[[int], tuple[subprocess.Popen[bytes], str]]]:
    """Start the server and wait until it answers."""
    started: list[subprocess.Popen[bytes]] = []

    def start(workers: int) -> tuple[subprocess.Popen[bytes], str]:
        port = _free_port()
        environment = _environment(DATABASE_URL=f"sqlite:///{database}")
        process = subprocess.Popen(
            _command(port, workers), cwd=FOLDER, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started.append(process)
        base_url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, base_url)
        return process, base_url

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_until_ready(process: subprocess.Popen[bytes], base_url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(f"{base_url}/health/ready", timeout=5).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


def test_wrong_settings_end_the_server_with_code_2_and_a_line_a_fault() -> None:
    environment = _environment(SECRET_KEY="too-short-and-secret", HSTS_SECONDS="-1")
    ended = subprocess.run(
        _command(_free_port(), 2), cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    lines = ended.stderr.splitlines()
    assert (ended.returncode, len(lines)) == (2, 2)
    assert [line.partition(":")[0] for line in sorted(lines)] == ["HSTS_SECONDS", "SECRET_KEY"]
    assert "too-short-and-secret" not in ended.stderr + ended.stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_is_told_to_stop_answers_what_it_has_taken(
    serve: Callable[[int], tuple[subprocess.Popen[bytes], str]],
    begin_log_in: Callable[[HTTPConnection], Callable[[], None]],
    wait_until_closed: Callable[[HTTPConnection], None],
    workers: int,
) -> None:
    process, base_url = serve(workers)
    address = base_url.removeprefix("http://")
    with ExitStack() as stack:
        taken = [stack.enter_context(closing(HTTPConnection(address, timeout=PATIENCE_SECONDS))) for _ in "1234"]
        finishes = [begin_log_in(connection) for connection in taken]
        process.send_signal(signal.SIGTERM)
        wait_until_closed(taken[0])
        for finish in finishes:
            finish()
        assert [connection.getresponse().status for connection in taken] == [401] * 4
    assert process.wait(PATIENCE_SECONDS) == 0

"""How the process starts and ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import requests

Serving = Callable[[int], AbstractContextManager[Any]]
PATIENCE_SECONDS = 60


def test_a_wrong_setting_ends_the_process_with_its_line() -> None:
    environment = {**os.environ, "DATABASE_POOL_SIZE": "0", "SECRET_KEY": "short"}
    done = subprocess.run(
        [sys.executable, "-m", "fastapi_app.server", "--port=1"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["DATABASE_POOL_SIZE", "SECRET_KEY"]
    assert "short" not in done.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_ends_the_process_with_success(serving: Serving, workers: int) -> None:
    with serving(workers) as server:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=PATIENCE_SECONDS) == 0


def test_a_request_in_flight_is_answered_before_the_end(serving: Serving) -> None:
    answers: list[int] = []

    def body() -> Any:
        # The server waits for the second half, and is told to end meanwhile.
        yield b'{"username": "in-flight", "email": "in-flight@example.com", '
        started.set()
        time.sleep(0.5)
        yield b'"name": "In Flight", "password": "long enough"}'

    with serving(1) as server:
        started = threading.Event()

        def register() -> None:
            headers = {"Content-Type": "application/json"}
            response = requests.post(f"{server.base_url}/api/v1/users", data=body(), headers=headers, timeout=10)
            answers.append(response.status_code)

        client = threading.Thread(target=register)
        client.start()
        assert started.wait(timeout=PATIENCE_SECONDS)
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        client.join(PATIENCE_SECONDS)
        assert (answers, server.process.wait(timeout=PATIENCE_SECONDS)) == ([201], 0)

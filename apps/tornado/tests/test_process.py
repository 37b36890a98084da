"""The server as a process: how it starts, and how it ends."""

import json
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from conftest import Process

    Start = Callable[..., Process]

BODY = b'{"username": "somebody", "email": "a@b.example", "name": "N", "password": "long-enough"}'
HEAD = (
    b"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n"
) % len(BODY)


def begun_request(server: "Process") -> socket.socket:
    """Send a request's head and wait until the server asks for the body."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(HEAD)
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    return connection


def received(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    answer = b""
    while part := connection.recv(65_536):
        answer += part
    return answer


def wait_until_closed(server: "Process") -> None:
    """Wait until nobody listens any more."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", server.port)).close()
        except ConnectionError:
            return


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_request_in_flight_finish_and_exits_with_0(
    start: "Start", workers: int, number: signal.Signals
) -> None:
    server = start(f"--workers={workers}")
    server.wait_until_ready()
    with begun_request(server) as connection:
        server.popen.send_signal(number)
        wait_until_closed(server)
        connection.sendall(BODY)
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 201")
    assert b"\r\nConnection: close\r\n" in answer
    assert server.ended()[0] == 0


def test_a_request_that_never_ends_is_cut_off_after_the_timeout(start: "Start") -> None:
    server = start(SHUTDOWN_TIMEOUT="1")
    server.wait_until_ready()
    with begun_request(server) as connection:
        server.popen.terminate()
        assert received(connection) == b""
    code, stdout, stderr = server.ended()
    assert (code, stdout, stderr) == (0, "", "")


def test_a_worker_that_dies_is_replaced(start: "Start") -> None:
    server = start("--workers=2")
    server.wait_until_ready()
    for worker in psutil.Process(server.popen.pid).children():
        worker.kill()
        worker.wait(30)
    for _ in range(8):
        server.wait_until_ready()
    server.popen.terminate()
    assert server.ended()[0] == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_each_wrong_setting_is_one_line_and_exit_code_2(start: "Start", workers: int) -> None:
    server = start(f"--workers={workers}", SECRET_KEY="too-short", TOKEN_TTL_SECONDS="0")
    code, stdout, stderr = server.ended()
    assert (code, stdout) == (2, "")
    assert sorted(line.split(":")[0] for line in stderr.splitlines()) == ["SECRET_KEY", "TOKEN_TTL_SECONDS"]
    assert "too-short" not in stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_that_is_taken_is_one_line_and_exit_code_1(start: "Start", workers: int) -> None:
    first = start()
    first.wait_until_ready()
    code, stdout, stderr = start(f"--port={first.port}", f"--workers={workers}").ended()
    assert (code, stdout) == (1, "")
    assert stderr.splitlines() == [f"cannot listen on 127.0.0.1:{first.port}: Address already in use"]


def test_wrong_options_are_exit_code_2(start: "Start") -> None:
    assert start("--workers=0").ended()[0] == 2


def test_log_lines_are_json(start: "Start") -> None:
    server = start("--workers=2", LOG_LEVEL="info")
    server.wait_until_ready()
    server.popen.terminate()
    code, stdout, stderr = server.ended()
    lines = [json.loads(line) for line in stdout.splitlines()]
    assert (code, stderr) == (0, "")
    assert {line["framework"] for line in lines} == {"tornado"}

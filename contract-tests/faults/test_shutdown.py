"""SIGTERM under load: no request that was sent is lost (20.10)."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import psutil
import pytest

from faults.calls import Call, Fate, Line
from faults.crowd import crowd, mixed_turn
from faults.service import Service, served
from variants.catalog import Variant

SHUTDOWN_TIMEOUT = 10
CLIENTS = 8
BODY = b'{"title": "sent slowly", "content": "text"}'


def until_refused(line: Line, number: int) -> Sequence[Call]:
    """The usual turn; after an answer did not come, one request more on a new connection, and the client ends."""
    calls = mixed_turn(line, number)
    if calls[-1].fate is Fate.REFUSED:
        return calls if number == 0 else []
    return calls if calls[-1].is_answered else [*calls, line.get("/api/v1/ping")]


def lost(calls: Sequence[Call]) -> list[Call]:
    """The requests that got no answer although the server had taken them.

    A server may close a kept connection while a request is on its way, and its client has to send that again (RFC
    9112, 9.3.1). A new connection is made by the kernel, and reset by it if it comes between a server's last look at
    those that wait and the end of the socket: no server has it then. Both are lost if the server still takes
    connections. `test_connections_that_wait_are_answered` has the ones that the server has to take.
    """
    followers = [*calls[1:], None]
    return [
        call
        for call, after in zip(calls, followers, strict=True)
        if not call.is_answered
        and call.fate is not Fate.REFUSED
        and not (call.fate is Fate.DROPPED and after is not None and after.fate is Fate.REFUSED)
    ]


def sent(service: Service, line: str, *headers: str, body: bytes = b"") -> socket.socket:
    """Send a request on a connection of its own, and wait for nothing."""
    parts = urlsplit(service.base_url)
    connection = socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=SHUTDOWN_TIMEOUT)
    head = "\r\n".join([line, f"Host: {parts.netloc}", f"Authorization: Bearer {service.token}", *headers, "", ""])
    connection.sendall(head.encode() + body)
    return connection


def slow_request(service: Service) -> socket.socket:
    """Send a request's head and half of its body."""
    length = f"Content-Length: {len(BODY)}"
    return sent(service, "POST /api/v1/articles HTTP/1.1", "Content-Type: application/json", length, body=BODY[:10])


def status_line(connection: socket.socket) -> bytes:
    """Read an answer's first line; it is empty if the server closes before."""
    answer = b""
    with suppress(ConnectionError):
        while b"\r\n" not in answer and (part := connection.recv(65_536)):
            answer += part
    return answer.partition(b"\r\n")[0]


@contextmanager
def paused(pid: int) -> Iterator[None]:
    """Let the processes that serve do nothing for as long as the body runs."""
    parent = psutil.Process(pid)
    processes = parent.children(recursive=True) or [parent]
    try:
        for process in processes:
            process.suspend()
        yield
    finally:
        for process in processes:
            process.resume()


def wait_until_refused(service: Service) -> Call:
    """Ask on new connections until one is not answered, and not reset as the last one may be (`lost`); give that."""
    while True:
        with service.line(seconds=3) as line:
            call = line.get("/api/v1/ping")
        if not call.is_answered and call.fate is not Fate.DROPPED:
            return call


@pytest.mark.parametrize("workers", [1, 2])
def test_no_request_in_flight_is_lost(variant: Variant, database_url: str, workers: int) -> None:
    settings = {"SHUTDOWN_TIMEOUT": str(SHUTDOWN_TIMEOUT)}
    with (
        served(variant, database_url, workers=workers, settings=settings) as service,
        crowd(service.base_url, service.token, until_refused, clients=CLIENTS) as clients,
    ):
        clients.wait_for(200)
        began = time.monotonic()
        service.server.process.terminate()
        code = service.server.process.wait(SHUTDOWN_TIMEOUT + 5)
        seconds = time.monotonic() - began
    faults = [str(call) for call in lost(clients.calls)]
    wrong = [str(call) for call in clients.calls if call.is_answered and call.status not in (200, 201)]
    assert (faults, wrong) == ([], [])
    assert code == 0
    assert seconds < SHUTDOWN_TIMEOUT


@pytest.mark.parametrize("workers", [1, 2])
def test_connections_that_wait_are_answered(variant: Variant, database_url: str, workers: int) -> None:
    settings = {"SHUTDOWN_TIMEOUT": str(SHUTDOWN_TIMEOUT)}
    with served(variant, database_url, workers=workers, settings=settings) as service, ExitStack() as stack:
        with paused(service.server.pid):
            waiting = [stack.enter_context(sent(service, "GET /api/v1/articles/1 HTTP/1.1")) for _ in range(CLIENTS)]
            service.server.process.terminate()
            # The parent has to have told its workers; nothing outside tells when.
            time.sleep(0.5)
        answers = [status_line(connection) for connection in waiting]
        stack.close()
        code = service.server.process.wait(SHUTDOWN_TIMEOUT + 5)
    assert [answer.partition(b" ")[2] for answer in answers] == [b"200 OK"] * CLIENTS
    assert code == 0


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.long)])
def test_a_request_whose_body_comes_slowly_is_finished(variant: Variant, database_url: str, workers: int) -> None:
    settings = {"SHUTDOWN_TIMEOUT": str(SHUTDOWN_TIMEOUT)}
    with served(variant, database_url, workers=workers, settings=settings) as service:
        with slow_request(service) as connection:
            # The server has to have read the head; nothing outside tells when.
            time.sleep(0.5)
            service.server.process.terminate()
            for byte in (BODY[10:][index : index + 11] for index in range(0, len(BODY[10:]), 11)):
                time.sleep(0.5)
                connection.sendall(byte)
            answer = status_line(connection)
        code = service.server.process.wait(SHUTDOWN_TIMEOUT + 5)
    assert answer.startswith(b"HTTP/1.1 201")
    assert code == 0


def test_a_kept_connection_is_told_that_the_server_is_not_ready(variant: Variant, database_url: str) -> None:
    with served(variant, database_url) as service, service.line() as line, slow_request(service):
        ready = line.get("/health/ready")
        service.server.process.terminate()
        wait_until_refused(service)
        stopping = line.get("/health/ready")
    assert (ready.status, stopping.on_kept) == (200, True)
    assert (stopping.status, stopping.code) == (503, "not_ready")
    assert stopping.headers["connection"] == "close"


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.long), 2])
def test_new_connections_are_refused_while_the_server_drains(variant: Variant, database_url: str, workers: int) -> None:
    with served(variant, database_url, workers=workers) as service, slow_request(service) as connection:
        time.sleep(0.5)
        service.server.process.terminate()
        refused = wait_until_refused(service)
        connection.sendall(BODY[10:])
        answer = status_line(connection)
    assert refused.fate is Fate.REFUSED
    assert answer.startswith(b"HTTP/1.1 201")

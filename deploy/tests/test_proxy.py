"""nginx, set up by the project's template, in front of servers that record what comes, and of a variant twice."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import requests

from variants.catalog import variant_named
from variants.databases import Rows, sqlite_database
from variants.ports import free_port
from variants.process import RunningVariant, running
from variants.proxy import RunningProxy, nginx_program, proxy

VARIANT = "flask"
SECONDS = 10.0


@pytest.fixture(scope="module", autouse=True)
def nginx() -> None:
    """nginx has to be there in CI."""
    if nginx_program() is None:
        missing = "nginx is not installed (apt-get install nginx-light): the proxy was not tested"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)


@dataclass
class Upstream:
    """A server that keeps the requests that it was sent. A `mute` one closes the connection instead of an answer."""

    port: int
    mute: bool = False
    heads: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def upstream(*, mute: bool = False) -> Iterator[Upstream]:
    """Run a recording server in a thread."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            # Not `path`, in which the library has merged slashes.
            seen.heads.append((self.command, self.requestline.split()[1], dict(self.headers)))
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if seen.mute:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_PUT = answer

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        seen = Upstream(server.server_port, mute)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def one() -> Iterator[tuple[RunningProxy, Upstream]]:
    """nginx in front of one recording server."""
    with upstream() as seen, proxy([seen.port]) as front:
        yield front, seen


@pytest.fixture(scope="module")
def twice() -> Iterator[tuple[RunningProxy, list[RunningVariant]]]:
    """nginx in front of two processes of a variant on one database."""
    with sqlite_database(Rows(articles=200, users=60)) as database, ExitStack() as stack:
        limits = {"RATE_LIMIT_DEFAULT": "off", "RATE_LIMIT_TOKEN": "off"}
        servers = [
            stack.enter_context(running(variant_named(VARIANT), database_url=database.url, environment=limits))
            for _ in range(2)
        ]
        yield stack.enter_context(proxy([_port(server.base_url) for server in servers])), servers


def _port(url: str) -> int:
    return urlsplit(url).port or 0


@contextmanager
def _half_sent(front: RunningProxy, head: str) -> Iterator[socket.socket]:
    address = ("127.0.0.1", _port(front.base_url))
    with closing(socket.create_connection(address, timeout=SECONDS)) as connection:
        connection.sendall(head.encode())
        yield connection


def _half_body(length: int = 10) -> str:
    return f"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{'x' * (length // 2)}"


def test_a_client_cannot_forge_its_address(one: tuple[RunningProxy, Upstream]) -> None:
    front, seen = one
    forged = {"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1", "X-Forwarded-Proto": "https"}
    requests.get(front.base_url, headers=forged, timeout=SECONDS)
    ((_, _, head),) = seen.heads
    assert head["X-Forwarded-For"] == "127.0.0.1"
    assert head["X-Forwarded-Proto"] == "http"
    assert "Forwarded" not in head


def test_what_a_request_is_known_by_goes_through(one: tuple[RunningProxy, Upstream]) -> None:
    front, seen = one
    known = {"X-Request-ID": "abc", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    requests.get(front.base_url, headers=known, timeout=SECONDS)
    ((_, _, head),) = seen.heads
    assert {name: head[name] for name in known} == known
    assert head["Host"] == urlsplit(front.base_url).netloc


def test_a_path_goes_through_as_it_was_sent(one: tuple[RunningProxy, Upstream]) -> None:
    front, seen = one
    with _half_sent(front, "GET //api/%7Ea/../b%2Fc?q=%20 HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        assert connection.recv(1024).startswith(b"HTTP/1.1 200")
    assert [path for _, path, _ in seen.heads] == ["//api/%7Ea/../b%2Fc?q=%20"]


def test_a_body_that_is_half_here_costs_the_server_nothing(one: tuple[RunningProxy, Upstream]) -> None:
    front, seen = one
    with _half_sent(front, _half_body()) as connection:
        requests.get(front.base_url, timeout=SECONDS)
        assert [method for method, _, _ in seen.heads] == ["GET"]
        connection.sendall(b"yyyyy")
        assert connection.recv(1024).endswith(b"xxxxxyyyyy")


@pytest.mark.parametrize(("method", "status", "sent"), [("GET", 200, 1), ("PUT", 200, 1), ("POST", 502, 0)])
def test_only_what_may_be_sent_twice_is(method: str, status: int, sent: int) -> None:
    with upstream(mute=True) as mute, upstream() as other, proxy([mute.port, other.port]) as front:
        # A turn each: the one that is mute is the first, or the second.
        answers = [requests.request(method, front.base_url, data=b"{}", timeout=SECONDS) for _ in range(2)]
        assert sorted({answer.status_code for answer in answers}) == sorted({status, 200})
        assert len(mute.heads) == 1
        assert len(other.heads) == 1 + sent


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_a_server_that_is_not_there_costs_no_request(method: str) -> None:
    with upstream() as there, proxy([free_port(), there.port]) as front:
        answers = [requests.request(method, front.base_url, data=b"{}", timeout=SECONDS) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 6


def test_an_address_has_so_many_connections_and_no_more() -> None:
    with upstream() as seen, proxy([seen.port], connections_per_address=2) as front, ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(_half_sent(front, _half_body()))
        refused = _retried(lambda: requests.get(front.base_url, timeout=SECONDS), 429)
        assert refused.json()["code"] == "rate_limited"
        assert refused.headers["Retry-After"] == "1"


def _retried(ask: Callable[[], requests.Response], status: int) -> requests.Response:
    """Ask until the status is this one, or for long: nginx reads the half-sent requests in its own time."""
    deadline = time.monotonic() + 3 * SECONDS
    while (answer := ask()).status_code != status and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer


def test_a_body_too_large_is_the_contracts_problem() -> None:
    with upstream() as seen, proxy([seen.port], max_body_bytes=2048) as front:
        answer = requests.post(front.base_url, data=b"x" * 2049, headers={"X-Request-ID": "abc"}, timeout=SECONDS)
        assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
        assert answer.headers["X-Request-ID"] == answer.json()["request_id"] == "abc"
        assert answer.json()["type"] == "/problems/body_too_large"
        assert seen.heads == []


def test_no_server_at_all_is_a_problem_too() -> None:
    with proxy([free_port()]) as front:
        answer = requests.get(front.base_url, timeout=SECONDS)
        assert answer.status_code == answer.json()["status"] == 502
        # A new id is a UUID of version 4, as in the contract.
        assert answer.json()["request_id"][14] == "4"


def test_both_processes_take_their_turns(twice: tuple[RunningProxy, list[RunningVariant]]) -> None:
    front, servers = twice
    page = f"{front.base_url}/api/v1/articles"
    with requests.Session() as session:
        assert {session.get(page, timeout=SECONDS).status_code for _ in range(10)} == {200}
    lines = [json.loads(line) for line in front.log_path.read_text(encoding="utf-8").splitlines() if line[0] == "{"]
    assert {line["upstream"] for line in lines} == {f"127.0.0.1:{_port(server.base_url)}" for server in servers}


def test_what_a_variant_has_compressed_comes_as_it_was(twice: tuple[RunningProxy, list[RunningVariant]]) -> None:
    front, servers = twice
    asked = {"Accept-Encoding": "gzip", "X-Request-ID": "abc"}
    through, direct = (
        requests.get(f"{base}/openapi.json", headers=asked, timeout=SECONDS)
        for base in (front.base_url, servers[0].base_url)
    )
    kept = ("Content-Encoding", "Content-Length", "Content-Type", "ETag", "Vary", "Cache-Control", "X-Request-ID")
    assert {name: through.headers.get(name) for name in kept} == {name: direct.headers.get(name) for name in kept}
    assert through.headers["Content-Encoding"] == "gzip"
    assert through.content == direct.content


@pytest.mark.parametrize(
    ("line", "host", "status"),
    [("GET / HTTP/1.1", "", 400), ("TRACE / HTTP/1.1", "Host: localhost", 405), ("GET /%00 HTTP/1.1", "Host: a", 400)],
)
def test_what_nginx_itself_refuses_is_a_problem(
    one: tuple[RunningProxy, Upstream], line: str, host: str, status: int
) -> None:
    front, seen = one
    with _half_sent(front, f"{line}\r\n{host}\r\n\r\n" if host else f"{line}\r\n\r\n") as connection:
        head, _, body = connection.makefile("rb").read().decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == status
    assert seen.heads == []


def test_metrics_are_not_for_everybody(twice: tuple[RunningProxy, list[RunningVariant]]) -> None:
    front, _ = twice
    answer = requests.get(f"{front.base_url}/metrics", timeout=SECONDS)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

"""A thousand clients that never finish what they send, and one that does."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from faults.calls import Call, Line
from faults.service import served
from faults.test_restart import require_nginx
from variants.catalog import Variant
from variants.proxy import proxy

HALF_OPEN = 500
FILES = 8192
PING_SECONDS = 1.0
PINGS = 10
# gunicorn has a thread wait for each body, and takes 1,000 connections: its place is behind a proxy that buffers.
BEHIND_PROXY = {"django", "flask"}
HEAD = b"POST /api/v1/users HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"


@pytest.fixture(autouse=True)
def many_files() -> None:
    """Let this process, and the servers that it starts, have as many connections open as the tests need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(FILES, hard)), hard))


@contextmanager
def half_open(base_url: str, data: bytes, number: int) -> Iterator[None]:
    """Keep connections open on which a request has been begun."""
    parts = urlsplit(base_url)
    with ExitStack() as stack:
        for _ in range(number):
            connection = stack.enter_context(socket.create_connection((str(parts.hostname), int(parts.port or 0))))
            connection.sendall(data % parts.netloc.encode())
        yield


@contextmanager
def reachable(variant: Variant, database_url: str) -> Iterator[str]:
    """Run the variant, where its README says so behind the project's proxy; give the URL."""
    with ExitStack() as stack:
        settings = {"TRUSTED_PROXIES": "127.0.0.1"}
        service = stack.enter_context(served(variant, database_url, settings=settings))
        if variant.name in BEHIND_PROXY:
            require_nginx()
            port = int(service.base_url.rpartition(":")[2])
            # All clients of the test have one address.
            front = stack.enter_context(proxy([port], connections_per_address=4 * HALF_OPEN))
            yield front.base_url
        else:
            yield service.base_url


def ping(base_url: str) -> Call:
    """Send a ping on a connection of its own."""
    with Line(base_url) as line:
        return line.get("/api/v1/ping")


def test_who_sends_slowly_keeps_nobody_waiting(variant: Variant, database_url: str) -> None:
    with (
        reachable(variant, database_url) as spared,
        reachable(variant, database_url) as base_url,
        half_open(base_url, HEAD, HALF_OPEN),
        half_open(base_url, HEAD + b'\r\n{"username": ', HALF_OPEN),
    ):
        # Behind this one the server has taken all connections; it waits for them, as they were made before it.
        pings, others = [ping(base_url)], []
        for _ in range(PINGS):
            others.append(ping(spared))
            pings.append(ping(base_url))
            time.sleep(0.1)
    assert [str(call) for call in pings if call.status != 200] == []
    # What a server without these clients takes at the same time is the machine's.
    allowed = PING_SECONDS + max(call.seconds for call in others)
    assert [str(call) for call in pings[1:] if call.seconds > allowed] == []

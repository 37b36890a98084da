"""A body that is too large costs no variant memory, be it declared or sent in chunks."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from variants.catalog import load_variants
from variants.databases import Rows, sqlite_database
from variants.process import RunningVariant, running
from variants.watch import tree_usage

MEBIBYTE = 1024 * 1024
TIMES = 8
# Far more than a variant takes for one body of the largest size, and far less than what is sent here.
GROWTH_BYTES = 24 * MEBIBYTE
HEAD = b"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
CHUNK = b"100000\r\n" + b"x" * MEBIBYTE + b"\r\n"


@pytest.fixture(scope="module", params=load_variants().values(), ids=lambda variant: variant.name)
def server(request: pytest.FixtureRequest) -> Iterator[RunningVariant]:
    """A variant that has answered before, so that it has imported what it needs."""
    with (
        sqlite_database(Rows(articles=20, users=5)) as database,
        running(request.param, database_url=database.url) as running_variant,
    ):
        talk(running_variant, HEAD + b"Content-Length: 10737418240\r\n\r\n", [])
        yield running_variant


def talk(server: RunningVariant, head: bytes, chunks: list[bytes]) -> bytes:
    """Send as much of a request as the server takes; its answer's first line, b"" where a reset has overtaken it."""
    host, _, port = server.base_url.removeprefix("http://").partition(":")
    with closing(socket.create_connection((host, int(port)), timeout=30)) as connection:
        with suppress(ConnectionError):
            connection.sendall(head)
            for chunk in chunks:
                connection.sendall(chunk)
        with suppress(ConnectionError):
            return connection.recv(64).partition(b"\r\n")[0]
    return b""


def growth(server: RunningVariant, head: bytes, chunks: list[bytes]) -> int:
    """By how many bytes the server's processes have grown after some such requests."""
    before = tree_usage(server.process.pid).rss_bytes
    answers = {talk(server, head, chunks) for _ in range(TIMES)}
    assert {answer[:12] for answer in answers} - {b""} == {b"HTTP/1.1 413"}
    return tree_usage(server.process.pid).rss_bytes - before


def test_a_declared_body_of_ten_gibibytes_costs_no_memory(server: RunningVariant) -> None:
    assert growth(server, HEAD + b"Content-Length: 10737418240\r\n\r\n", [b"x" * MEBIBYTE] * 8) < GROWTH_BYTES


def test_a_chunked_body_without_end_costs_no_memory(server: RunningVariant) -> None:
    assert growth(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", [CHUNK] * 32) < GROWTH_BYTES

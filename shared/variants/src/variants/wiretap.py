"""Hears the SQL statements that reach a PostgreSQL, on the wire: no extension or right of the server's is needed."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from variants.ports import LOOPBACK
from variants.postgres import PostgresDatabase

BLOCK_BYTES = 65_536
# https://www.postgresql.org/docs/current/protocol-message-formats.html: each begins with its kind and its length.
HEADER = struct.Struct("!cI")
# A connection's first message has no kind.
FIRST_LENGTH = struct.Struct("!I")


@contextmanager
def tapped(database: PostgresDatabase, hear: Callable[[str], None]) -> Iterator[PostgresDatabase]:
    """Give a way to a database on which every statement is heard before it gets there.

    Parameters:
        hear: is told the text of each statement that is to be executed, on a thread of the connection; of a prepared
            one each time that it is executed.
    """

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with _connected(database) as server:
                Thread(target=_forward, args=(server, self.request, None), daemon=True).start()
                _forward(self.request, server, StatementReader(hear).read)

    with ThreadingTCPServer((LOOPBACK, 0), Handler) as taps:
        taps.daemon_threads = True
        Thread(target=taps.serve_forever, daemon=True).start()
        # Encrypted, there would be nothing to hear.
        plain = make_conninfo(database.conninfo, hostaddr=None, sslmode="disable", gssencmode="disable")
        try:
            yield PostgresDatabase(make_conninfo(plain, host=LOOPBACK, port=taps.server_address[1]))
        finally:
            taps.shutdown()


class StatementReader:
    """Reads what a client sends, in blocks that end anywhere."""

    def __init__(self, hear: Callable[[str], None]) -> None:
        self._hear = hear
        self._left = b""
        self._started = False
        self._statements: dict[bytes, str] = {}
        self._portals: dict[bytes, bytes] = {}

    def read(self, block: bytes) -> None:
        """Take the next block."""
        self._left += block
        while (message := self._next()) is not None:
            self._take(*message)

    def _next(self) -> tuple[bytes, bytes] | None:
        header = HEADER if self._started else FIRST_LENGTH
        if len(self._left) < header.size:
            return None
        *kinds, length = header.unpack_from(self._left)
        kind = kinds[0] if kinds else b""
        end = len(kind) + length
        if len(self._left) < end:
            return None
        body, self._left, self._started = self._left[header.size : end], self._left[end:], True
        return kind, body

    def _take(self, kind: bytes, body: bytes) -> None:
        first, _, rest = body.partition(b"\0")
        second = rest.partition(b"\0")[0]
        if kind == b"Q":
            self._hear(first.decode())
        elif kind == b"P":
            self._statements[first] = second.decode()
        elif kind == b"B":
            self._portals[first] = second
        elif kind == b"E":
            self._hear(self._statements[self._portals[first]])


def _connected(database: PostgresDatabase) -> socket.socket:
    parts = conninfo_to_dict(database.conninfo)
    host, port = str(parts.get("hostaddr") or parts.get("host") or LOOPBACK), int(parts.get("port") or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def _forward(source: socket.socket, target: socket.socket, read: Callable[[bytes], None] | None) -> None:
    with suppress(OSError):
        while block := source.recv(BLOCK_BYTES):
            if read is not None:
                read(block)
            target.sendall(block)
    # The other side's end is told on; whoever waits for more then ends too.
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)

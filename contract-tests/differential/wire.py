"""A connection that is kept alive and reads answers to the byte, so that what is left over shows."""

import gzip
import select
import socket
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5.0
LINE_BYTES = 65_536
BODILESS = (204, 304)


@dataclass(frozen=True)
class Answer:
    """What came back. Status 0 is no answer of HTTP; `note` then says what happened. Header names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    note: str = ""

    @cached_property
    def content(self) -> bytes:
        """The body without its content coding.

        Raises:
            ValueError: the coding is unknown, or the body is not coded so.
        """
        coding = self.value("content-encoding")
        if coding is None or not self.body:
            return self.body
        if coding != "gzip":
            raise ValueError(f"Content-Encoding: {coding}")
        try:
            return gzip.decompress(self.body)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"no gzip: {error}") from error

    def values(self, name: str) -> list[str]:
        """The values of a header, a line each."""
        return [value for given, value in self.headers if given == name]

    def value(self, name: str) -> str | None:
        """The value of a header's first line."""
        return next(iter(self.values(name)), None)


class _ClosedError(Exception):
    """The server closed the connection instead of answering."""


class Connection:
    """One keep-alive connection to a server; it opens itself anew when it was closed.

    A server may close a connection that has been used, and a request may cross that on its way (RFC 9112, 9.5): it is
    sent once more.

    Args:
        base_url: `http://host:port`.
    """

    def __init__(self, base_url: str) -> None:
        url = urlsplit(base_url)
        self._address = (url.hostname or "", url.port or 80)
        self._socket: socket.socket | None = None
        self._file: BufferedReader | None = None
        self._sent = b""
        self._used = False

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._file is not None:
            self._file.close()
        if self._socket is not None:
            self._socket.close()
        self._socket = self._file = None
        self._used = False

    def send(self, data: bytes) -> None:
        """Send a request. A server may answer and close before it has read all: that is no error."""
        if self._socket is not None and self._was_closed():
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=TIMEOUT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._file = self._socket.makefile("rb")
        self._sent = data
        with suppress(ConnectionError):
            self._socket.sendall(data)

    def receive(self, *, method: str) -> Answer:
        """Read the answer to the request that was sent."""
        try:
            return self._answer(method)
        except TimeoutError:
            note = f"no answer within {TIMEOUT_SECONDS:g} s"
        except (_ClosedError, ConnectionError) as error:
            if self._used:
                self.close()
                self.send(self._sent)
                return self.receive(method=method)
            note = f"no answer: {type(error).__name__}"
        except (OSError, ValueError) as error:
            note = f"no answer of HTTP: {type(error).__name__}: {error}"
        self.close()
        return Answer(0, note=note)

    def _was_closed(self) -> bool:
        assert self._socket is not None
        readable, _, _ = select.select([self._socket], [], [], 0)
        if not readable:
            return False
        with suppress(ConnectionError):
            # Bytes that nobody asked for stay, and spoil the next answer for everybody to see.
            return self._socket.recv(1, socket.MSG_PEEK) == b""
        return True

    def _answer(self, method: str) -> Answer:
        assert self._file is not None
        status, headers = self._head()
        while 100 <= status < 200:
            status, headers = self._head()
        answer = Answer(status, headers)
        length, coding = answer.value("content-length"), answer.value("transfer-encoding")
        if method == "HEAD" or status in BODILESS:
            body = b""
        elif coding is not None:
            body = self._chunks()
        else:
            body = self._file.read() if length is None else self._exactly(int(length))
        unframed = length is None and coding is None and method != "HEAD" and status not in BODILESS
        if unframed or (answer.value("connection") or "").lower() == "close":
            self.close()
        else:
            self._used = True
        return Answer(status, headers, body)

    def _head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        assert self._file is not None
        line = self._file.readline(LINE_BYTES)
        version, _, rest = line.decode("latin-1").partition(" ")
        if not line:
            raise _ClosedError
        if not version.startswith("HTTP/1."):
            raise ValueError(f"the answer starts with {line[:80]!r}")
        return int(rest[:3]), self._fields()

    def _fields(self) -> tuple[tuple[str, str], ...]:
        """The field lines up to the empty one (RFC 9112, 5); the standard library's parser takes much longer."""
        assert self._file is not None
        fields = []
        while (line := self._file.readline(LINE_BYTES)) not in (b"\r\n", b""):
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or not line.endswith(b"\r\n") or name != name.strip():
                raise ValueError(f"{line[:80]!r} is no field line")
            fields.append((name.lower(), value.strip(" \t\r\n")))
        return tuple(fields)

    def _exactly(self, length: int) -> bytes:
        assert self._file is not None
        data = self._file.read(length)
        if len(data) < length:
            raise ValueError(f"{len(data)} of {length} bytes came")
        return data

    def _chunks(self) -> bytes:
        assert self._file is not None
        parts = []
        while size := int(self._file.readline(LINE_BYTES).split(b";")[0], 16):
            parts.append(self._exactly(size))
            self._file.readline(LINE_BYTES)
        self._fields()
        return b"".join(parts)

"""What no HTTP library sends: requests as bytes, over a connection of their own."""

import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from email.parser import BytesHeaderParser
from urllib.parse import urlsplit

from urllib3 import HTTPHeaderDict

import conformance
from answer import Answer, Sent
from client import EXCHANGES, TIMEOUT_SECONDS


def chunked(*parts: bytes) -> bytes:
    """Encode parts as chunks, without the last, empty chunk."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


LAST_CHUNK = b"0\r\n\r\n"


def exchange(
    base_url: str,
    method: str,
    path: str,
    headers: Mapping[str, str | None] | None = None,
    body: bytes = b"",
    *,
    source: str = "",
) -> Answer:
    """Send a request whose header fields are exactly Host, Connection and the given ones; read until the end.

    A field given as None is not sent. With `source` the connection comes from that address of this machine.

    A server may answer before it has read the body, so that the rest of the body finds no reader: that is no error.
    """
    host = urlsplit(base_url).netloc
    wanted = {"Host": host, "Connection": "close", **(headers or {})}
    fields = {name: value for name, value in wanted.items() if value is not None}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    received = b"".join(_received(base_url, head.encode("latin-1") + b"\r\n" + body, source))
    answer = _parsed(Sent(method, base_url + path, fields, body), received)
    EXCHANGES.append(answer)
    conformance.check(answer)
    return answer


def _received(base_url: str, data: bytes, source: str) -> Iterable[bytes]:
    url = urlsplit(base_url)
    address = (url.hostname or "", url.port or 80)
    with socket.create_connection(address, timeout=TIMEOUT_SECONDS, source_address=(source, 0)) as connection:
        # A server that closes with a part of the body unread resets the connection; what it has answered counts.
        with suppress(ConnectionError):
            connection.sendall(data)
        with suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                yield part


def _parsed(sent: Sent, received: bytes) -> Answer:
    head, _, content = received.partition(b"\r\n\r\n")
    status_line, _, fields = head.partition(b"\r\n")
    lines = BytesHeaderParser().parsebytes(fields).items()
    headers = HTTPHeaderDict(lines)
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        content = _unchunked(content)
    status = int(status_line.split()[1]) if status_line.startswith(b"HTTP/1.") else 0
    return Answer(sent, status, headers, content, tuple(name for name, _ in lines))


def _unchunked(content: bytes) -> bytes:
    parts: list[bytes] = []
    while content:
        size_line, _, content = content.partition(b"\r\n")
        size = int(size_line.split(b";")[0], 16)
        parts.append(content[:size])
        content = content[size + 2 :] if size else b""
    return b"".join(parts)

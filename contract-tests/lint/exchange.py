"""One request with its answer, byte for byte, and what httplint says of the two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlsplit

from httplint import HttpRequestLinter, HttpResponseLinter, Note, levels

TIMEOUT_SECONDS = 10
AGENT = "contract-lint"
SERIOUS = (levels.BAD, levels.WARN)
Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, the bodies as they were on the wire."""

    method: str
    target: str
    sent: Lines
    sent_body: bytes
    status: int
    received: Lines
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """The value of a header of the answer; "" where there is none."""
        return next((value for given, value in self.received if given.lower() == name), "")


@dataclass(frozen=True)
class Remark:
    """A note of httplint that is a warning or an error: its class, what it is about, and on which exchange."""

    name: str
    subject: str
    summary: str
    exchange: Exchange


class Caller:
    """A connection to a server; each request is kept as an exchange.

    Args:
        base_url: `http://host:port`.
    """

    def __init__(self, base_url: str) -> None:
        url = urlsplit(base_url)
        self._connection = HTTPConnection(url.hostname or "", url.port, timeout=TIMEOUT_SECONDS)
        self._base_url = base_url
        self.exchanges: list[Exchange] = []

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Exchange:
        """Send a request, and read the whole answer.

        Args:
            method: of the request.
            target: path and query.
            headers: beside `Host`, `User-Agent` and the length; a length of the caller's own promises more than comes.
            body: as it is sent.
        """
        all_headers = {"Host": urlsplit(self._base_url).netloc, "User-Agent": AGENT, **(headers or {})}
        if body:
            all_headers["Content-Length"] = str(len(body))
        promised = int(all_headers.get("Content-Length", "0"))
        self._connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in all_headers.items():
            self._connection.putheader(name, value)
        self._connection.endheaders(body or None)
        response = self._connection.getresponse()
        received = tuple(response.headers.items())
        exchange = Exchange(
            method, target, tuple(all_headers.items()), body, response.status, received, response.read()
        )
        if promised > len(body):
            # The server may still wait for the rest.
            self._connection.close()
        self.exchanges.append(exchange)
        return exchange

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def remarks_of(exchange: Exchange, *, base_url: str, now: float) -> list[Remark]:
    """All warnings and errors about an answer.

    Args:
        exchange: with its request, which the answer is judged by.
        base_url: of the server.
        now: when it was sent, for dates and ages.
    """
    request = HttpRequestLinter(start_time=now)
    request.process_request_topline(exchange.method.encode(), exchange.target.encode(), b"HTTP/1.1")
    request.base_uri = base_url + exchange.target
    request.process_headers(_encoded(exchange.sent))
    request.feed_content(exchange.sent_body)
    request.finish_content(complete=True)
    response = HttpResponseLinter(start_time=now, _related=request)
    response.is_head_response = exchange.method == "HEAD"
    response.base_uri = request.base_uri
    response.process_response_topline(b"HTTP/1.1", str(exchange.status).encode(), b"")
    response.process_headers(_encoded(exchange.received))
    response.feed_content(exchange.body)
    response.finish_content(complete=True)
    notes = [note for given in response.notes for note in (given, *given.subnotes)]
    return [_remark(note, exchange) for note in notes if note.level in SERIOUS]


def _encoded(lines: Lines) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines]


def _remark(note: Note, exchange: Exchange) -> Remark:
    return Remark(type(note).__name__, note.subject, str(note.summary), exchange)

"""Requests over one connection that is kept, and what became of each: answered, or in which way not."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

CALL_SECONDS = 20.0


class Fate(Enum):
    """What became of a request."""

    ANSWERED = "answered"
    REFUSED = "no connection was made"
    DROPPED = "the connection ended before any byte of an answer"
    CUT = "the answer ended early"
    SILENT = "no answer within the time-out"


@dataclass(frozen=True)
class Call:
    """One request. `began` is of `time.monotonic`; `on_kept` tells that its connection had carried others before."""

    method: str
    path: str
    fate: Fate
    began: float
    seconds: float
    on_kept: bool
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def ended(self) -> float:
        """When it was known what became of it, of `time.monotonic`."""
        return self.began + self.seconds

    @property
    def is_answered(self) -> bool:
        """Whether a whole answer came, whatever it says."""
        return self.fate is Fate.ANSWERED

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of a problem, None where the answer is none."""
        is_problem = self.headers.get("content-type", "") == "application/problem+json"
        return str(self.json["code"]) if is_problem else None

    def __str__(self) -> str:
        outcome = f"{self.status} {self.code or ''}" if self.is_answered else self.fate.value
        return f"{self.method} {self.path}: {outcome.strip()} after {self.seconds:.3f} s"


class Line:
    """A client with one connection, which is kept as long as the server keeps it.

    Args:
        base_url: `http://host:port`.
        token: sent as a bearer token with each request.
        seconds: how long to wait for a connection, and for each part of an answer.
    """

    def __init__(self, base_url: str, token: str | None = None, *, seconds: float = CALL_SECONDS) -> None:
        parts = urlsplit(base_url)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether the last answer left the connection open."""
        return self._connection.sock is not None

    def close(self) -> None:
        """Hang up; the next request takes a new connection."""
        self._connection.close()

    def get(self, path: str) -> Call:
        """Send a GET."""
        return self.call("GET", path)

    def call(self, method: str, path: str, body: object = None) -> Call:
        """Send a request, with a JSON body where there is one, and wait for the whole answer; never raises."""
        on_kept, began = self.is_open, time.monotonic()
        fate, response, content = self._exchange(method, path, body)
        if fate is not Fate.ANSWERED:
            self.close()
        return Call(
            method=method,
            path=path,
            fate=fate,
            began=began,
            seconds=time.monotonic() - began,
            on_kept=on_kept,
            status=response.status if response else 0,
            headers={name.lower(): value for name, value in response.getheaders()} if response else {},
            body=content,
        )

    def _exchange(self, method: str, path: str, body: object) -> tuple[Fate, HTTPResponse | None, bytes]:
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers if data is None else {**self._headers, "Content-Type": "application/json"}
        try:
            if not self.is_open:
                self._connection.connect()
        except OSError:
            return Fate.REFUSED, None, b""
        try:
            self._connection.request(method, path, data, headers)
            response = self._connection.getresponse()
        except TimeoutError:
            return Fate.SILENT, None, b""
        except (RemoteDisconnected, ConnectionError):
            return Fate.DROPPED, None, b""
        except BadStatusLine:
            return Fate.CUT, None, b""
        try:
            return Fate.ANSWERED, response, response.read()
        except TimeoutError:
            return Fate.SILENT, response, b""
        except (HTTPException, ConnectionError):
            return Fate.CUT, response, b""

"""The suite's HTTP client: a base URL and perhaps a token. It follows no redirect and reads no environment."""

import json as json_module
import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

from urllib3 import BaseHTTPResponse, HTTPHeaderDict, connection_from_url

import conformance
from answer import UNSET, Answer, Json, Sent

TIMEOUT_SECONDS = 10
# Servers close idle connections after some seconds; one that has idled this long is not used again.
IDLE_SECONDS = 1.0

Headers = Mapping[str, str | bytes | None]
_DEFAULT_HEADERS = {"User-Agent": "contract-tests", "Accept-Encoding": "gzip, deflate", "Accept": "*/*"}
# The exchanges of the running test, for the report of its failure.
EXCHANGES: deque[Answer] = deque(maxlen=12)


class Connections:
    """Connections to a server that are kept alive, for all clients of a worker."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._pool = connection_from_url(base_url)
        self._used = time.monotonic()

    def send(self, method: str, path: str, headers: HTTPHeaderDict, body: bytes | None) -> BaseHTTPResponse:
        """Send a request, over new connections where the old ones have idled."""
        now = time.monotonic()
        if now - self._used > IDLE_SECONDS:
            self._pool.close()
            self._pool = connection_from_url(self._base_url)
        self._used = now
        # Not by a session, which would look for proxies, cookies, passwords and redirects of its own.
        return self._pool.urlopen(
            method, path, body, headers, retries=False, redirect=False, assert_same_host=False, timeout=TIMEOUT_SECONDS
        )


class Client:
    """One caller of the API.

    Args:
        base_url: `http://host:port`.
        token: sent as a bearer token with each request; None for an anonymous caller.
        connections: shared with other clients of the same thread; own ones without.
    """

    def __init__(self, base_url: str, token: str | None = None, connections: Connections | None = None) -> None:
        self.base_url = base_url
        self.connections = connections or Connections(base_url)
        self._token = token

    @property
    def token(self) -> str | None:
        """The token that the client sends."""
        return self._token

    def with_token(self, token: str | None) -> "Client":
        """The same client with another token, or with none."""
        return Client(self.base_url, token, self.connections)

    def apart(self) -> "Client":
        """The same caller with connections of its own, for a thread."""
        return Client(self.base_url, self.token)

    def request(
        self,
        method: str,
        path: str,
        json: Json = UNSET,
        *,
        form: Mapping[str, str] | str | None = None,
        content: bytes | None = None,
        headers: Headers | None = None,
    ) -> Answer:
        """Send a request and wait for the answer.

        Args:
            method: any token.
            path: path and query, sent as they are.
            json: a value to send as JSON, with its Content-Type.
            form: pairs, or text that is encoded already, to send as a form.
            content: bytes to send as they are, with no Content-Type.
            headers: more headers; None takes one away that would be sent.
        """
        all_headers: dict[str, str | bytes | None] = dict(_DEFAULT_HEADERS)
        if self.token is not None:
            all_headers["Authorization"] = f"Bearer {self.token}"
        body = content
        if json is not UNSET:
            body, all_headers["Content-Type"] = json_module.dumps(json).encode(), "application/json"
        if form is not None:
            body = (form if isinstance(form, str) else urlencode(form)).encode()
            all_headers["Content-Type"] = "application/x-www-form-urlencoded"
        all_headers.update(headers or {})
        # A name in other case is the same name; the library would send both.
        kept = HTTPHeaderDict()
        for name, value in all_headers.items():
            if value is not None:
                kept[name] = _text(value)
        return self._send(method.upper(), path, kept, body or None)

    def _send(self, method: str, path: str, headers: HTTPHeaderDict, body: bytes | None) -> Answer:
        response = self.connections.send(method, _target(path), headers, body)
        sent = Sent(method, self.base_url + path, dict(headers), body or b"")
        answer = Answer(sent, response.status, response.headers, response.data)
        EXCHANGES.append(answer)
        conformance.check(answer)
        return answer

    def get(self, path: str, *, headers: Headers | None = None) -> Answer:
        """GET a path."""
        return self.request("GET", path, headers=headers)

    def head(self, path: str, *, headers: Headers | None = None) -> Answer:
        """HEAD a path."""
        return self.request("HEAD", path, headers=headers)

    def options(self, path: str, *, headers: Headers | None = None) -> Answer:
        """OPTIONS of a path."""
        return self.request("OPTIONS", path, headers=headers)

    def post(self, path: str, json: Json = UNSET, *, headers: Headers | None = None) -> Answer:
        """POST JSON to a path."""
        return self.request("POST", path, json, headers=headers)

    def put(self, path: str, json: Json = UNSET, *, headers: Headers | None = None) -> Answer:
        """PUT JSON to a path."""
        return self.request("PUT", path, json, headers=headers)

    def patch(self, path: str, json: Json = UNSET, *, headers: Headers | None = None) -> Answer:
        """PATCH a path with JSON."""
        return self.request("PATCH", path, json, headers=headers)

    def delete(self, path: str, *, headers: Headers | None = None) -> Answer:
        """DELETE a path."""
        return self.request("DELETE", path, headers=headers)

    def login(self, username: str, password: str) -> Answer:
        """Ask for a token."""
        form = {"grant_type": "password", "username": username, "password": password}
        return self.request("POST", "/api/v1/token", form=form)


@lru_cache(maxsize=4096)
def _target(path: str) -> str:
    """The path and query that are sent: no fragment, and `/` for nothing."""
    parts = urlsplit("http://host" + path)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")

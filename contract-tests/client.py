"""The suite's HTTP client: a base URL and perhaps a token. It follows no redirect and reads no environment."""

import json as json_module
import time
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter

import conformance
from answer import UNSET, Answer, Json, Sent

TIMEOUT_SECONDS = 10
# Servers close idle connections after some seconds; one that has idled this long is not used again.
IDLE_SECONDS = 1.0

Headers = Mapping[str, str | bytes | None]
_DEFAULT_HEADERS = {**requests.utils.default_headers(), "Accept": "*/*"}
# The exchanges of the running test, for the report of its failure.
EXCHANGES: deque[Answer] = deque(maxlen=12)


class Connections:
    """Connections that are kept alive, for all clients of a worker."""

    def __init__(self) -> None:
        self._adapter = HTTPAdapter()
        self._used = time.monotonic()

    def send(self, prepared: requests.PreparedRequest) -> requests.Response:
        """Send a request, over new connections where the old ones have idled."""
        now = time.monotonic()
        if now - self._used > IDLE_SECONDS:
            self._adapter.close()
        self._used = now
        # Not by a session, which would look for proxies, cookies, passwords and redirects of its own.
        return self._adapter.send(prepared, timeout=TIMEOUT_SECONDS)


class Client:
    """One caller of the API.

    Args:
        base_url: `http://host:port`.
        token: sent as a bearer token with each request; None for an anonymous caller.
        connections: shared with other clients of the same thread; own ones without.
    """

    def __init__(self, base_url: str, token: str | None = None, connections: Connections | None = None) -> None:
        self.base_url = base_url
        self.connections = connections or Connections()
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
        kept = {name: value for name, value in all_headers.items() if value is not None}
        return self._send(_prepared(method, self.base_url + path, kept, body or None))

    def _send(self, prepared: requests.PreparedRequest) -> Answer:
        response = self.connections.send(prepared)
        shown = {name: _text(value) for name, value in prepared.headers.items()}
        body = prepared.body if isinstance(prepared.body, bytes) else b""
        sent = Sent(str(prepared.method), str(prepared.url), shown, body)
        answer = Answer(sent, response.status_code, response.headers, response.content)
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


def _prepared(
    method: str, url: str, headers: Mapping[str, str | bytes], body: bytes | None
) -> requests.PreparedRequest:
    """Prepare a request as the library does, but for the URL: it would be normalised, and is what is tested."""
    prepared = requests.PreparedRequest()
    prepared.prepare_method(method)
    prepared.url = url
    prepared.prepare_headers(headers)
    prepared.body = body
    prepared.prepare_content_length(body)
    return prepared


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")

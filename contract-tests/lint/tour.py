"""A walk through every operation and every status of the contract, in every form that an answer has."""

import json
from typing import Any
from urllib.parse import urlencode

from exchange import Caller, Exchange

API = "/api/v1"
ORIGIN = "https://app.example.com"
# What the server of a tour needs: one foreign origin, and a limit of log-ins that the tour meets at its end.
SETTINGS = {"CORS_ORIGINS": ORIGIN, "RATE_LIMIT_DEFAULT": "100000/minute", "RATE_LIMIT_TOKEN": "4/hour"}
PASSWORD = "correct horse battery"
JSON = {"Content-Type": "application/json"}
GZIP = {"Accept_Encoding": "gzip"}


class TourError(Exception):
    """An answer had another status than the tour shows; the message has both."""


class Tour:
    """Makes the requests, and holds each to the status that it is there for.

    Args:
        caller: the connection, which keeps the exchanges.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._tokens: dict[str, str] = {}

    def ask(self, status: int, method: str, target: str, who: str = "", body: Any = None, **headers: str) -> Exchange:
        """Send a request.

        Args:
            status: that the answer has to have.
            method: of the request.
            target: path and query.
            who: whose token is sent, or "".
            body: sent as JSON.
            headers: more of them, with `_` for `-`.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            named["Authorization"] = f"Bearer {self._tokens[who]}"
        content = b""
        if body is not None:
            named, content = {**JSON, **named}, json.dumps(body).encode()
        return self._held(status, self._caller.ask(method, target, named, content))

    def log_in(self, who: str, password: str, status: int = 200) -> None:
        """Ask for a token, and keep it under the name."""
        form = urlencode({"grant_type": "password", "username": who, "password": password}).encode()
        form_type = {"Content-Type": "application/x-www-form-urlencoded"}
        exchange = self._held(status, self._caller.ask("POST", f"{API}/token", form_type, form))
        if status == 200:
            self._tokens[who] = json.loads(exchange.body)["access_token"]

    def _held(self, status: int, exchange: Exchange) -> Exchange:
        if exchange.status != status:
            raise TourError(f"{exchange.method} {exchange.target}: {exchange.status} instead of {status}")
        return exchange


def walk(tour: Tour, *, admin: str, password: str) -> None:
    """Make the whole tour.

    Args:
        tour: over a server with `SETTINGS` and the seeded database.
        admin: the first administrator's username.
        password: the first administrator's.

    Raises:
        TourError: an answer was another.
    """
    tour.log_in(admin, password)
    _service(tour)
    _users(tour, admin)
    tour.log_in("edna", PASSWORD)
    article = _articles(tour, "edna")
    _comments(tour, article, "edna")
    _keyset(tour)
    _refusals(tour, admin)
    _log_ins(tour)


def _service(tour: Tour) -> None:
    health = ("/health", "/health/live", "/health/ready", "/metrics")
    for path in ("/", "/docs", "/openapi.json", "/problems/not_found", *health):
        for method in ("GET", "HEAD"):
            tour.ask(200, method, path)
            tour.ask(200, method, path, **GZIP, Origin=ORIGIN)
        tour.ask(204, "OPTIONS", path)
        tour.ask(405, "POST", path)
    tour.ask(200, "GET", f"{API}/ping", API_Version="1")
    tour.ask(404, "GET", "/problems/nothing")
    tour.ask(406, "GET", "/", Accept="text/html")


def _users(tour: Tour, admin: str) -> None:
    user = {"username": "edna", "email": "edna@example.com", "name": "Edna", "password": PASSWORD}
    path = tour.ask(201, "POST", f"{API}/users", body=user).header("location")
    tour.ask(409, "POST", f"{API}/users", body=user)
    tour.ask(422, "POST", f"{API}/users", body={})
    tour.ask(200, "PATCH", path, admin, {"role": "editor"})
    tour.ask(200, "PUT", path, admin, {name: user[name] for name in ("username", "email", "name")})
    _reads(tour, f"{API}/users/me", admin)
    _reads(tour, path, admin)
    _pages(tour, f"{API}/users", admin)
    tour.ask(404, "GET", f"{API}/users/1000000", admin)
    tour.ask(412, "PATCH", path, admin, {}, If_Match='"none"')
    tour.ask(409, "DELETE", f"{API}/users/1", admin)
    other = {**user, "username": "eve", "email": "eve@example.com"}
    gone = tour.ask(201, "POST", f"{API}/users", body=other).header("location")
    tour.ask(204, "DELETE", gone, admin)


def _articles(tour: Tour, editor: str) -> str:
    article = {"title": "Headers", "content": "Some content. " * 100, "published": True, "tags": ["http"]}
    path = tour.ask(201, "POST", f"{API}/articles", editor, article).header("location")
    tour.ask(200, "PUT", path, editor, article)
    tour.ask(200, "PATCH", path, editor, {"title": "Fields"}, **GZIP)
    for who in ("", editor):
        _reads(tour, path, who)
        _pages(tour, f"{API}/articles", who)
    tour.ask(412, "GET", path, If_Match='"none"')
    tour.ask(412, "DELETE", path, editor, If_None_Match="*")
    gone = tour.ask(201, "POST", f"{API}/articles", editor, article).header("location")
    tour.ask(204, "DELETE", gone, editor)
    tour.ask(404, "GET", gone)
    tour.ask(403, "DELETE", f"{API}/articles/1", editor)
    tour.ask(422, "POST", f"{API}/articles", editor, {"title": 1})
    return path


def _comments(tour: Tour, article: str, editor: str) -> None:
    path = tour.ask(201, "POST", f"{article}/comments", editor, {"body": "A comment"}).header("location")
    _reads(tour, path, "")
    _pages(tour, f"{article}/comments", "")
    tour.ask(405, "PUT", path, editor, {"body": "Another"})
    tour.ask(204, "DELETE", path, editor)
    tour.ask(404, "GET", path)
    tour.ask(422, "POST", f"{article}/comments", editor, {})


def _keyset(tour: Tour) -> None:
    page = tour.ask(200, "GET", "/api/v2/articles?limit=2", API_Version="2")
    after = json.loads(page.body)["meta"]["next"]
    tour.ask(200, "HEAD", f"/api/v2/articles?after={after}", **GZIP)
    tour.ask(422, "GET", "/api/v2/articles?after=none")
    tour.ask(204, "OPTIONS", "/api/v2/articles")


def _refusals(tour: Tour, admin: str) -> None:
    tour.ask(400, "GET", f"{API}/articles", Host="elsewhere.example")
    tour.ask(400, "GET", f"{API}/articles", API_Version="9")
    tour.ask(401, "GET", f"{API}/users/me")
    tour.ask(401, "GET", f"{API}/users/me", Authorization="Bearer none", Origin=ORIGIN)
    tour.ask(404, "GET", "/nowhere", **GZIP)
    tour.ask(406, "GET", f"{API}/articles", Accept="text/html")
    tour.ask(415, "POST", f"{API}/articles", admin, {}, Content_Type="text/plain")
    tour.ask(400, "POST", f"{API}/articles", admin, Content_Type="application/json")
    tour.ask(413, "POST", f"{API}/articles", admin, Content_Type="application/json", Content_Length=str(2**20 + 1))
    preflight = {"Origin": ORIGIN, "Access_Control_Request_Method": "PUT"}
    tour.ask(204, "OPTIONS", f"{API}/articles/1", **preflight, Access_Control_Request_Headers="authorization")
    tour.ask(204, "OPTIONS", f"{API}/articles/1", Origin="https://elsewhere.example")


def _log_ins(tour: Tour) -> None:
    tour.ask(415, "POST", f"{API}/token", body={})
    tour.log_in("nobody", PASSWORD, 401)
    tour.log_in("nobody", PASSWORD, 429)


def _reads(tour: Tour, path: str, who: str) -> None:
    """A resource in all forms, and what is conditional on its tag."""
    tag = tour.ask(200, "GET", path, who).header("etag")
    for headers in ({}, GZIP, {"Origin": ORIGIN}):
        for method in ("GET", "HEAD"):
            shown = tour.ask(200, method, path, who, **headers).header("etag")
            tour.ask(304, method, path, who, **headers, If_None_Match=shown)
    tour.ask(200, "GET", path, who, If_Match=tag)
    tour.ask(204, "OPTIONS", path)


def _pages(tour: Tour, path: str, who: str) -> None:
    for headers in ({}, GZIP, {"Origin": ORIGIN}):
        for method in ("GET", "HEAD"):
            tour.ask(200, method, f"{path}?limit=5", who, **headers)
    tour.ask(422, "GET", f"{path}?limit=x", who)
    tour.ask(204, "OPTIONS", path)
    tour.ask(405, "DELETE", path, who)

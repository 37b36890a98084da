"""The line that each request leaves: one, of the same keys in every variant, whatever the request says (20.6, 20.7)."""

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from variants.catalog import Variant, load_variants
from variants.databases import Rows, sqlite_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME
from variants.process import running

SECONDS = 30
SETTINGS = {"MAX_BODY_BYTES": "1024", "RATE_LIMIT_TOKEN": "1/minute", "TRUSTED_PROXIES": "127.0.0.2"}
KEYS = {
    *("timestamp", "level", "event", "service", "framework", "request_id", "trace_id", "method", "route", "path"),
    *("status", "duration_ms", "client", "user_id"),
}
FORGED = '{"event": "request", "status": 299}'
IN_QUERY = "nobodys-business"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
JSON = {"Content-Type": "application/json"}
ARTICLES, ARTICLE = "/api/v1/articles", "/api/v1/articles/{article_id}"


@dataclass(frozen=True)
class Case:
    """A request, and what its line is to tell; `path` is told as it is sent unless `told` says otherwise."""

    method: str
    path: str
    status: int
    route: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes] | None = None
    source: str = "127.0.0.1"
    told: str = ""
    client: str = "127.0.0.1"
    trace_id: str | None = None
    is_admins: bool = False


def forwarded(chain: str, client: str, source: str = "127.0.0.2") -> Case:
    """A request that a proxy, be it trusted or not, has passed on."""
    return Case(*("GET", "/api/v1/ping", 200, "/api/v1/ping"), {"X-Forwarded-For": chain}, source=source, client=client)


def traced(header: str, trace_id: str | None) -> Case:
    """A request with a `traceparent`."""
    return Case("GET", "/api/v1/ping", 200, "/api/v1/ping", {"traceparent": header}, trace_id=trace_id)


def unmatched(path: str, told: str) -> Case:
    """A request for what is not there."""
    return Case("GET", path, 404, "unmatched", told=told)


CASES = {
    "get": Case("GET", f"/api/v1/articles/1?q={IN_QUERY}", 200, ARTICLE, told="/api/v1/articles/1"),
    "head": Case("HEAD", "/api/v1/ping", 200, "/api/v1/ping"),
    "options": Case("OPTIONS", "/api/v1/users", 204, "/api/v1/users"),
    "docs": Case("GET", "/docs/swagger-ui.css", 200, "/docs/{name}"),
    "metrics": Case("GET", "/metrics", 200, "/metrics"),
    "post": Case(
        "POST", ARTICLES, 201, ARTICLES, JSON, json.dumps({"title": "A", "content": "B"}).encode(), is_admins=True
    ),
    "admins 404": Case("GET", "/api/v1/users/999999", 404, "/api/v1/users/{user_id}", is_admins=True),
    "bad token": Case("GET", "/api/v1/users/me", 401, "/api/v1/users/me", {"Authorization": "Bearer x"}),
    "304": Case("GET", "/api/v1/articles/1", 304, ARTICLE, {"If-None-Match": "*"}),
    "bad host": Case("GET", "/api/v1/ping", 400, "unmatched", {"Host": "other.example"}),
    "not found": unmatched(f"/nowhere?q={IN_QUERY}", "/nowhere"),
    "wrong method": Case("DELETE", "/health", 405, "/health"),
    "unknown method": Case("PROPFIND", "/api/v1/ping", 405, "/api/v1/ping"),
    "too large": Case("POST", "/api/v1/users", 413, "unmatched", JSON, b"x" * 1025),
    "invalid": Case("GET", "/api/v2/articles?limit=0", 422, "/api/v2/articles", told="/api/v2/articles"),
    "over the limit": Case("POST", "/api/v1/token", 429, "/api/v1/token"),
    "traced": traced(TRACEPARENT, TRACE),
    "traced by a later version": traced(f"cc-{TRACE}-00f067aa0ba902b7-01-more", TRACE),
    "traced by zeros": traced(f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
    "traced in capitals": traced(TRACEPARENT.upper(), None),
    "traced with more": traced(f"{TRACEPARENT}-{FORGED}", None),
    "forwarded": forwarded("198.51.100.7, 203.0.113.5", "203.0.113.5"),
    "forwarded by anybody": forwarded("203.0.113.5", "127.0.0.1", source="127.0.0.1"),
    "forwarded for a forger": forwarded(f"\x85{FORGED}", "127.0.0.2"),
    "line in the path": unmatched("/a%0d%0a%7B%22event%22:%22request%22%7D", '/a\r\n{"event":"request"}'),
    "separator in the path": unmatched("/a%E2%80%A8b%C2%85%00", "/a\u2028b\x85\x00"),
    "path that is no UTF-8": unmatched("/a%FFb", "/a\ufffdb"),
    "path with an escaped escape": unmatched("/a%250ab", "/a%0ab"),
    "forged id": Case("GET", "/api/v1/ping", 200, "/api/v1/ping", {"X-Request-ID": FORGED}),
    "line in the id": Case("GET", "/api/v1/ping", 200, "/api/v1/ping", {"X-Request-ID": f"\x85{FORGED}"}),
    "forged agent": Case("GET", "/api/v1/ping", 200, "/api/v1/ping", {"User-Agent": f"\x85{FORGED}"}),
    "given id": Case("GET", "/api/v1/ping", 200, "/api/v1/ping", {"X-Request-ID": "Given._-1"}),
    "failure": Case("GET", "/api/v1/articles/2", 500, ARTICLE),
}


@dataclass(frozen=True)
class Told:
    """What a variant has logged, and under what id each case was answered."""

    framework: str
    admin_id: int
    ids: dict[str, str]
    log: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """All lines of the service; gunicorn's own master writes others to stderr."""
        return [json.loads(line) for line in self.log.split("\n") if line.startswith("{")]

    def requests(self, request_id: str) -> list[dict[str, Any]]:
        """The lines of requests that have this id."""
        return [line for line in self.lines if (line["event"], line.get("request_id")) == ("request", request_id)]


def send(port: int, case: Case, token: str = "") -> tuple[int, str, bytes]:
    """Send a case on a connection of its own; its status, request id and body."""
    authorization = {"Authorization": f"Bearer {token}"} if case.is_admins else {}
    with closing(HTTPConnection("127.0.0.1", port, SECONDS, source_address=(case.source, 0))) as connection:
        connection.request(case.method, case.path, case.body, {**authorization, **case.headers})
        answer = connection.getresponse()
        return answer.status, answer.headers["X-Request-ID"], answer.read()


def log_in(port: int) -> tuple[str, int]:
    """The admin's token and id."""
    form = f"grant_type=password&username={ADMIN_USERNAME}&password={ADMIN_PASSWORD}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    token = json.loads(send(port, Case("POST", "/api/v1/token", 200, "", kind, form))[2])["access_token"]
    me = send(port, Case("GET", "/api/v1/users/me", 200, "", is_admins=True), token)
    return token, json.loads(me[2])["id"]


def answered(variant: Variant, log: Path) -> Told:
    """Start a variant, send it every case, and end it."""
    with (
        sqlite_database(Rows(articles=20, users=5)) as database,
        running(variant, database_url=database.url, environment=SETTINGS, log_path=log) as server,
    ):
        port = int(server.base_url.rpartition(":")[2])
        token, admin_id = log_in(port)
        ids = {}
        for name, case in CASES.items():
            if case.status == 500:
                with closing(sqlite3.connect(database.path)) as connection:
                    connection.execute("ALTER TABLE articles RENAME COLUMN title TO headline")
            status, ids[name], _ = send(port, case, token)
            assert (name, status) == (name, case.status)
    # As bytes, so that no character is taken for the end of a line.
    return Told(variant.name, admin_id, ids, log.read_bytes().decode())


@pytest.fixture(scope="module", params=load_variants().values(), ids=lambda variant: variant.name)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What a variant has logged of all cases."""
    return answered(request.param, tmp_path_factory.mktemp("log") / "server.log")


def expected(told: Told, name: str) -> dict[str, Any]:
    """The line of a case, without the two values that are of the moment."""
    case = CASES[name]
    return {
        "level": "info",
        "event": "request",
        "service": "blog-api",
        "framework": told.framework,
        "request_id": told.ids[name],
        "trace_id": case.trace_id,
        "method": case.method,
        "route": case.route,
        "path": case.told or case.path,
        "status": case.status,
        "client": case.client,
        "user_id": told.admin_id if case.is_admins else None,
    }


def test_each_request_leaves_one_line_that_tells_of_it(told: Told) -> None:
    lines = {name: told.requests(request_id) for name, request_id in told.ids.items()}
    assert {name: len(found) for name, found in lines.items()} == dict.fromkeys(CASES, 1)
    moments = ("timestamp", "duration_ms")
    seen = {name: {key: line[key] for key in line if key not in moments} for name, (line,) in lines.items()}
    assert seen == {name: expected(told, name) for name in CASES}


def test_there_is_no_other_line_of_a_request_and_each_has_the_same_keys(told: Told) -> None:
    requests = [line for line in told.lines if line["event"] == "request" and line["route"] != "/health/ready"]
    # Those of `log_in` come before.
    assert [line["request_id"] for line in requests[2:]] == list(told.ids.values())
    assert {frozenset(line) for line in requests} == {frozenset(KEYS)}
    assert {type(line["duration_ms"]) for line in requests} == {float}
    assert min(line["duration_ms"] for line in requests) >= 0
    assert [line["timestamp"] for line in requests] == sorted(line["timestamp"] for line in requests)


def test_a_failure_is_logged_with_its_trace_under_the_same_id(told: Told) -> None:
    failures = [line for line in told.lines if line["event"] == "internal_error"]
    assert [line["request_id"] for line in failures] == [told.ids["failure"]]
    assert failures[0]["exception"].startswith("Traceback")


def test_nothing_of_a_request_is_logged_but_what_is_told(told: Told) -> None:
    assert IN_QUERY not in told.log
    assert 299 not in [line.get("status") for line in told.lines]
    assert FORGED[1:-1].replace('"', '\\"') not in told.log
    assert {told.ids[name] for name in ("forged id", "line in the id")}.isdisjoint({FORGED})
    assert uuid.UUID(told.ids["forged id"]).version == uuid.UUID(told.ids["line in the id"]).version == 4
    assert told.ids["given id"] == "Given._-1"

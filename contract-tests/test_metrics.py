"""What `/metrics` tells of the requests that the service has answered (10.7, 20.1 to 20.4)."""

import re
import secrets
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

import raw
from answer import Json
from clauses import clause
from client import Client
from data import Member
from target import Target
from visitors import Visit

BOUNDS = [
    "0.001",
    "0.0025",
    "0.005",
    "0.01",
    "0.025",
    "0.05",
    "0.1",
    "0.25",
    "0.5",
    "1.0",
    "2.5",
    "5.0",
    "10.0",
    "+Inf",
]
TYPES = {
    "http_requests": "counter",
    "http_request_duration_seconds": "histogram",
    "http_requests_in_progress": "gauge",
}
# A test that counts must not see the requests of the others.
alone = pytest.mark.alone
Sample = tuple[str, frozenset[tuple[str, str]]]


def samples(anonymous: Client, prefix: str = "") -> dict[Sample, float]:
    """The numbers of `/metrics` whose names start with `prefix`, by name and labels."""
    lines = anonymous.get("/metrics").expect(200).text.splitlines(keepends=True)
    # The library takes its time: fifteen lines a route are read where one is asked for.
    families = text_string_to_metric_families("".join(line for line in lines if line.startswith((prefix, "#"))))
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def counted(anonymous: Client, act: Callable[[], object]) -> dict[tuple[str, str, str], float]:
    """What `http_requests_total` grew by, by method, route and status; without the reading itself."""
    before = samples(anonymous, "http_requests_total")
    act()
    after = samples(anonymous, "http_requests_total")
    growth = {key: value - before.get(key, 0.0) for key, value in after.items() if key[0] == "http_requests_total"}
    named = {(d["method"], d["route"], d["status"]): n for (_, labels), n in growth.items() if (d := dict(labels))}
    own = ("GET", "/metrics", "200")
    return {key: value - (key == own) for key, value in named.items() if value - (key == own)}


@clause("20.1")
def test_there_are_three_families_of_these_names_and_types(anonymous: Client) -> None:
    answer = anonymous.get("/metrics").expect(200)
    answer.expect_headers({"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
    assert {family.name: family.type for family in text_string_to_metric_families(answer.text)} == TYPES


@clause("20.1")
@pytest.mark.small_limits
def test_the_three_families_are_the_same_with_small_limits(visit: Visit) -> None:
    """One process keeps its counters otherwise than several do; the servers of small limits are of both kinds."""
    answer = visit().get("/metrics").expect(200)
    assert {family.name: family.type for family in text_string_to_metric_families(answer.text)} == TYPES


@clause("20.1")
@pytest.mark.parametrize("accept", ["application/json", "application/openmetrics-text;version=1.0.0", "image/png"])
def test_accept_does_not_change_the_format(anonymous: Client, accept: str) -> None:
    answer = anonymous.get("/metrics", headers={"Accept": accept}).expect(200)
    answer.expect_headers({"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


@clause("20.1")
def test_the_families_have_these_labels(anonymous: Client) -> None:
    labels: dict[str, set[frozenset[str]]] = {}
    for name, pairs in samples(anonymous):
        labels.setdefault(name, set()).add(frozenset(key for key, _ in pairs))
    of_route = frozenset({"method", "route"})
    assert labels == {
        "http_requests_total": {of_route | {"status"}},
        "http_request_duration_seconds_bucket": {of_route | {"le"}},
        "http_request_duration_seconds_count": {of_route},
        "http_request_duration_seconds_sum": {of_route},
        "http_requests_in_progress": {frozenset()},
    }


@clause("20.4")
def test_the_buckets_have_these_bounds(anonymous: Client) -> None:
    anonymous.get("/api/v1/ping").expect(200)
    text = anonymous.get("/metrics").expect(200).text
    ping = re.findall(r'^http_request_duration_seconds_bucket\{(.*route="/api/v1/ping".*)\} ', text, re.MULTILINE)
    assert [
        match[1] for line in ping if 'method="GET"' in line and (match := re.search(r'le="([^"]+)"', line))
    ] == BOUNDS


def routes(
    settings: Target, anonymous: Client, article: dict[str, Json], viewer: Client
) -> dict[str, Callable[[], object]]:
    """A request for each kind of route and outcome, by the labels that it is to be counted under."""
    one = f"/api/v1/articles/{article['id']}"
    return {
        "GET /api/v1/ping 200": lambda: anonymous.get("/api/v1/ping?x=1"),
        "HEAD /api/v1/ping 200": lambda: anonymous.head("/api/v1/ping"),
        "HEAD /metrics 200": lambda: anonymous.head("/metrics"),
        "GET /api/v1/articles/{article_id} 200": lambda: anonymous.get(one),
        "GET /api/v1/articles/{article_id} 404": lambda: anonymous.get(f"/api/v1/articles/{2**62}"),
        "PATCH /api/v1/articles/{article_id} 401": lambda: anonymous.patch(one, {}),
        "DELETE /api/v1/articles/{article_id} 403": lambda: viewer.delete(one),
        "POST /api/v1/articles/{article_id}/comments 422": lambda: viewer.post(f"{one}/comments", {}),
        "GET /api/v1/articles/{article_id}/comments/{comment_id} 404": lambda: anonymous.get(f"{one}/comments/{2**62}"),
        "GET /api/v1/users/me 200": lambda: viewer.get("/api/v1/users/me"),
        "GET /api/v1/users/{user_id} 403": lambda: viewer.get(f"/api/v1/users/{2**62}"),
        "GET /api/v2/articles 422": lambda: anonymous.get("/api/v2/articles?limit=0"),
        "GET /api/v1/articles 406": lambda: anonymous.get("/api/v1/articles", headers={"Accept": "image/png"}),
        "POST /api/v1/token 415": lambda: anonymous.post("/api/v1/token", {}),
        "OPTIONS /api/v1/users 204": lambda: anonymous.options("/api/v1/users"),
        "DELETE /health 405": lambda: anonymous.delete("/health"),
        "GET /docs/{name} 200": lambda: anonymous.get("/docs/swagger-ui.css"),
        "GET /problems/{code} 404": lambda: anonymous.get("/problems/nothing"),
        "GET unmatched 404": lambda: anonymous.get(f"/nowhere/{secrets.token_hex(4)}"),
        "GET unmatched 400": lambda: anonymous.get("/api/v1/ping", headers={"Host": "other.example"}),
        "POST unmatched 413": lambda: raw.exchange(
            settings.base_url,
            "POST",
            "/api/v1/users",
            {"Content-Type": "application/json", "Content-Length": "99999999"},
        ),
    }


@clause("20.2", "20.3")
@alone
def test_each_request_is_counted_once_under_its_method_route_and_status(
    settings: Target, anonymous: Client, article: dict[str, Json], viewer: Member
) -> None:
    # It logs in with its first request, which would be counted too.
    assert viewer.token
    requests = routes(settings, anonymous, article, viewer)

    def act() -> None:
        for request in requests.values():
            request()

    # In one step for all: each reading of the numbers is long, and no other test may run meanwhile.
    assert counted(anonymous, act) == {tuple(kind.split()): 1.0 for kind in requests}


@clause("20.2")
@alone
def test_each_request_adds_one_duration(anonymous: Client) -> None:
    key = ("http_request_duration_seconds_count", frozenset({("method", "GET"), ("route", "/api/v1/ping")}))
    anonymous.get("/api/v1/ping")
    before = samples(anonymous, key[0])[key]
    for _ in range(3):
        anonymous.get("/api/v1/ping").expect(200)
    assert samples(anonymous, key[0])[key] == before + 3


@clause("20.3")
@alone
def test_unknown_methods_are_counted_together(anonymous: Client) -> None:
    def act() -> None:
        for method in ("PROPFIND", "MKCOL"):
            anonymous.request(method, "/api/v1/ping").expect(405)

    assert counted(anonymous, act) == {("OTHER", "/api/v1/ping", "405"): 2.0}


@clause("20.2")
@alone
def test_between_requests_only_the_reading_is_in_progress(anonymous: Client) -> None:
    name = "http_requests_in_progress"
    assert samples(anonymous, name)[(name, frozenset())] == 1.0


@clause("20.9")
@pytest.mark.parametrize(
    "traceparent",
    [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "x",
        "",
        "ff-",
        "\u00e9",
    ],
)
def test_a_trace_changes_no_answer(anonymous: Client, traceparent: str) -> None:
    headers = {"traceparent": traceparent.encode("latin-1"), "tracestate": b"a=1,,b=="}
    anonymous.get("/api/v1/ping", headers=headers).expect(200, {"pong": True})

"""Which requests are counted, and where that has its place in the order of checks (16.1, 16.3, 11.3)."""

import re

import pytest

import raw
from clauses import clause
from kinds import KINDS, Sender
from target import Limit, Target
from visitors import PING, TOKEN, Visit, Visitor, in_one_window

NO_ID = 2**63 - 1
HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
NONE: dict[str, str | re.Pattern[str] | None] = dict.fromkeys((*HEADERS, "Retry-After"))
small = pytest.mark.small_limits


@clause("16.1", "1.4")
@small
@in_one_window
def test_the_path_of_the_token_is_counted_as_such_however_it_is_written(
    settings: Target, visit: Visit, token_limit: Limit
) -> None:
    headers: dict[str, str | None] = {"X-Forwarded-For": visit().forwarded_for, "Content-Length": "0"}
    paths = [TOKEN, "/api/v1/%74oken", "/%61pi/v1/token", f"{TOKEN}?x=1", f"{settings.base_url}{TOKEN}"]
    spellings = [paths[number % len(paths)] for number in range(token_limit.amount)]
    for path in spellings:
        raw.exchange(settings.base_url, "POST", path, headers).expect(415)
    for path in paths:
        raw.exchange(settings.base_url, "POST", path, headers).expect(429)


@clause("16.1")
@small
@in_one_window
def test_all_other_paths_are_counted_together(visit: Visit, limit: Limit) -> None:
    visitor = visit()
    paths = [
        "/",
        "/docs",
        "/openapi.json",
        "/problems/not_found",
        "/api/v1/articles?limit=1",
        "/api/v2/articles?limit=1",
    ]
    for path, left in zip(paths, range(limit.amount - 1, -1, -1), strict=False):
        visitor.get(path).expect(200).expect_headers({"RateLimit-Remaining": str(left)})
    visitor.expect_limited().get("/openapi.json").expect_problem(429, "rate_limited")


REFUSED: dict[str, tuple[str, str, dict[str, str], int]] = {
    "400-version": ("GET", PING, {"API-Version": "9"}, 400),
    "406": ("GET", PING, {"Accept": "text/html"}, 406),
    "401-none": ("GET", "/api/v1/users/me", {}, 401),
    "401-bad": ("GET", "/api/v1/users/me", {"Authorization": "Bearer x"}, 401),
    "404-article": ("GET", f"/api/v1/articles/{NO_ID}", {}, 404),
    "404-problem": ("GET", "/problems/nothing", {}, 404),
    "415": ("POST", "/api/v1/users", {"Content-Type": "text/plain"}, 415),
    "400-json": ("POST", "/api/v1/users", {"Content-Type": "application/json"}, 400),
    "422": ("GET", "/api/v1/articles?limit=0", {}, 422),
    "200-head": ("HEAD", PING, {}, 200),
}


@clause("16.1", "16.3", "11.3")
@small
@in_one_window
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_is_counted_too_and_429_when_over_the_limit(visit: Visit, limit: Limit, kind: str) -> None:
    method, path, headers, status = REFUSED[kind]
    visitor = visit().spend(amount=limit.amount - 1)
    visitor.request(method, path, headers=headers).expect(status).expect_headers({"RateLimit-Remaining": "0"})
    answer = visitor.expect_limited().request(method, path, headers=headers).expect(429)
    assert answer.headers["Retry-After"] and (method == "HEAD" or answer.body["code"] == "rate_limited")


@clause("16.1", "16.3", "11.3")
@small
@in_one_window
def test_what_is_no_request_of_a_known_path_and_method_is_neither_counted_nor_refused(visit: Visit) -> None:
    visitor = visit()
    free = [("GET", "/nowhere", 404), ("GET", "/api/v1/users/0", 404), ("DELETE", PING, 405), ("GET", TOKEN, 405)]
    free += [("OPTIONS", "/api/v1/users", 204), ("OPTIONS", TOKEN, 204), ("OPTIONS", "/nowhere", 404)]
    free += [("GET", path, 200) for path in ("/health", "/health/live", "/health/ready", "/metrics")]
    for method, path, status in free:
        visitor.request(method, path).expect(status).expect_headers(NONE)
    visitor.expect_free().spend(amount=visitor_left(visitor)).expect_limited()
    for method, path, status in free:
        visitor.request(method, path).expect(status).expect_headers(NONE)


def visitor_left(visitor: Visitor) -> int:
    """How many requests a visitor has left that has sent one."""
    limit = visitor.settings.rate_limit_default
    return limit.amount - 1 if limit else 0


@clause("11.3", "16.4")
@small
@in_one_window
def test_host_and_size_come_before_the_limit(settings: Target, visit: Visit) -> None:
    spent = {"X-Forwarded-For": visit().spend().expect_limited().forwarded_for}
    raw.exchange(settings.base_url, "GET", PING, {**spent, "Host": "evil.example"}).expect_problem(400, "bad_host")
    size = {**spent, "Content-Length": str(10 * 1024**3)}
    raw.exchange(settings.base_url, "POST", "/api/v1/users", size).expect_problem(413, "body_too_large")
    both = {**spent, "API-Version": "9", "Accept": "text/html", "Authorization": "Bearer x"}
    raw.exchange(settings.base_url, "GET", "/api/v1/users", both).expect_problem(429, "rate_limited")


# Whether a request counts that is refused before its path is looked at, the contract leaves open.
OPEN = {"400-host", "413"}
UNCOUNTED = {kind for kind in KINDS if kind.startswith(("404", "405", "204-options"))} - {"404-article"}
UNCOUNTED |= {"200-health", "200-live", "200-ready"}


@clause("16.3", "16.1")
@pytest.mark.known_limits
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OPEN])
def test_each_counted_request_is_told_of_its_limit_and_no_other(settings: Target, send: Sender, kind: str) -> None:
    _, method, path, _ = KINDS[kind]
    limit = settings.rate_limit_token if (method, path) == ("POST", TOKEN) else settings.rate_limit_default
    if kind in UNCOUNTED or limit is None:
        send(kind).expect_headers(NONE)
    else:
        answer = send(kind).expect_headers({"RateLimit-Limit": str(limit.amount), "Retry-After": None})
        assert 0 <= int(answer.headers["RateLimit-Remaining"]) < limit.amount
        assert 1 <= int(answer.headers["RateLimit-Reset"]) <= limit.seconds

"""Paths that are none of the contract's are 404, whoever asks and whatever the method (1.3, 1.4)."""

import pytest

import raw
from clauses import clause
from client import Client
from data import Member
from target import Target

IDS = {
    "zero": "0",
    "negative": "-1",
    "plus": "+1",
    "encoded-plus": "%2B1",
    "leading-zero": "01",
    "leading-zeros": "0000000001",
    "fraction": "1.0",
    "exponent": "1e3",
    "underscore": "1_0",
    "hexadecimal": "0x1",
    "2^63": str(2**63),
    "2^64": str(2**64),
    "2^64+1": str(2**64 + 1),
    "1000-digits": "9" * 1_000,
    "word": "abc",
    "null": "null",
    "nul": "%00",
    "nul-after": "1%00",
    "newline-after": "1%0A",
    "space-before": "%201",
    "space-after": "1%20",
    "arabic-digit": "%D9%A1",
    "fullwidth-digit": "%EF%BC%91",
    "superscript-digit": "%C2%B9",
    "bad-utf-8": "%FF",
    "encoded-slash": "1%2F",
    "semicolon": "1;a=b",
    "comma": "1,2",
    "star": "*",
    "quote": "1'",
    "extension": "1.json",
    "dots": "..%2f..%2fetc%2fpasswd",
}
COLLECTIONS = pytest.mark.parametrize("collection", ["users", "articles", "articles/1/comments"])


@clause("1.3", "1.11")
@COLLECTIONS
@pytest.mark.parametrize("spelled", IDS.values(), ids=IDS.keys())
def test_what_is_no_id_is_404(anonymous: Client, admin: Member, collection: str, spelled: str) -> None:
    path = f"/api/v1/{collection}/{spelled}"
    admin.get(path).expect_problem(404, "not_found")
    anonymous.delete(path).expect_problem(404, "not_found")


@clause("1.3", "1.11")
@pytest.mark.parametrize("spelled", IDS.values(), ids=IDS.keys())
def test_comments_of_what_is_no_id_are_404(anonymous: Client, viewer: Member, spelled: str) -> None:
    viewer.get(f"/api/v1/articles/{spelled}/comments").expect_problem(404, "not_found")
    anonymous.options(f"/api/v1/articles/{spelled}/comments/1").expect_problem(404, "not_found")


@clause("1.3")
@COLLECTIONS
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST", "OPTIONS"])
def test_what_is_no_id_is_404_whatever_the_method(anonymous: Client, collection: str, method: str) -> None:
    anonymous.request(method, f"/api/v1/{collection}/0").expect_problem(404, "not_found")
    anonymous.request(method, f"/api/v1/{collection}/{2**63}").expect_problem(404, "not_found")


@clause("1.3")
def test_the_largest_id_is_an_id(anonymous: Client, viewer: Member, admin: Member) -> None:
    path = f"/api/v1/users/{2**63 - 1}"
    anonymous.get(path).expect_problem(401, "not_authenticated")
    viewer.get(path).expect_problem(403, "forbidden")
    admin.get(path).expect_problem(404, "not_found")
    anonymous.post(path).expect_problem(405, "method_not_allowed")


UNKNOWN = [
    "/nowhere",
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/",
    "/api/v1/nowhere",
    "/api/v3/articles",
    "/v1/articles",
    "/api/v1/users/",
    "/api/v1/users/me/",
    "/api/v1/users/1/",
    "/api/v1/users/ME",
    "/api/v1/users/1/articles",
    "/api/v1/Users",
    "/API/v1/users",
    "/api/v1/users.json",
    "/api/v1/articles/",
    "/api/v1/articles/1/",
    "/api/v1/articles/me",
    "/api/v1/articles/1/nowhere",
    "/api/v1/articles/1/comments/",
    "/api/v1/articles/1/comments/1/",
    "/api/v1/articles/1/comments/1/author",
    "/api/v1/articles/1/Comments",
    "/api/v1/articles/comments",
    "/api/v1/comments",
    "/api/v1/users/1/comments",
    "/api/v2",
    "/api/v2/",
    "/api/v2/articles/",
    "/api/v2/articles/1",
    "/api/v2/users",
    "/api/v2/ping",
    "/api/v2/token",
    "/api/v1//articles",
    "/api//v1/articles",
    "/api/v1/articles//1",
    "/api/v1/token/",
    "/api/v1/ping/",
    "/api/v1/ping/x",
    "/api/v1/ping%20",
    "/api/v1/ping%00",
    "/api/v1/ping;x",
    "/api/v1/%FF",
    "/health/",
    "/health/live/",
    "/health/nothing",
    "/openapi.json/",
    "/openapi",
    "/docs/nothing.txt",
    "/problems",
    "/problems/nothing",
    "/problems/not_found/",
    "/problems/NOT_FOUND",
    "/robots.txt",
    "/.env",
    "/" + "x" * 3_000,
]


@clause("1.4", "10.6", "1.11")
@pytest.mark.parametrize("path", UNKNOWN, ids=lambda path: path[:40])
def test_an_unknown_path_is_404_and_no_redirect(anonymous: Client, path: str) -> None:
    anonymous.get(path).expect_problem(404, "not_found").expect_headers({"Location": None})


@clause("1.4")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/users/", "/api/v1//articles"])
def test_an_unknown_path_is_404_whatever_the_method(anonymous: Client, method: str, path: str) -> None:
    anonymous.request(method, path).expect_problem(404, "not_found")


@clause("1.4")
@pytest.mark.parametrize("path", ["//", "//api/v1/ping", "//health", "///api/v1/articles"])
def test_a_doubled_slash_at_the_start_is_404(settings: Target, path: str) -> None:
    raw.exchange(settings.base_url, "GET", path).expect_problem(404, "not_found")


@clause("1.4")
@pytest.mark.parametrize("path", ["/api/v1/%70ing", "/api/%761/ping", "/%61pi/v1/ping"])
def test_a_path_is_compared_after_percent_decoding(settings: Target, path: str) -> None:
    raw.exchange(settings.base_url, "GET", path).expect(200, {"pong": True})

"""What caches may keep, what is compressed, and the constants of cross-origin requests."""

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi import cors
from blogapi.caching import cache_headers, is_resource, join_vary
from blogapi.compression import MIN_BYTES, accepts_gzip, compress, is_compressible
from blogapi.openapi import openapi_document

CONTRACT = Path(__file__).parents[3] / "docs" / "contract.md"
RESOURCES = [
    "/api/v1/users",
    "/api/v1/users/me",
    "/api/v1/users/7",
    "/api/v1/articles",
    "/api/v1/articles/7",
    "/api/v1/articles/7/comments",
    "/api/v1/articles/7/comments/3",
    "/api/v2/articles",
]
NO_STORE = ["/api/v1/ping", "/api/v1/token", "/health", "/health/live", "/health/ready", "/metrics"]
NO_CACHE = ["/", "/openapi.json", "/docs", "/docs/init.js", "/problems/not_found"]
PRIVATE, PUBLIC = "private, no-cache", "public, max-age=0, must-revalidate"


def test_each_path_of_the_contract_is_looked_at() -> None:
    paths = {re.sub(r"\{(?:article|user)_id\}", "7", path) for path in openapi_document()["paths"]}
    paths = {path.replace("{comment_id}", "3").replace("{code}", "not_found") for path in paths}
    assert paths | {"/docs/init.js"} == {*RESOURCES, *NO_STORE, *NO_CACHE}


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_read_of_a_resource_is_the_callers_or_everybodys(method: str, path: str) -> None:
    assert is_resource(path)
    assert cache_headers(method, path, has_token=True) == {"Cache-Control": PRIVATE, "Vary": "Authorization"}
    assert cache_headers(method, path, has_token=False) == {"Cache-Control": PUBLIC, "Vary": "Authorization"}


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_is_the_callers(method: str, path: str) -> None:
    for has_token in (True, False):
        assert cache_headers(method, path, has_token=has_token) == {"Cache-Control": PRIVATE}


@pytest.mark.parametrize(
    ("path", "kept"), [(path, "no-store") for path in NO_STORE] + [(p, "no-cache") for p in NO_CACHE]
)
def test_the_service_is_not_stored_and_its_pages_are_asked_for_again(path: str, kept: str) -> None:
    assert not is_resource(path)
    for method in ("GET", "HEAD", "POST"):
        assert cache_headers(method, path, has_token=True) == {"Cache-Control": kept}


@pytest.mark.parametrize("path", [*RESOURCES, *NO_STORE, *NO_CACHE])
def test_an_answer_to_options_says_nothing(path: str) -> None:
    assert cache_headers("OPTIONS", path, has_token=False) == {}


@pytest.mark.parametrize(
    "path", ["/api/v1/usersx", "/api/v1/user", "/api/v3/users", "/x/api/v1/users", "/API/v1/users"]
)
def test_another_path_is_no_resource(path: str) -> None:
    assert not is_resource(path)


def test_vary_names_each_header_once() -> None:
    values = ("Origin", None, "", "Authorization, origin", "Accept-Encoding ,Origin")
    assert join_vary(*values) == "Accept-Encoding, Authorization, Origin"
    assert join_vary("Authorization") == "Authorization"
    assert join_vary(None) == ""


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/problem+json", "text/html; charset=utf-8", "text/javascript", "text/css"],
)
def test_text_of_a_kibibyte_is_worth_compressing(content_type: str) -> None:
    assert MIN_BYTES == 1024
    assert is_compressible(content_type, length=1024)
    assert not is_compressible(content_type, length=1023)


@pytest.mark.parametrize("content_type", [None, "", "image/png", "application/octet-stream", "x-text/html"])
def test_nothing_else_is(content_type: str | None) -> None:
    assert not is_compressible(content_type, length=100_000)


TAKING = [
    "gzip",
    "GZIP",
    "x-gzip",
    "*",
    "br, gzip",
    "gzip;q=0.001",
    "gzip ; q=0.5 , br",
    "gzip;Q=1",
    "identity;q=0.5, gzip;q=0.5",
    "identity;q=0, gzip;q=0.1",
    "*;q=0, gzip",
    "x-gzip;q=0, gzip",
    "deflate, *;q=0.1",
    ",gzip,",
]
NOT_TAKING = [
    "",
    "identity",
    "br, deflate",
    "gzip;q=0",
    "gzip;q=0.000",
    "gzip;q=0, *",
    "x-gzip;q=0",
    "*;q=0",
    "identity, gzip;q=0.5",
    "identity;q=0.6, *;q=0.5",
    "gzip;q=0, x-gzip",
    "gzip;q=high",
    "gzipped",
    "gzip-x",
]


@pytest.mark.parametrize("accept_encoding", TAKING)
def test_gzip_is_sent_to_who_takes_it(accept_encoding: str) -> None:
    assert accepts_gzip(accept_encoding)


@pytest.mark.parametrize("accept_encoding", NOT_TAKING)
def test_gzip_is_not_sent_to_who_does_not_or_likes_it_less(accept_encoding: str) -> None:
    assert not accepts_gzip(accept_encoding)


@given(st.text(max_size=60) | st.text("gzip*,;q=01. identy-x", max_size=60))
def test_any_accept_encoding_is_read(accept_encoding: str) -> None:
    assert accepts_gzip(accept_encoding) in (True, False)


@given(st.binary(max_size=3000))
def test_a_compressed_body_comes_back_and_is_the_same_each_time(body: bytes) -> None:
    sent = compress(body)
    assert gzip.decompress(sent) == body
    assert sent == compress(body)


def test_a_page_of_json_gets_much_smaller() -> None:
    body = b'{"id": 7, "title": "Notes on routing", "content": "The request comes in."}' * 50
    assert len(compress(body)) < len(body) / 10


def contract_header(name: str) -> str:
    """The value of a header as the contract's section on other origins writes it."""
    found = re.search(rf"`{name}: ([^`]+)`", CONTRACT.read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def test_the_constants_of_cross_origin_requests_are_the_contracts() -> None:
    assert contract_header("Access-Control-Allow-Methods") == ", ".join(cors.ALLOWED_METHODS)
    assert contract_header("Access-Control-Allow-Headers") == ", ".join(cors.ALLOWED_HEADERS)
    assert contract_header("Access-Control-Expose-Headers") == ", ".join(cors.EXPOSED_HEADERS)
    assert contract_header("Access-Control-Max-Age") == str(cors.MAX_AGE_SECONDS)

"""The contract suite's reading of the document: what fits passes, and each way not to fit is told."""

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

SUITE = Path(__file__).parents[3] / "contract-tests"
EVERY = {
    "X-Request-ID": "checkout-4711",
    "Server-Timing": "app;dur=1.25",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
JSON = {"Content-Type": "application/json"}
NO_STORE = {**JSON, "Cache-Control": "no-store"}
PROBLEM = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
PONG = {"pong": True}
BAD_HOST = {
    "type": "/problems/bad_host",
    "title": "Host not allowed",
    "status": 400,
    "detail": "x",
    "code": "bad_host",
    "request_id": "checkout-4711",
}
NOT_FOUND = {**BAD_HOST, "type": "/problems/not_found", "status": 404, "code": "not_found"}


@pytest.fixture(scope="module")
def suite() -> Iterator[Mapping[str, ModuleType]]:
    """The suite's modules, which import each other by their short names, and only for these tests."""
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SUITE)
        yield {name: importlib.import_module(name) for name in ("answer", "conformance")}
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(SUITE)):
            del sys.modules[name]


Exchange = tuple[str, str, int, dict[str, str], object]


def fault(suite: Mapping[str, ModuleType], exchange: Exchange) -> str | None:
    """What is wrong with an exchange, in the suite's words."""
    method, path, status, headers, body = exchange
    sent = suite["answer"].Sent(method, f"http://127.0.0.1:8000{path}")
    content = b"" if body is None else json.dumps(body).encode()
    answer = suite["answer"].Answer(sent, status, {**EVERY, **headers}, content)
    try:
        suite["conformance"].check(answer)
    except AssertionError as error:
        return str(error)
    return None


RATES = {"RateLimit-Limit": "10", "RateLimit-Remaining": "9", "RateLimit-Reset": "60"}
FITTING: dict[str, Exchange] = {
    "an answer": ("GET", "/api/v1/ping", 200, NO_STORE, PONG),
    "with headers that may be there": ("GET", "/api/v1/ping?x=1", 200, {**NO_STORE, **RATES, "API-Version": "1"}, PONG),
    "with a header of no concern": ("GET", "/api/v1/ping", 200, {**NO_STORE, "Date": "now"}, PONG),
    "no body to HEAD": ("HEAD", "/api/v1/ping", 200, NO_STORE, None),
    "a path that is encoded": ("GET", "/api/v1/%70ing", 200, NO_STORE, PONG),
    "a target in absolute form": ("GET", "http://127.0.0.1:8000/api/v1/ping", 200, NO_STORE, PONG),
    "a problem": ("GET", "/api/v1/ping", 400, PROBLEM, BAD_HOST),
    "an unknown path": ("GET", "/api/v1/pong", 404, PROBLEM, NOT_FOUND),
    "an unknown id": ("GET", f"/api/v1/articles/{2**63 - 1}", 404, {**PROBLEM, **RATES}, NOT_FOUND),
    "an id that is none": ("GET", f"/api/v1/articles/{2**63}", 404, PROBLEM, NOT_FOUND),
    "a script of the page": (
        "GET",
        "/docs/init.js",
        200,
        {"Content-Type": "text/javascript", "Cache-Control": "no-cache"},
        "",
    ),
    "options": ("OPTIONS", "/api/v1/ping", 204, {"Allow": "GET, HEAD, OPTIONS"}, None),
}


@pytest.mark.parametrize("name", FITTING)
def test_what_fits_passes(suite: Mapping[str, ModuleType], name: str) -> None:
    assert fault(suite, FITTING[name]) is None


UNFIT: dict[str, tuple[Exchange, str]] = {
    "another status": (("GET", "/api/v1/ping", 201, NO_STORE, PONG), "got status 201"),
    "another method": (("POST", "/api/v1/ping", 200, NO_STORE, PONG), "got status 200"),
    "another value": (("GET", "/api/v1/ping", 200, NO_STORE, {"pong": 1}), "at '/pong'"),
    "another member": (("GET", "/api/v1/ping", 200, NO_STORE, {**PONG, "x": 1}), "'x' was unexpected"),
    "another code": (("GET", "/health", 400, PROBLEM, NOT_FOUND), "at '/code'"),
    "no header": (("GET", "/api/v1/ping", 200, JSON, PONG), "header Cache-Control: None"),
    "no header to HEAD": (("HEAD", "/api/v1/ping", 200, JSON, None), "header Cache-Control: None"),
    "another header's value": (
        ("GET", "/docs", 200, {**NO_STORE, "Content-Type": "text/html"}, ""),
        "Cache-Control: no-st",
    ),
    "a number that is none": (("GET", "/api/v1/ping", 200, {**NO_STORE, "RateLimit-Limit": "1.5"}, PONG), "Limit: 1.5"),
    "a number out of range": (("GET", "/api/v1/ping", 200, {**NO_STORE, "RateLimit-Reset": "0"}, PONG), "Reset: 0"),
    "a tag where none is": (("GET", "/api/v1/ping", 200, {**NO_STORE, "ETag": '"1"'}, PONG), "['ETag']"),
    "rates of what is not counted": (
        ("GET", "/health", 200, {**NO_STORE, **RATES}, {"status": "ok"}),
        "RateLimit-Limit",
    ),
    "rates of an unknown path": (("GET", "/x", 404, {**PROBLEM, **RATES}, NOT_FOUND), "RateLimit-Limit"),
    "a preflight's header": (
        ("GET", "/api/v1/ping", 200, {**NO_STORE, "Access-Control-Max-Age": "600"}, PONG),
        "['Access-Control-Max-Age']",
    ),
    "another media type": (("GET", "/api/v1/ping", 200, {**NO_STORE, "Content-Type": "text/html"}, PONG), "text/html"),
    "a body to HEAD": (("HEAD", "/api/v1/ping", 200, NO_STORE, PONG), "got 14 bytes"),
    "a body to OPTIONS": (("OPTIONS", "/api/v1/ping", 204, {"Allow": "GET"}, PONG), "got 14 bytes"),
    "no Allow": (("OPTIONS", "/api/v1/ping", 204, {}, None), "header Allow: None"),
    "an unknown path that is there": (("GET", "/api/v1/pong", 200, NO_STORE, PONG), "got status 200"),
    "an id that is none": (("GET", f"/api/v1/articles/{2**63}", 200, NO_STORE, PONG), "got status 200"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_is_told_with_the_exchange(suite: Mapping[str, ModuleType], name: str) -> None:
    exchange, told = UNFIT[name]
    found = fault(suite, exchange)
    assert found is not None
    assert told in found
    assert f"{exchange[0]} http://127.0.0.1:8000{exchange[1]}" in found

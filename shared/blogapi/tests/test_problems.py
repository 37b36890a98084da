"""Problems: what each code answers, and the page that explains it."""

import re
import subprocess
import sys

import pytest

from blogapi import pages
from blogapi.problems import (
    FAULT_DETAILS,
    KINDS,
    Fault,
    Problem,
    allow_header,
    fault,
    method_not_allowed,
    pointer,
)

STATUSES = {
    "malformed_json": 400,
    "bad_host": 400,
    "unsupported_version": 400,
    "invalid_request": 400,
    "not_authenticated": 401,
    "invalid_token": 401,
    "invalid_credentials": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "username_taken": 409,
    "email_taken": 409,
    "last_admin": 409,
    "precondition_failed": 412,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "validation_failed": 422,
    "rate_limited": 429,
    "internal_error": 500,
    "not_ready": 503,
    "database_unavailable": 503,
}


def test_the_codes_have_the_contracts_statuses() -> None:
    assert {code: kind.status for code, kind in KINDS.items()} == STATUSES


@pytest.mark.parametrize("code", KINDS)
def test_a_body_has_the_contracts_members_in_their_order(code: str) -> None:
    problem = Problem(code)
    body = problem.body("the-id")
    members = ["type", "title", "status", "detail", "code", "request_id"]
    assert list(body) == (members if code != "validation_failed" else [*members, "errors"])
    assert body["type"] == f"/problems/{code}"
    assert (body["title"], body["status"]) == (KINDS[code].title, KINDS[code].status)
    assert (body["code"], body["request_id"]) == (code, "the-id")
    assert re.fullmatch(r"[A-Z].*\.", body["detail"])


@pytest.mark.parametrize("code", KINDS)
def test_no_error_is_kept_by_caches_and_each_has_the_headers_of_its_status(code: str) -> None:
    headers = Problem(code).headers
    assert headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in headers) == (KINDS[code].status == 401)
    assert ("Retry-After" in headers) == (KINDS[code].status == 503)


def test_the_challenge_names_an_error_only_where_a_token_was_sent() -> None:
    for code in ("not_authenticated", "invalid_credentials"):
        assert Problem(code).headers["WWW-Authenticate"] == 'Bearer realm="blog-api"'
    challenge = Problem("invalid_token").headers["WWW-Authenticate"]
    assert re.fullmatch(r'Bearer realm="blog-api", error="invalid_token", error_description="[^"\\]+"', challenge)


@pytest.mark.parametrize("code", KINDS)
def test_every_code_has_a_page(code: str) -> None:
    page = pages.problem_page(code)
    html = page.content.decode()
    assert page.media_type == "text/html; charset=utf-8"
    assert f"<h1>{KINDS[code].title}</h1>" in html
    assert f"Status {KINDS[code].status}, code <code>{code}</code>" in html


@pytest.mark.parametrize("code", ["", "Forbidden", "forbidden ", "teapot", "../docs", "<script>", "{title}"])
def test_a_code_that_there_is_none_of_has_no_page(code: str) -> None:
    with pytest.raises(Problem) as problem:
        pages.problem_page(code)
    assert problem.value.code == "not_found"


def test_faults_are_sorted_by_pointer_as_text() -> None:
    pointers = ["/tags/10", "/tags/2", "", "/Z", "/a~1b", "query:limit", "/a"]
    body = Problem("validation_failed", faults=[fault(place, "unknown") for place in pointers]).body("id")
    assert [entry["pointer"] for entry in body["errors"]] == sorted(pointers)
    assert body["errors"][0] == {"pointer": "", "detail": "is not known here", "code": "unknown"}


def test_the_detail_of_a_fault_names_its_limit() -> None:
    assert fault("/name", "too_short", "1 character") == Fault("/name", "must have at least 1 character", "too_short")
    assert all(detail.startswith(("is ", "must ")) for detail in FAULT_DETAILS.values())


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ((), ""),
        (("a",), "/a"),
        (("tags", 3), "/tags/3"),
        (("a/b", "m~n", "~1", ""), "/a~1b/m~0n/~01/"),
    ],
)
def test_a_pointer_is_escaped(location: tuple[str | int, ...], expected: str) -> None:
    assert pointer(location) == expected


def test_a_problem_has_what_is_said_of_the_occasion() -> None:
    problem = Problem("invalid_request", "Say it.", headers={"X": "y"}, extra={"error": "invalid_request"})
    assert problem.body("id")["detail"] == "Say it."
    assert problem.body("id")["error"] == "invalid_request"
    assert problem.headers == {"Cache-Control": "no-store", "X": "y"}


def test_allow_lists_each_method_once() -> None:
    assert allow_header(["PUT", "GET", "HEAD", "OPTIONS", "GET"]) == "GET, HEAD, OPTIONS, PUT"
    assert method_not_allowed({"OPTIONS", "POST"}).headers["Allow"] == "OPTIONS, POST"


def test_the_docs_page_and_its_files_name_no_outside_host() -> None:
    html = pages.docs_page().content.decode()
    loaded = re.findall(r'(?:href|src)="([^"]+)"', html)
    assert loaded
    for path in loaded:
        assert pages.docs_asset(path.removeprefix("/docs/")).content
    for text in (html, pages.docs_asset("init.js").content.decode()):
        assert re.search(r"https?:|src=\"//|<script>|style=", text) is None
    assert 'url: "/openapi.json"' in pages.docs_asset("init.js").content.decode()


def test_the_docs_need_no_web_framework() -> None:
    code = (
        "import sys; from blogapi import pages; pages.docs_asset('swagger-ui.css'); sys.exit('django' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", ["", "index.html", "../pages.py", "swagger-ui.css.map", "init.js/"])
def test_the_docs_have_no_other_files(name: str) -> None:
    with pytest.raises(Problem) as problem:
        pages.docs_asset(name)
    assert problem.value.code == "not_found"

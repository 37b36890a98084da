"""Media types and versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.negotiation import JSON, MERGE_PATCH, accepts_json, check_content_type, negotiate
from blogapi.problems import KINDS, Problem

ACCEPTING = [
    "application/json",
    "application/JSON",
    "application/*",
    "*/*",
    "text/html, application/json",
    "text/html,*/*;q=0.1",
    "application/json;q=0.001",
    "application/json; q=0.5",
    "application/json;charset=utf-8;q=1",
    "application/json ; Q=1",
    "application/*;q=0, application/json",
    "application/json;q=0, application/json;q=1",
    "*/*;q=0, application/*",
    "text/html;q=1, application/xml;q=0.9, */*;q=0.8",
    ",application/json,",
]
EXCLUDING = [
    "text/html",
    "application/xml",
    "text/*",
    "application/jsonp",
    "json",
    "application/problem+json",
    "application/vnd.api+json",
    "application/merge-patch+json",
    "application/json;q=0",
    "application/json;q=0.000",
    "application/json; Q=0",
    "*/*;q=0",
    "application/*;q=0",
    "application/*;q=0, */*",
    "application/json;q=0, */*",
    "application/json;q=0, application/*;q=1",
    "application/json;q=none",
    "application/json;q=nan",
]


@pytest.mark.parametrize("accept", ACCEPTING)
def test_json_is_sent_to_who_takes_it(accept: str) -> None:
    assert accepts_json(accept)
    negotiate("/api/v1/ping", accept=accept, version=None)


@pytest.mark.parametrize("accept", EXCLUDING)
@pytest.mark.parametrize("path", ["/", "/health", "/health/live", "/health/ready", "/api/v1/ping", "/api/v1/users/7"])
def test_json_is_not_sent_to_who_excludes_it(path: str, accept: str) -> None:
    with pytest.raises(Problem) as problem:
        negotiate(path, accept=accept, version=None)
    assert problem.value.code == "not_acceptable"


@pytest.mark.parametrize("path", ["/docs", "/docs/init.js", "/problems/forbidden", "/openapi.json"])
def test_pages_for_people_are_sent_whatever_accept_says(path: str) -> None:
    assert negotiate(path, accept="image/png", version="2") == {}


@pytest.mark.parametrize("accept", [None, ""])
def test_without_accept_all_is_taken(accept: str | None) -> None:
    assert negotiate("/api/v1/ping", accept=accept, version=None) == {}


QUALITIES = st.sampled_from(["", ";q=1", ";q=0.5", ";q=0"])
RANGES = st.sampled_from(["application/json", "application/*", "*/*", "text/html", "text/*"])


@given(st.dictionaries(RANGES, QUALITIES, min_size=1))
def test_the_most_specific_range_decides_whatever_the_order(ranges: dict[str, str]) -> None:
    parts = [name + quality for name, quality in ranges.items()]
    deciding = next((name for name in ("application/json", "application/*", "*/*") if name in ranges), None)
    expected = deciding is not None and ranges[deciding] != ";q=0"
    assert accepts_json(", ".join(parts)) == expected
    assert accepts_json(",".join(reversed(parts))) == expected


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_any_accept_header_is_answered(accept: str) -> None:
    accepts_json(accept)


def test_the_version_is_echoed_when_it_is_named() -> None:
    assert negotiate("/api/v1/ping", accept=None, version="1") == {"API-Version": "1"}
    assert negotiate("/api/v1/ping", accept=None, version=None) == {}
    assert negotiate("/api/v2/articles", accept=None, version="2") == {"API-Version": "2"}
    assert negotiate("/api/v2/articles", accept=None, version=None) == {}


@pytest.mark.parametrize(("path", "version"), [("/api/v1/articles", "2"), ("/api/v2/articles", "1")])
def test_the_version_of_another_path_is_refused(path: str, version: str) -> None:
    with pytest.raises(Problem) as problem:
        negotiate(path, accept=None, version=version)
    assert problem.value.code == "unsupported_version"


def test_keyset_pages_are_json_too() -> None:
    with pytest.raises(Problem) as problem:
        negotiate("/api/v2/articles", accept="text/html", version="2")
    assert problem.value.code == "not_acceptable"


@pytest.mark.parametrize("version", ["", "0", "2", "1.0", "01", "v1", "1, 1", "one"])
def test_another_version_is_refused_before_accept(version: str) -> None:
    with pytest.raises(Problem) as problem:
        negotiate("/api/v1/ping", accept="text/html", version=version)
    assert problem.value.code == "unsupported_version"


@pytest.mark.parametrize("path", ["/", "/health", "/docs", "/openapi.json"])
def test_the_version_is_looked_at_on_the_api_only(path: str) -> None:
    assert negotiate(path, accept=None, version="2") == {}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json; CHARSET=Utf-8",
        "application/json; indent=2; charset=utf-8",
        "application/json;",
    ],
)
def test_json_in_utf_8_is_taken(content_type: str) -> None:
    check_content_type(content_type, JSON)
    check_content_type(content_type, JSON, MERGE_PATCH)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json, text/plain",
        "application/problem+json",
        "application/json;charset=latin-1",
        "application/json;charset=utf8",
        "application/json;charset=utf-16",
        "application/json;charset=",
        "application/json;charset=utf-8;charset=latin-1",
        "*/*",
    ],
)
def test_another_media_type_or_charset_is_refused_with_what_is_taken(content_type: str | None) -> None:
    with pytest.raises(Problem) as problem:
        check_content_type(content_type, JSON, MERGE_PATCH)
    assert problem.value.status == KINDS["unsupported_media_type"].status
    assert problem.value.headers["Accept"] == "application/json, application/merge-patch+json"


def test_a_merge_patch_is_taken_where_it_is_allowed_only() -> None:
    check_content_type("application/merge-patch+json; charset=utf-8", JSON, MERGE_PATCH)
    with pytest.raises(Problem):
        check_content_type("application/merge-patch+json", JSON)

"""Reads that are made conditional on a tag (13.3 to 13.5, 13.8)."""

import re

import pytest

import raw
from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member, comments_of, path_of, path_of_comment
from tags import PLAIN, spelled, tag_of
from target import Target

STRONG = re.compile(r'"[\x21\x23-\x7e]+"')
NO_ID = 2**63 - 1
UNTAGGED = ["/", "/health", "/api/v1/ping", "/openapi.json", "/docs", "/problems/not_found"]
LISTS = ["/api/v1/articles?limit=1", "/api/v2/articles?limit=1", "/api/v1/users?limit=1"]


@pytest.fixture
def paths(viewer: Member, published: dict[str, Json], comment: dict[str, Json]) -> dict[str, str]:
    """A path of each kind that has a tag, all of which the viewer may read."""
    return {
        "user": viewer.path,
        "me": "/api/v1/users/me",
        "article": path_of(published),
        "comment": path_of_comment(comment),
    }


KINDS = pytest.mark.parametrize("kind", ["user", "me", "article", "comment"])


@clause("13.1", "1.7")
@KINDS
def test_a_resource_has_a_strong_tag_that_stays(viewer: Member, paths: dict[str, str], kind: str) -> None:
    first = viewer.get(paths[kind], headers=PLAIN).expect(200).expect_headers({"ETag": STRONG})
    for method in ("GET", "HEAD"):
        again = viewer.request(method, paths[kind], headers=PLAIN).expect(200)
        again.expect_headers({"ETag": first.headers["ETag"]})


FITTING = [
    "{tag}",
    "W/{tag}",
    "{gzip}",
    "W/{gzip}",
    "*",
    '{tag}, "other"',
    '"other", W/"another", {tag}',
    '"a",{tag},"b"',
    '"a" ,\t {tag}  ,  "b"',
    ",, {tag} ,,",
    '"a,b", {tag}',
    "other, {tag}",
    '"", {tag}',
]
NOT_FITTING = [
    '"other"',
    "{bare}",
    '"{bare}',
    '"{bare}x"',
    '"x{bare}"',
    '" {bare} "',
    "'{bare}'",
    "x{tag}",
    "{tag}x",
    "w/{tag}",
    "W/ {tag}",
    '"{bare}-br"',
    '"{bare}-gzip-gzip"',
    '"*"',
    "",
    ",",
    '""',
    "{tag} {tag}",
    '"{bare}' + "x" * 4_000 + '"',
    '"99999999999999999999999.1"',
    "%s {{0}} %(x)s",
]


@clause("13.3", "14.2", "14.1", "14.6")
@KINDS
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match_that_fits_is_304(viewer: Member, paths: dict[str, str], kind: str, method: str) -> None:
    full = viewer.get(paths[kind], headers=PLAIN).expect(200)
    for template in FITTING:
        headers = {**PLAIN, "If-None-Match": spelled(template, full.headers["ETag"])}
        answer = viewer.request(method, paths[kind], headers=headers).expect(304)
        answer.expect_headers({name: full.headers[name] for name in ("ETag", "Cache-Control", "Vary")})
        answer.expect_headers({"Content-Type": None, "Content-Encoding": None})
        assert answer.content == b""


@clause("13.3", "13.8")
@KINDS
def test_if_none_match_that_does_not_fit_is_200(viewer: Member, paths: dict[str, str], kind: str) -> None:
    full = viewer.get(paths[kind], headers=PLAIN).expect(200)
    for template in NOT_FITTING:
        headers = {**PLAIN, "If-None-Match": spelled(template, full.headers["ETag"])}
        viewer.get(paths[kind], headers=headers).expect(200, full.body).expect_headers({"ETag": full.headers["ETag"]})


@clause("13.3", "13.8")
def test_a_condition_may_be_spread_over_header_lines(settings: Target, published: dict[str, Json]) -> None:
    tag = tag_of(Client(settings.base_url), path_of(published))
    for first, second in ((tag, '"other"'), ('"other"', tag)):
        headers = {"If-None-Match": first, "if-none-match": second}
        raw.exchange(settings.base_url, "GET", path_of(published), headers).expect(304)


@clause("13.3", "1.9")
def test_no_byte_follows_the_headers_of_a_304(settings: Target, published: dict[str, Json]) -> None:
    for method in ("GET", "HEAD"):
        answer = raw.exchange(settings.base_url, method, path_of(published), {"If-None-Match": "*"}).expect(304)
        answer.expect_headers({"Transfer-Encoding": None, "Content-Type": None})
        assert answer.content == b""


@clause("13.2", "13.3")
def test_a_tag_of_another_resource_does_not_fit(
    viewer: Member, paths: dict[str, str], make: Factory, editor: Member
) -> None:
    tags = [tag_of(viewer, path) for path in paths.values()] + [tag_of(viewer, path_of(make.article(editor)))]
    for path in paths.values():
        others = [tag for tag in tags if tag != tag_of(viewer, path)]
        viewer.get(path, headers={"If-None-Match": ", ".join(others)}).expect(200)
        viewer.get(path, headers={"If-Match": ", ".join(others)}).expect_problem(412, "precondition_failed")


@clause("13.5")
@KINDS
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_match_that_fits_is_200(viewer: Member, paths: dict[str, str], kind: str, method: str) -> None:
    tag = tag_of(viewer, paths[kind])
    for template in FITTING:
        if "W/{tag}" not in template and "W/{gzip}" not in template:
            viewer.request(method, paths[kind], headers={"If-Match": spelled(template, tag)}).expect(200)


@clause("13.5", "13.8")
@KINDS
def test_if_match_that_does_not_fit_a_read_is_412(viewer: Member, paths: dict[str, str], kind: str) -> None:
    tag = tag_of(viewer, paths[kind])
    for template in [*NOT_FITTING, "W/{tag}", "W/{gzip}", 'W/{tag}, "other"']:
        headers = {"If-Match": spelled(template, tag)}
        answer = viewer.get(paths[kind], headers=headers).expect_problem(412, "precondition_failed")
        answer.expect_headers({"ETag": None})
    assert viewer.head(paths[kind], headers=headers).expect(412).content == b""


@clause("13.8")
@KINDS
def test_if_match_is_looked_at_before_if_none_match(viewer: Member, paths: dict[str, str], kind: str) -> None:
    tag = tag_of(viewer, paths[kind])
    both = {"If-Match": '"other"', "If-None-Match": tag}
    viewer.get(paths[kind], headers=both).expect_problem(412, "precondition_failed")
    viewer.get(paths[kind], headers={"If-Match": tag, "If-None-Match": tag}).expect(304)
    viewer.get(paths[kind], headers={"If-Match": "*", "If-None-Match": '"other"'}).expect(200)


@clause("13.8")
@KINDS
def test_of_the_tags_of_a_list_the_first_hundred_count(viewer: Member, paths: dict[str, str], kind: str) -> None:
    others = [f'W/"{number}"' for number in range(100)]
    among_them, behind_all = (", ".join([*others[:count], tag_of(viewer, paths[kind])]) for count in (99, 100))
    viewer.get(paths[kind], headers={"If-None-Match": among_them}).expect(304)
    viewer.get(paths[kind], headers={"If-None-Match": behind_all}).expect(200)
    viewer.get(paths[kind], headers={"If-Match": among_them}).expect(200)
    viewer.get(paths[kind], headers={"If-Match": behind_all}).expect_problem(412, "precondition_failed")


@clause("13.8")
@KINDS
def test_conditions_of_time_are_ignored(viewer: Member, paths: dict[str, str], kind: str) -> None:
    past, future = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
    for headers in ({"If-Modified-Since": future}, {"If-Unmodified-Since": past}):
        viewer.get(paths[kind], headers=headers).expect(200).expect_headers({"Last-Modified": None})


@clause("13.8", "13.1")
@pytest.mark.parametrize("path", [*UNTAGGED, *LISTS])
def test_without_a_tag_all_conditions_are_ignored(admin: Member, path: str) -> None:
    for headers in ({"If-None-Match": "*"}, {"If-Match": '"other"'}, {"If-Match": '"a"', "If-None-Match": "*"}):
        admin.get(path, headers=headers).expect(200)
        admin.head(path, headers=headers).expect(200)


@clause("13.8")
def test_conditions_of_a_creation_are_ignored(viewer: Member, editor: Member, published: dict[str, Json]) -> None:
    headers = {"If-Match": '"other"', "If-None-Match": "*"}
    editor.post("/api/v1/articles", {"title": "x", "content": "y"}, headers=headers).expect(201)
    viewer.post(comments_of(published), {"body": "x"}, headers=headers).expect(201)


@clause("13.4")
@pytest.mark.parametrize("condition", [{"If-None-Match": "*"}, {"If-Match": '"other"'}, {"If-Match": "*"}], ids=str)
def test_an_error_stays_that_error(
    anonymous: Client, viewer: Member, editor: Member, draft: dict[str, Json], condition: dict[str, str]
) -> None:
    anonymous.get(f"/api/v1/articles/{NO_ID}", headers=condition).expect_problem(404, "not_found")
    viewer.get(path_of(draft), headers=condition).expect_problem(404, "not_found")
    viewer.get(editor.path, headers=condition).expect_problem(403, "forbidden")
    anonymous.get(editor.path, headers=condition).expect_problem(401, "not_authenticated")
    anonymous.with_token("x").get(path_of(draft), headers=condition).expect_problem(401, "invalid_token")
    refused = {**condition, "Accept": "text/html"}
    editor.get(path_of(draft), headers=refused).expect_problem(406, "not_acceptable")
    anonymous.get("/nowhere", headers=condition).expect_problem(404, "not_found")

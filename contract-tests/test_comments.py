"""Comments: creating, reading, listing and deleting (section 17)."""

import re

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member, comments_of, path_of, path_of_comment
from pages import links, targets

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
TOTAL = 5


@clause("17.1", "17.2", "1.10", "1.2", "1.3")
def test_a_new_comment_is_answered_whole(viewer: Member, article: dict[str, Json]) -> None:
    answer = viewer.post(comments_of(article), {"body": "Well said."}).expect(201)
    made = {"id": answer.body["id"], "created_at": answer.body["created_at"]}
    author = {"id": viewer.id, "username": viewer.username, "name": viewer.user["name"]}
    answer.expect_body({**made, "article_id": article["id"], "author": author, "body": "Well said."})
    answer.expect_headers({"Location": path_of_comment(answer.body), "Content-Type": "application/json"})
    assert type(made["id"]) is int and made["id"] > 0 and TIME.fullmatch(made["created_at"])


@clause("17.2", "17.4", "1.10")
def test_the_location_of_a_new_comment_is_the_comment(
    viewer: Member, anonymous: Client, article: dict[str, Json]
) -> None:
    answer = viewer.post(comments_of(article), {"body": "Well said."}).expect(201)
    anonymous.get(answer.headers["Location"]).expect(200, answer.body)


LENGTHS: dict[str, tuple[str, str]] = {
    "1": ("x", "x"),
    "2000": ("x" * 2_000, "x" * 2_000),
    "2000-astral": ("😀" * 2_000, "😀" * 2_000),
    "2000-and-spaces": (f" \n{'x' * 2_000}\u3000\t", "x" * 2_000),
    "spaces-inside": (" a \n\n b ", "a \n\n b"),
    "zero-width-space": ("\u200bx\u200b", "\u200bx\u200b"),
    "html": ("<script>alert('x')</script>&amp;", "<script>alert('x')</script>&amp;"),
}


@clause("17.1", "17.2", "3.10", "3.11")
@pytest.mark.parametrize(("given", "kept"), LENGTHS.values(), ids=LENGTHS.keys())
def test_a_body_is_trimmed_and_kept(viewer: Member, article: dict[str, Json], given: str, kept: str) -> None:
    answer = viewer.post(comments_of(article), {"body": given}).expect(201).expect_members(body=kept)
    viewer.get(path_of_comment(answer.body)).expect(200, answer.body)


FAULTS: dict[str, tuple[Json, dict[str, str]]] = {
    "empty": ({"body": ""}, {"/body": "too_short"}),
    "white-space": ({"body": " \t\n\u3000\u2028"}, {"/body": "too_short"}),
    "2001": ({"body": "x" * 2_001}, {"/body": "too_long"}),
    "2001-astral": ({"body": "😀" * 2_001}, {"/body": "too_long"}),
    "null": ({"body": None}, {"/body": "type"}),
    "number": ({"body": 1}, {"/body": "type"}),
    "list": ({"body": ["x"]}, {"/body": "type"}),
    "nul": ({"body": "a\0b"}, {"/body": "characters"}),
    "surrogate": ({"body": "a\ud800b"}, {"/body": "characters"}),
    "nul-and-too-long": ({"body": "\0" * 2_001}, {"/body": "characters"}),
    "missing": ({}, {"/body": "missing"}),
    "missing-and-unknown": ({"text": "x"}, {"/body": "missing", "/text": "unknown"}),
    "id": ({"body": "x", "id": 7}, {"/id": "unknown"}),
    "author": ({"body": "x", "author_id": 1, "author": {}}, {"/author": "unknown", "/author_id": "unknown"}),
    "article": ({"body": "x", "article_id": 1}, {"/article_id": "unknown"}),
    "created-at": ({"body": "x", "created_at": "2020-01-01T00:00:00.000000Z"}, {"/created_at": "unknown"}),
    "an-array": ([], {"": "type"}),
    "a-string": ("x", {"": "type"}),
}


@clause("17.1", "17.2", "4.1", "4.3", "4.4", "4.5", "4.6", "4.7")
@pytest.mark.parametrize(("body", "faults"), FAULTS.values(), ids=FAULTS.keys())
def test_a_body_that_breaks_a_rule_is_refused(
    viewer: Member, published: dict[str, Json], body: Json, faults: dict[str, str]
) -> None:
    viewer.post(comments_of(published), body).expect_faults(faults)


@clause("17.2", "12.5", "12.8")
def test_a_comment_needs_json(viewer: Member, published: dict[str, Json]) -> None:
    path, json_type = comments_of(published), {"Content-Type": "application/json"}
    for media_type in ("text/plain", "application/merge-patch+json", None):
        answer = viewer.post(path, {"body": "x"}, headers={"Content-Type": media_type})
        answer.expect_problem(415, "unsupported_media_type")
    viewer.request("POST", path, content=b"{", headers=json_type).expect_problem(400, "malformed_json")


@pytest.fixture(scope="module")
def five(make: Factory, viewer: Member, editor: Member) -> tuple[str, list[dict[str, Json]]]:
    """The path of an article's comments, and the five, the oldest first."""
    article = make.article(editor)
    authors = [viewer, editor, viewer, viewer, editor]
    return comments_of(article), [make.comment(author, article, f"Comment {n}") for n, author in enumerate(authors)]


@clause("17.3", "9.1", "9.2", "9.4", "9.6")
@pytest.mark.parametrize(("skip", "limit"), [(0, 20), (0, 2), (2, 2), (4, 2), (1, 3), (5, 2), (2**63 - 1, 100)])
def test_the_comments_are_a_page_the_oldest_first(
    anonymous: Client, five: tuple[str, list[dict[str, Json]]], skip: int, limit: int
) -> None:
    path, comments = five
    answer = anonymous.get(f"{path}?skip={skip}&limit={limit}").expect(200)
    answer.expect_body({"data": comments[skip : skip + limit], "meta": {"total": TOTAL, "skip": skip, "limit": limit}})
    answer.expect_headers({"Link": links(f"{path}?", TOTAL, skip, limit), "Content-Type": "application/json"})


@clause("17.3", "9.2")
def test_a_page_of_comments_has_defaults(anonymous: Client, five: tuple[str, list[dict[str, Json]]]) -> None:
    path, comments = five
    anonymous.get(path).expect(200, {"data": comments, "meta": {"total": TOTAL, "skip": 0, "limit": 20}})


@clause("17.3", "9.6")
def test_following_next_visits_each_comment_once(anonymous: Client, five: tuple[str, list[dict[str, Json]]]) -> None:
    seen: list[dict[str, Json]] = []
    path: str | None = f"{five[0]}?limit=2"
    while path:
        page = anonymous.get(path).expect(200)
        seen += page.body["data"]
        path = targets(page.headers["Link"]).get("next")
    assert seen == five[1]


@clause("17.3", "9.4")
def test_an_article_without_comments_has_an_empty_page(anonymous: Client, article: dict[str, Json]) -> None:
    answer = anonymous.get(comments_of(article)).expect(200)
    answer.expect_body({"data": [], "meta": {"total": 0, "skip": 0, "limit": 20}}).expect_headers({"Link": None})


QUERIES = {
    "limit-0": ("limit=0", {"query:limit": "too_small"}),
    "limit-101": ("limit=101", {"query:limit": "too_large"}),
    "limit-word": ("limit=x", {"query:limit": "type"}),
    "skip-negative": ("skip=-1", {"query:skip": "too_small"}),
    "skip-2^63": (f"skip={2**63}", {"query:skip": "too_large"}),
    "twice": ("limit=1&limit=1", {"query:limit": "duplicate"}),
    "sort": ("sort=created_at", {"query:sort": "unknown"}),
    "filters": ("author_id=1&q=x", {"query:author_id": "unknown", "query:q": "unknown"}),
    "bad-utf-8": ("a%FF=1", {"query:a\ufffd": "unknown"}),
    "several": ("limit=0&skip=x&page=1", {"query:limit": "too_small", "query:page": "unknown", "query:skip": "type"}),
}


@clause("17.3", "9.7", "9.8", "9.9", "9.10")
@pytest.mark.parametrize(("query", "faults"), QUERIES.values(), ids=QUERIES.keys())
def test_a_query_that_breaks_a_rule_is_refused(
    anonymous: Client, published: dict[str, Json], query: str, faults: dict[str, str]
) -> None:
    anonymous.get(f"{comments_of(published)}?{query}").expect_faults(faults)


@clause("17.3", "17.4", "3.2")
def test_a_listed_comment_is_the_one_read_alone(anonymous: Client, five: tuple[str, list[dict[str, Json]]]) -> None:
    for comment in anonymous.get(five[0]).expect(200).body["data"]:
        anonymous.get(path_of_comment(comment)).expect(200, comment)


@clause("17.5", "1.9")
def test_a_deleted_comment_is_gone(viewer: Member, article: dict[str, Json], comment: dict[str, Json]) -> None:
    assert viewer.delete(path_of_comment(comment)).expect(204).content == b""
    viewer.get(path_of_comment(comment)).expect_problem(404, "not_found")
    viewer.delete(path_of_comment(comment)).expect_problem(404, "not_found")
    viewer.get(comments_of(article)).expect(200).expect_members(data=[], meta={"total": 0, "skip": 0, "limit": 20})


@clause("17.5")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
def test_a_comment_cannot_be_changed(viewer: Member, comment: dict[str, Json], method: str) -> None:
    answer = viewer.request(method, path_of_comment(comment), {"body": "Other"})
    answer.expect_problem(405, "method_not_allowed").expect_allow("DELETE", "GET", "HEAD", "OPTIONS")
    viewer.get(path_of_comment(comment)).expect(200, comment)


@clause("17.6")
def test_comments_leave_their_article_as_it_is(viewer: Member, make: Factory, article: dict[str, Json]) -> None:
    comment = make.comment(viewer, article)
    viewer.get(path_of(article)).expect(200, article)
    viewer.delete(path_of_comment(comment)).expect(204)
    viewer.get(path_of(article)).expect(200, article)


@clause("8.5")
def test_deleting_an_article_deletes_its_comments(
    editor: Member, make: Factory, article: dict[str, Json], comment: dict[str, Json]
) -> None:
    kept = make.comment(editor, make.article(editor))
    editor.delete(path_of(article)).expect(204)
    editor.get(path_of_comment(comment)).expect_problem(404, "not_found")
    editor.get(comments_of(article)).expect_problem(404, "not_found")
    editor.get(path_of_comment(kept)).expect(200, kept)


@clause("7.9")
def test_deleting_a_user_deletes_its_comments(
    admin: Member, make: Factory, article: dict[str, Json], comment: dict[str, Json], member: Member
) -> None:
    gone = make.comment(member, article)
    admin.delete(member.path).expect(204)
    admin.get(path_of_comment(gone)).expect_problem(404, "not_found")
    admin.get(comments_of(article)).expect(200).expect_members(data=[comment])


@clause("3.14")
def test_the_id_of_a_deleted_comment_is_not_given_out_again(
    viewer: Member, make: Factory, article: dict[str, Json]
) -> None:
    first = make.comment(viewer, article)
    viewer.delete(path_of_comment(first)).expect(204)
    assert make.comment(viewer, article)["id"] > first["id"]


@clause("17.1")
def test_a_comment_shows_its_authors_present_name(make: Factory, article: dict[str, Json], member: Member) -> None:
    comment = make.comment(member, article)
    member.patch(member.path, {"name": "Grace", "username": make.unique("g")}).expect(200)
    user = member.get(member.path).expect(200).body
    shown = {**comment, "author": {name: user[name] for name in ("id", "username", "name")}}
    member.get(path_of_comment(comment)).expect(200, shown)
    member.get(comments_of(article)).expect(200).expect_members(data=[shown])


@clause("17.2")
def test_equal_comments_are_allowed(viewer: Member, make: Factory, article: dict[str, Json]) -> None:
    first, second = make.comment(viewer, article, "The same"), make.comment(viewer, article, "The same")
    assert first["id"] < second["id"]
    viewer.get(comments_of(article)).expect(200).expect_members(data=[first, second])

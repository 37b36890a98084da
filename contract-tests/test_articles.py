"""Articles: creating, reading, replacing, changing and deleting (sections 3 and 8)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member, path_of

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FULL = {"title": "A title", "content": "Some content.", "published": True, "tags": ["alpha", "beta"]}


def author_of(member: Member) -> dict[str, Json]:
    """A member as the author of an article."""
    return {"id": member.id, "username": member.username, "name": member.user["name"]}


@clause("8.1", "3.2", "1.10", "3.12", "3.13")
def test_creation_answers_the_whole_article(editor: Member) -> None:
    answer = editor.post("/api/v1/articles", FULL).expect(201)
    made = {"id": answer.body["id"], "created_at": answer.body["created_at"], "updated_at": answer.body["created_at"]}
    answer.expect_body({**FULL, **made, "author": author_of(editor), "version": 1})
    answer.expect_headers({"Location": f"/api/v1/articles/{answer.body['id']}", "Content-Type": "application/json"})


@clause("8.1")
def test_an_article_without_published_and_tags_is_a_draft_without_tags(editor: Member) -> None:
    answer = editor.post("/api/v1/articles", {"title": "A title", "content": "x"}).expect(201)
    answer.expect_members(published=False, tags=[])


@clause("1.10", "8.2")
def test_the_location_of_a_new_article_is_the_article(editor: Member, anonymous: Client) -> None:
    answer = editor.post("/api/v1/articles", FULL).expect(201)
    anonymous.get(answer.headers["Location"]).expect(200, answer.body)


@clause("8.2", "3.2")
def test_an_article_reads_the_same_for_everybody(
    anonymous: Client, viewer: Member, editor: Member, admin: Member, published: dict[str, Json]
) -> None:
    for caller in (anonymous, viewer, editor, admin):
        answer = caller.get(path_of(published)).expect(200, published)
        answer.expect_headers({"Content-Type": "application/json"})


@clause("1.2")
def test_times_are_utc_with_microseconds(article: dict[str, Json]) -> None:
    assert TIME.fullmatch(article["created_at"]) and TIME.fullmatch(article["updated_at"])
    written = datetime.fromisoformat(article["created_at"])
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=10)


@clause("8.3", "3.12")
def test_put_replaces_the_article(editor: Member, article: dict[str, Json]) -> None:
    body = {"title": "New", "content": "New content", "published": False, "tags": ["z"]}
    answer = editor.put(path_of(article), body).expect(200)
    answer.expect_body({**article, **body, "version": 2, "updated_at": answer.body["updated_at"]})
    editor.get(path_of(article)).expect(200, answer.body)


@clause("8.3")
def test_put_without_published_and_tags_makes_a_draft_without_tags(editor: Member, article: dict[str, Json]) -> None:
    answer = editor.put(path_of(article), {"title": "New", "content": "New content"}).expect(200)
    answer.expect_members(published=False, tags=[])
    editor.get(path_of(article)).expect(200, answer.body)


CHANGES: dict[str, dict[str, Json]] = {
    "title": {"title": "Other"},
    "content": {"content": "Other content"},
    "published": {"published": False},
    "tags": {"tags": ["other"]},
    "no-tags": {"tags": []},
    "nothing": {},
}


@clause("8.4", "3.12")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_patch_changes_what_it_names_and_nothing_else(
    editor: Member, article: dict[str, Json], change: dict[str, Json]
) -> None:
    answer = editor.patch(path_of(article), change).expect(200)
    answer.expect_body({**article, **change, "version": 2, "updated_at": answer.body["updated_at"]})
    editor.get(path_of(article)).expect(200, answer.body)


@clause("8.4")
def test_patch_takes_the_media_type_of_merge_patches(editor: Member, article: dict[str, Json]) -> None:
    headers = {"Content-Type": "application/merge-patch+json"}
    editor.patch(path_of(article), {"title": "Merged"}, headers=headers).expect(200).expect_members(title="Merged")


@clause("3.12", "8.3", "8.4")
def test_the_version_grows_by_one_with_each_change(editor: Member, article: dict[str, Json]) -> None:
    for version, method in enumerate(["PATCH", "PUT", "PUT", "PATCH"], start=2):
        body = {"title": "A title", "content": "Same content"}
        editor.request(method, path_of(article), body).expect(200).expect_members(version=version)
    editor.get(path_of(article)).expect(200).expect_members(version=5)


@clause("3.12", "6.16")
def test_a_refused_change_keeps_version_and_updated_at(editor: Member, article: dict[str, Json]) -> None:
    editor.patch(path_of(article), {"title": ""}).expect(422)
    editor.put(path_of(article), {"title": "x"}).expect(422)
    editor.get(path_of(article)).expect(200, article)


@clause("3.13")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_moves_updated_at_and_keeps_created_at(editor: Member, article: dict[str, Json], method: str) -> None:
    changed = editor.request(method, path_of(article), FULL).expect(200).body
    assert changed["created_at"] == article["created_at"]
    assert TIME.fullmatch(changed["updated_at"]) and changed["updated_at"] > article["updated_at"]


@clause("8.3", "6.10")
def test_an_admins_change_keeps_the_author(admin: Member, editor: Member, article: dict[str, Json]) -> None:
    admin.put(path_of(article), FULL).expect(200).expect_members(author=author_of(editor))
    admin.patch(path_of(article), {"title": "x"}).expect(200).expect_members(author=author_of(editor))


@clause("3.2")
def test_an_article_shows_its_authors_present_name(make: Factory) -> None:
    author = make.member("editor")
    article = make.article(author)
    renamed = author.patch(author.path, {"name": "Grace", "username": make.unique("g")}).expect(200).body
    shown = {"id": author.id, "username": renamed["username"], "name": "Grace"}
    author.get(path_of(article)).expect(200, {**article, "author": shown})


@clause("8.5", "1.9")
def test_a_deleted_article_is_gone(editor: Member, article: dict[str, Json]) -> None:
    assert editor.delete(path_of(article)).expect(204).content == b""
    editor.get(path_of(article)).expect_problem(404, "not_found")
    editor.delete(path_of(article)).expect_problem(404, "not_found")


@clause("8.5")
def test_deleting_an_article_keeps_the_others(editor: Member, make: Factory) -> None:
    first, second = make.articles(editor, "One", "Two")
    editor.delete(path_of(first)).expect(204)
    editor.get(path_of(second)).expect(200, second)


@clause("3.14")
def test_the_id_of_a_deleted_article_is_not_given_out_again(editor: Member, make: Factory) -> None:
    first = make.article(editor)
    editor.delete(path_of(first)).expect(204)
    assert make.article(editor)["id"] > first["id"]


@clause("3.9")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_tags_are_kept_sorted(editor: Member, article: dict[str, Json], method: str) -> None:
    path = "/api/v1/articles" if method == "POST" else path_of(article)
    body = {**FULL, "tags": ["zeta", "b", "a-1", "a", "0", "-"]}
    changed = editor.request(method, path, body).expect(201 if method == "POST" else 200)
    changed.expect_members(tags=["-", "0", "a", "a-1", "b", "zeta"])
    editor.get(path_of(changed.body)).expect(200, changed.body)


@clause("3.9")
def test_a_tag_may_be_on_many_articles(editor: Member, make: Factory, tag: str) -> None:
    one, two = make.articles(editor, "One", "Two", tags=[tag])
    editor.delete(path_of(one)).expect(204)
    editor.get(path_of(two)).expect(200).expect_members(tags=[tag])


@clause("8.1")
def test_equal_titles_are_allowed(editor: Member, make: Factory) -> None:
    first, second = make.articles(editor, "The same", "The same")
    assert first["id"] < second["id"]

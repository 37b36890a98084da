"""What has an entity tag, and when that changes (13.1, 13.2)."""

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member, comments_of, path_of, path_of_comment
from tags import PLAIN, tag_of

NO_ID = 2**63 - 1
UNTAGGED = ["/", "/health", "/api/v1/ping", "/openapi.json", "/docs", "/problems/not_found"]
LISTS = ["/api/v1/articles?limit=1", "/api/v2/articles?limit=1", "/api/v1/users?limit=1"]


@clause("13.1")
def test_no_other_success_has_a_tag(make: Factory, admin: Member) -> None:
    author = make.member("editor")
    article = make.article(author)
    posted = author.post(comments_of(article), {"body": "x"}).expect(201)
    answers = [
        posted,
        author.post("/api/v1/articles", {"title": "x", "content": "y"}).expect(201),
        author.delete(path_of_comment(posted.body)).expect(204),
        author.put(path_of(article), {"title": "x", "content": "y"}).expect(200),
        author.patch(path_of(article), {}).expect(200),
        author.patch(author.path, {}).expect(200),
        admin.options(path_of(article)).expect(204),
        *(admin.get(path).expect(200) for path in (*UNTAGGED, *LISTS, comments_of(article))),
    ]
    assert [answer for answer in answers if "ETag" in answer.headers] == []


@clause("13.1", "13.4")
def test_no_error_has_a_tag(anonymous: Client, viewer: Member, editor: Member) -> None:
    anonymous.get(f"/api/v1/articles/{NO_ID}").expect(404).expect_headers({"ETag": None})
    viewer.get(editor.path).expect(403).expect_headers({"ETag": None})
    anonymous.get(editor.path).expect(401).expect_headers({"ETag": None})


@clause("13.2")
def test_each_change_of_an_article_changes_its_tag(editor: Member, article: dict[str, Json]) -> None:
    tags = [tag_of(editor, path_of(article))]
    changes: list[Json] = [
        {"title": "x"},
        {"content": "x"},
        {"tags": []},
        {"published": False},
        {"published": True},
        {},
    ]
    for change in changes:
        editor.patch(path_of(article), change).expect(200)
        tags.append(tag_of(editor, path_of(article)))
    editor.put(path_of(article), {"title": "x", "content": "x"}).expect(200)
    assert len({*tags, tag_of(editor, path_of(article))}) == len(changes) + 2


@clause("13.2")
def test_each_change_of_a_user_changes_its_tag(admin: Member, make: Factory, member: Member) -> None:
    tags = [tag_of(member, member.path)]
    changes: list[Json] = [
        {"name": "x"},
        {"age": 1},
        {"username": make.unique("t")},
        {"role": "editor"},
        {"age": None},
        {},
    ]
    for change in changes:
        admin.patch(member.path, change).expect(200)
        tags.append(tag_of(member, member.path))
    assert len(set(tags)) == len(changes) + 1
    assert tag_of(member, "/api/v1/users/me") == tags[-1]


@clause("13.2")
@pytest.mark.parametrize("member_of_body", ["username", "name"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_author_renamed_changes_the_tags_of_articles_and_comments(
    make: Factory, article: dict[str, Json], method: str, member_of_body: str
) -> None:
    author = make.member("editor")
    paths = [path_of(make.article(author)), path_of_comment(make.comment(author, article))]
    before = [tag_of(author, path) for path in paths]
    body = {name: author.user[name] for name in ("username", "email", "name")}
    author.request(method, author.path, {**body, member_of_body: make.unique("n")}).expect(200)
    after = [tag_of(author, path) for path in paths]
    assert not set(before) & set(after)
    for path, tag in zip(paths, before, strict=True):
        author.get(path, headers={"If-None-Match": tag}).expect(200)


@clause("13.2")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_author_who_keeps_username_and_name_keeps_the_tags_of_articles_and_comments(
    make: Factory, article: dict[str, Json], method: str
) -> None:
    author = make.member("editor")
    paths = [path_of(make.article(author)), path_of_comment(make.comment(author, article))]
    before = [tag_of(author, path) for path in paths]
    body = {name: author.user[name] for name in ("username", "email", "name")}
    author.request(method, author.path, {**body, "age": 41}).expect(200).expect_members(age=41)
    assert [tag_of(author, path) for path in paths] == before


@clause("13.2")
def test_the_tag_stays_while_others_change(
    make: Factory, editor: Member, viewer: Member, article: dict[str, Json], comment: dict[str, Json]
) -> None:
    author = make.member("editor")
    paths = [path_of(article), path_of_comment(comment), viewer.path]
    before = [tag_of(viewer, path) for path in paths]
    other = make.article(author)
    author.patch(path_of(other), {"title": "x"}).expect(200)
    author.patch(author.path, {"name": "x"}).expect(200)
    make.comment(author, article)
    assert [tag_of(viewer, path) for path in paths] == before


@clause("13.2")
def test_no_two_resources_share_a_tag(admin: Member, make: Factory) -> None:
    author = make.member("editor")
    articles = make.articles(author, *"abc")
    comments = [make.comment(author, articles[0]) for _ in range(3)]
    paths = [*map(path_of, articles), *map(path_of_comment, comments), author.path, admin.path]
    # Of two kinds, an id may be the same, and so may be a number of changes.
    paths += [f"/api/v1/{kind}/{item['id']}" for kind in ("users", "articles") for item in (*articles, *comments)]
    answers = [admin.get(path, headers=PLAIN) for path in sorted(set(paths))]
    tags = [answer.headers["ETag"] for answer in answers if answer.status == 200]
    assert len(set(tags)) == len(tags) >= len(articles) + len(comments) + 2

"""Who may do what with comments: 6.17 to 6.20, cell by cell."""

import pytest

from answer import Json
from cells import expect_cell
from clauses import clause
from client import Client
from data import Factory, Member, comments_of, path_of, path_of_comment

CALLERS = ["anonymous", "viewer", "editor", "other", "admin"]
NO_ID = 2**63 - 1


def cells(**statuses: int) -> pytest.MarkDecorator:
    """Make a case of each cell of a row: caller → status."""
    return pytest.mark.parametrize(("caller", "status"), statuses.items())


@clause("6.17")
@cells(anonymous=200, viewer=200, editor=200, other=200, admin=200)
def test_reading_comments_of_a_published_article(
    callers: dict[str, Client], article: dict[str, Json], comment: dict[str, Json], caller: str, status: int
) -> None:
    expect_cell(callers[caller].get(path_of_comment(comment)), status)
    expect_cell(callers[caller].get(comments_of(article)), status)


@pytest.fixture
def hidden(make: Factory, editor: Member, viewer: Member) -> dict[str, Json]:
    """A viewer's comment on an article of the editor that was made a draft afterwards."""
    article = make.article(editor)
    comment = make.comment(viewer, article)
    editor.patch(path_of(article), {"published": False}).expect(200)
    return comment


DRAFTS = {"anonymous": 404, "viewer": 404, "editor": 200, "other": 404, "admin": 200}


@clause("6.17", "6.20", "6.8")
@cells(**DRAFTS)
def test_reading_comments_of_a_draft(
    callers: dict[str, Client], hidden: dict[str, Json], caller: str, status: int
) -> None:
    expect_cell(callers[caller].get(path_of_comment(hidden)), status)
    expect_cell(callers[caller].get(f"/api/v1/articles/{hidden['article_id']}/comments"), status)


@clause("6.18")
@cells(anonymous=401, viewer=201, editor=201, other=201, admin=201)
def test_commenting_on_a_published_article(
    callers: dict[str, Client], admin: Member, article: dict[str, Json], caller: str, status: int
) -> None:
    expect_cell(callers[caller].post(comments_of(article), {"body": "x"}), status)
    total = admin.get(comments_of(article)).expect(200).body["meta"]["total"]
    assert total == (1 if status == 201 else 0)


@clause("6.18", "6.20", "6.16")
@cells(anonymous=401, viewer=404, editor=201, other=404, admin=201)
def test_commenting_on_a_draft(
    callers: dict[str, Client], admin: Member, hidden: dict[str, Json], caller: str, status: int
) -> None:
    path = f"/api/v1/articles/{hidden['article_id']}/comments"
    expect_cell(callers[caller].post(path, {"body": "x"}), status)
    assert admin.get(path).expect(200).body["meta"]["total"] == (2 if status == 201 else 1)


@clause("6.19", "6.16")
@cells(anonymous=401, viewer=403, editor=204, other=403, admin=204)
def test_deleting_a_foreign_comment(
    callers: dict[str, Client],
    admin: Member,
    make: Factory,
    member: Member,
    article: dict[str, Json],
    caller: str,
    status: int,
) -> None:
    comment = make.comment(member, article)
    expect_cell(callers[caller].delete(path_of_comment(comment)), status)
    admin.get(path_of_comment(comment)).expect(404 if status == 204 else 200)


@clause("6.19")
@pytest.mark.parametrize("caller", ["viewer", "editor", "other", "admin"])
def test_deleting_the_own_comment(
    callers: dict[str, Client], admin: Member, make: Factory, article: dict[str, Json], caller: str
) -> None:
    comment = make.comment(callers[caller], article)
    callers[caller].delete(path_of_comment(comment)).expect(204)
    admin.get(path_of_comment(comment)).expect_problem(404, "not_found")


@clause("6.19", "6.20", "6.16")
@cells(anonymous=401, viewer=404, editor=204, other=404, admin=204)
def test_deleting_a_comment_of_a_draft_the_viewers_own_included(
    callers: dict[str, Client], admin: Member, hidden: dict[str, Json], caller: str, status: int
) -> None:
    expect_cell(callers[caller].delete(path_of_comment(hidden)), status)
    admin.get(path_of_comment(hidden)).expect(404 if status == 204 else 200)


@clause("6.19")
def test_an_author_who_is_a_viewer_now_deletes_the_own_comments_only(
    admin: Member, make: Factory, viewer: Member
) -> None:
    author = make.member("editor")
    article = make.article(author)
    own, foreign = make.comment(author, article), make.comment(viewer, article)
    admin.patch(author.path, {"role": "viewer"}).expect(200)
    author.delete(path_of_comment(foreign)).expect_problem(403, "forbidden")
    author.delete(path_of_comment(own)).expect(204)


MISSING = {"anonymous": 401, "viewer": 404, "editor": 404, "other": 404, "admin": 404}


@clause("6.20", "6.15")
@cells(**MISSING)
def test_a_comment_that_does_not_exist(
    callers: dict[str, Client], published: dict[str, Json], caller: str, status: int
) -> None:
    path = f"{comments_of(published)}/{NO_ID}"
    callers[caller].get(path).expect_problem(404, "not_found")
    expect_cell(callers[caller].delete(path), status)


@clause("6.20", "6.16")
@cells(**MISSING)
def test_a_comment_of_another_article(
    callers: dict[str, Client],
    admin: Member,
    published: dict[str, Json],
    comment: dict[str, Json],
    caller: str,
    status: int,
) -> None:
    path = f"{comments_of(published)}/{comment['id']}"
    callers[caller].get(path).expect_problem(404, "not_found")
    expect_cell(callers[caller].delete(path), status)
    admin.get(path_of_comment(comment)).expect(200, comment)


@clause("6.20", "6.15")
@cells(**MISSING)
def test_comments_of_an_article_that_does_not_exist(
    callers: dict[str, Client], comment: dict[str, Json], caller: str, status: int
) -> None:
    path = f"/api/v1/articles/{NO_ID}/comments"
    callers[caller].get(path).expect_problem(404, "not_found")
    callers[caller].get(f"{path}/{comment['id']}").expect_problem(404, "not_found")
    expect_cell(callers[caller].post(path, {"body": "x"}), status)
    expect_cell(callers[caller].delete(f"{path}/{comment['id']}"), status)


@clause("6.17", "5.10", "5.9")
def test_reading_comments_does_not_ignore_a_bad_token(anonymous: Client, comment: dict[str, Json]) -> None:
    client = anonymous.with_token("not.a.token")
    client.get(path_of_comment(comment)).expect_problem(401, "invalid_token")
    client.get(f"/api/v1/articles/{comment['article_id']}/comments").expect_problem(401, "invalid_token")


@clause("11.3", "6.20")
def test_existence_and_permission_come_before_the_validation_of_a_comment(
    anonymous: Client, viewer: Member, hidden: dict[str, Json]
) -> None:
    path = f"/api/v1/articles/{hidden['article_id']}/comments"
    anonymous.post(path, {"body": ""}).expect_problem(401, "not_authenticated")
    viewer.post(path, {"body": ""}).expect_problem(404, "not_found")
    viewer.get(f"{path}?limit=0").expect_problem(404, "not_found")
    viewer.request("POST", path, content=b"{").expect_problem(415, "unsupported_media_type")

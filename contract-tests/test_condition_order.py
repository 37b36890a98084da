"""The precondition's place in the order of checks (11.3)."""

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Member, path_of, path_of_comment
from tags import tag_of

STALE = {"If-Match": '"other"'}


@clause("11.3", "13.5")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_existence_and_permission_come_before_the_precondition(
    anonymous: Client,
    viewer: Member,
    other_editor: Member,
    published: dict[str, Json],
    draft: dict[str, Json],
    method: str,
) -> None:
    body: Json = {"title": "x", "content": "y"}
    anonymous.request(method, path_of(published), body, headers=STALE).expect_problem(401, "not_authenticated")
    viewer.request(method, path_of(published), body, headers=STALE).expect_problem(403, "forbidden")
    other_editor.request(method, path_of(draft), body, headers=STALE).expect_problem(404, "not_found")
    missing = f"/api/v1/articles/{2**63 - 1}"
    for condition in (STALE, {"If-Match": "*"}, {"If-None-Match": "*"}):
        other_editor.request(method, missing, body, headers=condition).expect_problem(404, "not_found")


@clause("11.3", "13.5", "6.13")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_existence_and_permission_come_before_the_precondition_of_a_user(
    admin: Member, viewer: Member, editor: Member, method: str
) -> None:
    body: Json = {"username": "abc-def", "email": "a@example.com", "name": "x"}
    viewer.request(method, editor.path, body, headers=STALE).expect_problem(403, "forbidden")
    admin.request(method, f"/api/v1/users/{2**63 - 1}", body, headers=STALE).expect_problem(404, "not_found")


@clause("11.3", "13.5", "6.20")
def test_existence_and_permission_come_before_the_precondition_of_a_comment(
    anonymous: Client, other_editor: Member, published: dict[str, Json], comment: dict[str, Json]
) -> None:
    anonymous.delete(path_of_comment(comment), headers=STALE).expect_problem(401, "not_authenticated")
    other_editor.delete(path_of_comment(comment), headers=STALE).expect_problem(403, "forbidden")
    elsewhere = {**comment, "article_id": published["id"]}
    other_editor.delete(path_of_comment(elsewhere), headers=STALE).expect_problem(404, "not_found")


@clause("11.3", "13.5")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_validation_comes_before_the_precondition(editor: Member, article: dict[str, Json], method: str) -> None:
    body: Json = {"title": "", "content": "x"}
    editor.request(method, path_of(article), body, headers=STALE).expect_faults({"/title": "too_short"})
    headers = {**STALE, "Content-Type": "text/plain"}
    editor.request(method, path_of(article), body, headers=headers).expect_problem(415, "unsupported_media_type")


@clause("11.3", "13.5", "7.2")
@pytest.mark.parametrize("name", ["username", "email"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_precondition_comes_before_a_conflict(member: Member, viewer: Member, method: str, name: str) -> None:
    own = {key: member.user[key] for key in ("username", "email", "name")}
    body = {**own, name: viewer.user[name]}
    member.request(method, member.path, body, headers=STALE).expect_problem(412, "precondition_failed")
    answer = member.request(method, member.path, body, headers={"If-Match": tag_of(member, member.path)})
    answer.expect_problem(409, f"{name}_taken")
    member.get(member.path).expect(200, member.user)

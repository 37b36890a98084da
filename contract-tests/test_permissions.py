"""Who may do what: section 6, cell by cell. A refused request is shown to have changed nothing (6.16)."""

from collections.abc import Callable

import pytest

from answer import Answer, Json
from cells import CODES, expect_cell
from clauses import clause
from client import Client
from data import Factory, Member, path_of

Request = Callable[[Client, str], Answer]


def cells(table: dict[str, dict[str, int]]) -> pytest.MarkDecorator:
    """Make a case of each cell of a table: operation → caller → status."""
    rows = [(operation, caller, status) for operation, row in table.items() for caller, status in row.items()]
    names = [f"{operation}-{caller}-{status}" for operation, caller, status in rows]
    return pytest.mark.parametrize(("operation", "caller", "status"), rows, ids=names)


@clause("6.2", "6.3", "6.9", "6.1")
@cells(
    {
        "GET /api/v1/users?limit=1": {"anonymous": 401, "viewer": 403, "editor": 403, "admin": 200},
        "GET /api/v1/users/me": {"anonymous": 401, "viewer": 200, "editor": 200, "admin": 200},
        "POST /api/v1/articles": {"anonymous": 401, "viewer": 403, "editor": 201, "admin": 201},
        "POST /api/v1/users": {"anonymous": 201, "viewer": 201, "editor": 201, "admin": 201},
        "GET /api/v1/articles?limit=1": {"anonymous": 200, "viewer": 200, "editor": 200, "admin": 200},
    }
)
def test_collections(callers: dict[str, Client], make: Factory, operation: str, caller: str, status: int) -> None:
    method, path = operation.split()
    body = make.registration() if path.endswith("users") else {"title": "A title", "content": "x"}
    answer = callers[caller].request(method, path, body) if method == "POST" else callers[caller].get(path)
    expect_cell(answer, status)


def user_request(operation: str, member: Member) -> Request:
    """The request of an operation on a user, such that it changes little when it is allowed."""
    own = {name: member.user[name] for name in ("username", "email", "name", "age")}
    requests: dict[str, Request] = {
        "read": lambda caller, path: caller.get(path),
        "put": lambda caller, path: caller.put(path, own),
        "patch": lambda caller, path: caller.patch(path, {}),
        "patch-role": lambda caller, path: caller.patch(path, {"role": member.user["role"]}),
        "patch-is-active": lambda caller, path: caller.patch(path, {"is_active": True}),
        "delete": lambda caller, path: caller.delete(path),
    }
    return requests[operation]


OWN_USER = {"viewer": 200, "editor": 200, "admin": 200}
OWN_BY_ADMIN = {"viewer": 403, "editor": 403, "admin": 200}


@pytest.fixture(scope="session")
def owners(make: Factory, admin: Member) -> dict[str, Member]:
    """A user of each role that changes itself."""
    return {"viewer": make.member("viewer"), "editor": make.member("editor"), "admin": admin}


@clause("6.4", "6.5")
@cells(
    {"read": OWN_USER, "put": OWN_USER, "patch": OWN_USER, "patch-role": OWN_BY_ADMIN, "patch-is-active": OWN_BY_ADMIN}
)
def test_the_own_user(owners: dict[str, Member], operation: str, caller: str, status: int) -> None:
    member = owners[caller]
    expect_cell(user_request(operation, member)(member, member.path), status)


FOREIGN_USER = {"anonymous": 401, "viewer": 403, "editor": 403, "admin": 200}


@clause("6.4", "6.5", "6.16")
@cells(dict.fromkeys(["read", "put", "patch", "patch-role", "patch-is-active"], FOREIGN_USER))
def test_a_foreign_user(
    callers: dict[str, Client], member: Member, admin: Member, operation: str, caller: str, status: int
) -> None:
    expect_cell(user_request(operation, member)(callers[caller], member.path), status)
    if status != 200:
        admin.get(member.path).expect(200, member.user)


@clause("6.6", "6.16")
@cells({"delete": {**FOREIGN_USER, "admin": 204}})
def test_deleting_a_foreign_user(
    callers: dict[str, Client], member: Member, admin: Member, operation: str, caller: str, status: int
) -> None:
    expect_cell(user_request(operation, member)(callers[caller], member.path), status)
    admin.get(member.path).expect(200 if status != 204 else 404)


@clause("6.6", "6.16")
@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_nobody_but_an_admin_deletes_even_itself(viewer: Member, editor: Member, role: str) -> None:
    member = viewer if role == "viewer" else editor
    member.delete(member.path).expect_problem(403, "forbidden")
    member.get(member.path).expect(200)


MISSING_USER = {"anonymous": 401, "viewer": 403, "editor": 403, "admin": 404}


@clause("6.13", "1.3")
@cells(dict.fromkeys(["read", "put", "patch", "patch-role", "patch-is-active", "delete"], MISSING_USER))
def test_a_missing_user(callers: dict[str, Client], viewer: Member, operation: str, caller: str, status: int) -> None:
    missing = f"/api/v1/users/{2**63 - 1}"
    expect_cell(user_request(operation, viewer)(callers[caller], missing), status)


@clause("6.14", "6.16")
@pytest.mark.parametrize("owner", ["own", "foreign"])
@pytest.mark.parametrize(
    "body",
    [
        {"role": "admin"},
        {"role": "viewer"},
        {"role": 7},
        {"role": None},
        {"is_active": True},
        {"is_active": "x"},
        {"is_active": None, "username": "", "unknown": 1},
    ],
    ids=str,
)
def test_role_and_activity_are_forbidden_to_others_whatever_the_body(
    viewer: Member, editor: Member, owner: str, body: dict[str, Json]
) -> None:
    before = viewer.get(viewer.path).expect(200).body
    (viewer if owner == "own" else editor).patch(viewer.path, body).expect_problem(403, "forbidden")
    viewer.get(viewer.path).expect(200, before)


@clause("6.7", "6.8")
@cells(
    {
        "published": {"anonymous": 200, "viewer": 200, "editor": 200, "other": 200, "admin": 200},
        "draft": {"anonymous": 404, "viewer": 404, "editor": 200, "other": 404, "admin": 200},
    }
)
def test_reading_an_article(
    callers: dict[str, Client],
    published: dict[str, Json],
    draft: dict[str, Json],
    operation: str,
    caller: str,
    status: int,
) -> None:
    article = published if operation == "published" else draft
    answer = callers[caller].get(path_of(article))
    expect_cell(answer, status)
    if status == 200:
        answer.expect_body(article)


ARTICLE_BODY = {"title": "Changed", "content": "Changed", "published": True, "tags": []}
CHANGE_PUBLISHED = {"anonymous": 401, "viewer": 403, "editor": 200, "other": 403, "admin": 200}
CHANGE_DRAFT = {"anonymous": 401, "viewer": 404, "editor": 200, "other": 404, "admin": 200}


@clause("6.10", "6.11", "6.16")
@cells(
    {
        "PUT published": CHANGE_PUBLISHED,
        "PATCH published": CHANGE_PUBLISHED,
        "DELETE published": {**CHANGE_PUBLISHED, "editor": 204, "admin": 204},
        "PUT draft": CHANGE_DRAFT,
        "PATCH draft": CHANGE_DRAFT,
        "DELETE draft": {**CHANGE_DRAFT, "editor": 204, "admin": 204},
    }
)
def test_changing_an_article(
    callers: dict[str, Client], make: Factory, editor: Member, operation: str, caller: str, status: int
) -> None:
    method, state = operation.split()
    article = make.article(editor, published=state == "published")
    expect_cell(callers[caller].request(method, path_of(article), ARTICLE_BODY), status)
    if status in CODES:
        editor.get(path_of(article)).expect(200, article)


MISSING_ARTICLE = {"anonymous": 401, "viewer": 404, "editor": 404, "admin": 404}


@clause("6.15")
@cells(dict.fromkeys(["PUT", "PATCH", "DELETE"], MISSING_ARTICLE))
def test_changing_a_missing_article(callers: dict[str, Client], operation: str, caller: str, status: int) -> None:
    expect_cell(callers[caller].request(operation, f"/api/v1/articles/{2**63 - 1}", ARTICLE_BODY), status)


@clause("6.15")
@pytest.mark.parametrize("caller", ["anonymous", "viewer", "editor", "admin"])
def test_reading_a_missing_article(callers: dict[str, Client], caller: str) -> None:
    callers[caller].get(f"/api/v1/articles/{2**63 - 1}").expect_problem(404, "not_found")


@clause("6.8", "6.10", "6.11")
def test_an_author_who_is_a_viewer_now_has_a_viewers_rights(admin: Member, make: Factory) -> None:
    author = make.member("editor")
    own, own_draft = make.article(author), make.article(author, published=False)
    admin.patch(author.path, {"role": "viewer"}).expect(200)
    author.patch(path_of(own), {"title": "x"}).expect_problem(403, "forbidden")
    author.delete(path_of(own)).expect_problem(403, "forbidden")
    author.get(path_of(own_draft)).expect_problem(404, "not_found")
    author.delete(path_of(own_draft)).expect_problem(404, "not_found")


@clause("6.8", "6.10")
def test_an_article_that_is_withdrawn_is_a_draft_for_others(
    make: Factory, editor: Member, anonymous: Client, other_editor: Member
) -> None:
    article = make.article(editor)
    editor.patch(path_of(article), {"published": False}).expect(200)
    anonymous.get(path_of(article)).expect_problem(404, "not_found")
    other_editor.patch(path_of(article), {"title": "x"}).expect_problem(404, "not_found")

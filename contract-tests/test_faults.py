"""The list of faults: missing and unknown members, pointers, and bodies that are no object (section 4)."""

import pytest

from answer import Json
from cases import WRITES
from clauses import clause
from client import Client
from data import Factory, Member, path_of

USER_BODY = {"username": "abc-def", "email": "ada@example.com", "name": "Ada", "password": "x" * 8}
ARTICLE_BODY = {"title": "A title", "content": "x"}


def without(body: dict[str, Json], member: str) -> dict[str, Json]:
    """A body with a member less."""
    return {name: value for name, value in body.items() if name != member}


@clause("4.4", "7.1")
@pytest.mark.parametrize("member", USER_BODY)
def test_each_member_of_a_registration_is_required(anonymous: Client, member: str) -> None:
    anonymous.post("/api/v1/users", without(USER_BODY, member)).expect_faults({f"/{member}": "missing"})


@clause("4.4", "7.6")
@pytest.mark.parametrize("member", ["username", "email", "name"])
def test_each_member_of_a_users_replacement_is_required(viewer: Member, member: str) -> None:
    body = without(without(USER_BODY, "password"), member)
    viewer.put(viewer.path, body).expect_faults({f"/{member}": "missing"})


@clause("4.4", "8.1", "8.3")
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("member", ["title", "content"])
def test_title_and_content_are_required(editor: Member, published: dict[str, Json], method: str, member: str) -> None:
    path = "/api/v1/articles" if method == "POST" else path_of(published)
    editor.request(method, path, without(ARTICLE_BODY, member)).expect_faults({f"/{member}": "missing"})


@clause("4.1", "4.4")
def test_everything_missing_is_listed(anonymous: Client, viewer: Member, editor: Member) -> None:
    missing = dict.fromkeys(["/email", "/name", "/password", "/username"], "missing")
    anonymous.post("/api/v1/users", {}).expect_faults(missing)
    viewer.put(viewer.path, {}).expect_faults(without(missing, "/password"))
    editor.post("/api/v1/articles", {}).expect_faults({"/content": "missing", "/title": "missing"})


UNKNOWN_OF_USERS = {
    "POST": ["id", "role", "is_active", "created_at", "updated_at", "password_hash", "Username", "extra"],
    "PUT": ["id", "role", "is_active", "password", "created_at", "updated_at", "Name", "extra"],
    "PATCH": ["id", "created_at", "updated_at", "password_hash", "Age", "extra"],
}
USER_CASES = [(method, member) for method, members in UNKNOWN_OF_USERS.items() for member in members]


@clause("4.4", "7.1", "7.6", "7.7")
@pytest.mark.parametrize(("method", "member"), USER_CASES)
def test_an_unknown_member_of_a_user_is_refused(
    admin: Member, viewer: Member, make: Factory, method: str, member: str
) -> None:
    kept = {name: viewer.user[name] for name in ("username", "email", "name")}
    body = {"POST": make.registration(), "PUT": kept, "PATCH": {}}[method]
    path = "/api/v1/users" if method == "POST" else viewer.path
    admin.request(method, path, {**body, member: "viewer"}).expect_faults({f"/{member}": "unknown"})


@clause("4.4", "7.6")
@pytest.mark.parametrize("member", ["role", "is_active", "password"])
def test_put_does_not_know_role_activity_and_password_of_the_own_user_either(viewer: Member, member: str) -> None:
    kept = {name: viewer.user[name] for name in ("username", "email", "name")}
    viewer.put(viewer.path, {**kept, member: "viewer"}).expect_faults({f"/{member}": "unknown"})


@clause("4.4", "8.1", "8.3", "8.4")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("member", ["id", "author", "author_id", "version", "created_at", "updated_at", "Title", "x"])
def test_an_unknown_member_of_an_article_is_refused(
    editor: Member, published: dict[str, Json], method: str, member: str
) -> None:
    path = "/api/v1/articles" if method == "POST" else path_of(published)
    editor.request(method, path, {**ARTICLE_BODY, member: 1}).expect_faults({f"/{member}": "unknown"})


POINTERS = {
    "slash": ("a/b", "/a~1b"),
    "tilde": ("a~b", "/a~0b"),
    "both": ("~1/~0", "/~01~1~00"),
    "empty": ("", "/"),
    "space": ("a b", "/a b"),
    "umlaut": ("ä", "/ä"),
    "emoji": ("😀", "/😀"),
    "quote": ('"', '/"'),
    "digits": ("0", "/0"),
    "percent": ("%s", "/%s"),
    "braces": ("{0}", "/{0}"),
    "nul": ("a\0b", "/a\0b"),
    "dunder": ("__class__", "/__class__"),
    "self": ("self", "/self"),
}


@clause("4.2")
@pytest.mark.parametrize(("member", "pointer"), POINTERS.values(), ids=POINTERS.keys())
def test_the_name_of_a_member_is_escaped_in_its_pointer(editor: Member, member: str, pointer: str) -> None:
    editor.post("/api/v1/articles", {**ARTICLE_BODY, member: 1}).expect_faults({pointer: "unknown"})


@clause("1.11", "4.6")
def test_a_member_whose_name_holds_an_unpaired_surrogate_is_unknown(editor: Member) -> None:
    body = {**ARTICLE_BODY, "a\ud800": 1, "title": ""}
    editor.post("/api/v1/articles", body).expect_faults({"/a\ufffd": "unknown", "/title": "too_short"})


@clause("4.1", "4.4")
def test_all_faults_of_a_user_are_listed_in_one_answer(anonymous: Client) -> None:
    body = {"username": "a!", "email": 7, "age": 151, "role": "admin", "zzz": None, "Password": "x" * 8}
    faults = {"/Password": "unknown", "/age": "too_large", "/email": "type", "/name": "missing"}
    faults |= {"/password": "missing", "/role": "unknown", "/username": "too_short", "/zzz": "unknown"}
    anonymous.post("/api/v1/users", body).expect_faults(faults)


@clause("4.1", "4.4")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_all_faults_of_an_article_are_listed_in_one_answer(
    editor: Member, published: dict[str, Json], method: str
) -> None:
    body = {"title": "\0", "published": 1, "tags": ["ok", "Bad", 3], "a/b": [], "author": {}}
    faults = {"/a~1b": "unknown", "/author": "unknown", "/content": "missing", "/published": "type"}
    faults |= {"/tags/1": "invalid", "/tags/2": "type", "/title": "characters"}
    path = "/api/v1/articles" if method == "POST" else path_of(published)
    editor.request(method, path, body).expect_faults(faults)


@clause("4.1")
def test_all_faults_of_a_patch_are_listed_in_one_answer(admin: Member, viewer: Member) -> None:
    body = {"role": "root", "is_active": None, "name": " ", "age": 1.0, "password": "", "id": 1}
    faults = {"/age": "type", "/id": "unknown", "/is_active": "type", "/name": "too_short", "/password": "too_short"}
    admin.patch(viewer.path, body).expect_faults({**faults, "/role": "invalid"})


NO_OBJECTS: dict[str, Json] = {"null": None, "true": True, "number": 1, "string": "x", "list": [], "in-a-list": [{}]}


@clause("4.3")
@pytest.mark.parametrize("value", NO_OBJECTS.values(), ids=NO_OBJECTS.keys())
@pytest.mark.parametrize("operation", WRITES)
def test_a_body_that_is_no_object_is_one_fault(
    admin: Member, viewer: Member, published: dict[str, Json], operation: str, value: Json
) -> None:
    method, kind = operation.split()
    path = {"user": viewer.path, "article": path_of(published)}[kind]
    path = f"/api/v1/{kind}s" if method == "POST" else path
    admin.request(method, path, value).expect_faults({"": "type"})


@clause("4.5")
def test_a_large_exponent_is_no_integer(viewer: Member) -> None:
    headers = {"Content-Type": "application/json"}
    for number in (b"1e2", b"1E400", b"-1e400", b"1.0", b"1e-5"):
        answer = viewer.request("PATCH", viewer.path, content=b'{"age": %s}' % number, headers=headers)
        answer.expect_faults({"/age": "type"})


@clause("6.16", "4.1")
def test_a_body_with_one_fault_changes_nothing(editor: Member, article: dict[str, Json]) -> None:
    editor.patch(path_of(article), {"title": "New", "tags": ["BAD"]}).expect_faults({"/tags/0": "invalid"})
    editor.get(path_of(article)).expect(200, article)

"""Users: registration, reading, replacing, changing and deleting (sections 3 and 7)."""

import re
from typing import Any

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member, path_of

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@clause("7.1", "3.1", "1.10", "3.13")
@pytest.mark.parametrize("age", [36, None], ids=["age-36", "age-null"])
def test_registration_answers_the_whole_user(make: Factory, anonymous: Client, age: int | None) -> None:
    body = make.registration(age=age)
    answer = anonymous.post("/api/v1/users", body).expect(201)
    user = {name: body[name] for name in ("username", "email", "name", "age")}
    made = {"id": answer.body["id"], "created_at": answer.body["created_at"], "updated_at": answer.body["created_at"]}
    answer.expect_body({**user, **made, "role": "viewer", "is_active": True})
    answer.expect_headers({"Location": f"/api/v1/users/{answer.body['id']}", "Content-Type": "application/json"})


@clause("1.3", "1.2")
def test_a_new_user_has_an_integer_id_and_times_in_the_contracts_form(make: Factory) -> None:
    user = make.user()
    assert type(user["id"]) is int and user["id"] > 0
    assert TIME.fullmatch(user["created_at"]) and TIME.fullmatch(user["updated_at"])


@clause("1.10", "7.5")
def test_the_location_of_a_new_user_is_the_user(make: Factory, anonymous: Client, admin: Member) -> None:
    answer = anonymous.post("/api/v1/users", make.registration()).expect(201)
    admin.get(answer.headers["Location"]).expect(200, answer.body)


@clause("7.1")
def test_age_may_be_left_out_of_a_registration(make: Factory, anonymous: Client) -> None:
    body = make.registration()
    del body["age"]
    anonymous.post("/api/v1/users", body).expect(201).expect_members(age=None)


@clause("7.5", "6.3")
def test_me_is_the_user_of_the_token(member: Member, editor: Member) -> None:
    member.get("/api/v1/users/me").expect(200, member.user)
    editor.get("/api/v1/users/me").expect(200, editor.user)


@clause("7.5")
def test_a_user_reads_its_own_resource(member: Member) -> None:
    member.get(member.path).expect(200, member.user).expect_headers({"Content-Type": "application/json"})


@clause("7.6")
def test_put_replaces_the_user(make: Factory, member: Member) -> None:
    body = {"username": make.unique("new"), "email": f"{make.unique('new')}@example.org", "name": "Grace", "age": 85}
    answer = member.put(member.path, body).expect(200)
    answer.expect_body({**member.user, **body, "updated_at": answer.body["updated_at"]})
    member.get(member.path).expect(200, answer.body)


@clause("7.6")
def test_put_without_age_makes_it_null(member: Member) -> None:
    body = {name: member.user[name] for name in ("username", "email", "name")}
    member.put(member.path, body).expect(200).expect_members(age=None)


@clause("7.6")
def test_put_keeps_password_role_and_activity(make: Factory, admin: Member) -> None:
    editor = make.member("editor")
    body = {name: editor.user[name] for name in ("username", "email", "name")}
    admin.put(editor.path, body).expect(200).expect_members(role="editor", is_active=True)
    admin.login(editor.username, editor.password).expect(200)


@clause("7.7")
@pytest.mark.parametrize("change", [{"name": "Grace"}, {"age": 0}, {"age": None}], ids=["name", "age", "age-null"])
def test_patch_changes_what_it_names_and_nothing_else(member: Member, change: dict[str, Json]) -> None:
    answer = member.patch(member.path, change).expect(200)
    answer.expect_body({**member.user, **change, "updated_at": answer.body["updated_at"]})
    member.get(member.path).expect(200, answer.body)


@clause("7.7")
def test_patch_changes_username_and_email(make: Factory, member: Member) -> None:
    change = {"username": make.unique("P"), "email": f"{make.unique('P')}@Example.COM"}
    answer = member.patch(member.path, change).expect(200)
    answer.expect_body({**member.user, **change, "updated_at": answer.body["updated_at"]})


@clause("7.7", "3.13")
def test_an_empty_patch_of_a_user_changes_updated_at_only(member: Member) -> None:
    answer = member.patch(member.path, {}).expect(200)
    assert answer.body["updated_at"] > member.user["updated_at"]
    answer.expect_body({**member.user, "updated_at": answer.body["updated_at"]})


@clause("3.13", "1.2")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_of_a_user_moves_updated_at_and_keeps_created_at(member: Member, method: str) -> None:
    body = {name: member.user[name] for name in ("username", "email", "name")}
    changed = member.request(method, member.path, body).expect(200).body
    assert changed["created_at"] == member.user["created_at"]
    assert TIME.fullmatch(changed["updated_at"]) and changed["updated_at"] > member.user["updated_at"]


@clause("7.8", "7.7")
def test_a_new_password_replaces_the_old_one(member: Member, anonymous: Client) -> None:
    member.patch(member.path, {"password": "another password"}).expect(200)
    anonymous.login(member.username, member.password).expect(401)
    anonymous.login(member.username, "another password").expect(200)


@clause("7.7")
@pytest.mark.parametrize("change", [{"role": "editor"}, {"is_active": False}], ids=["role", "is_active"])
def test_an_admin_changes_role_and_activity(admin: Member, make: Factory, change: dict[str, Json]) -> None:
    user = make.user()
    answer = admin.patch(f"/api/v1/users/{user['id']}", change).expect(200)
    answer.expect_body({**user, **change, "updated_at": answer.body["updated_at"]})


@clause("7.9", "1.9")
def test_a_deleted_user_is_gone(admin: Member, make: Factory) -> None:
    path = f"/api/v1/users/{make.user()['id']}"
    assert admin.delete(path).expect(204).content == b""
    admin.get(path).expect_problem(404, "not_found")
    admin.delete(path).expect_problem(404, "not_found")


@clause("7.9")
@pytest.mark.parametrize("is_published", [True, False], ids=["published", "draft"])
def test_the_articles_of_a_deleted_user_are_gone(admin: Member, make: Factory, is_published: bool) -> None:
    author = make.member("editor")
    article = make.article(author, published=is_published)
    admin.delete(author.path).expect(204)
    admin.get(path_of(article)).expect_problem(404, "not_found")
    page = admin.get(f"/api/v1/articles?author_id={author.id}").expect(200)
    page.expect_body({"data": [], "meta": {"total": 0, "skip": 0, "limit": 20}})


@clause("7.9")
def test_deleting_a_user_keeps_the_articles_of_others(admin: Member, make: Factory, article: dict[str, Json]) -> None:
    admin.delete(f"/api/v1/users/{make.user()['id']}").expect(204)
    admin.get(path_of(article)).expect(200, article)


@clause("7.9", "3.14")
def test_a_deleted_users_name_is_free_again_and_its_id_is_not(admin: Member, make: Factory) -> None:
    user = make.user()
    admin.delete(f"/api/v1/users/{user['id']}").expect(204)
    again = make.user(username=user["username"], email=user["email"])
    assert again["id"] > user["id"]


def taken(make: Factory, holder: dict[str, Json], member: str, swap_case: bool) -> dict[str, Any]:
    """A registration that takes the username or the e-mail of somebody."""
    value = str(holder[member])
    return make.registration(**{member: value.swapcase() if swap_case else value})


CONFLICTS = pytest.mark.parametrize("name", ["username", "email"])
CASES = pytest.mark.parametrize("swap_case", [False, True], ids=["same-case", "other-case"])


@clause("7.2", "3.3", "3.4")
@CONFLICTS
@CASES
def test_registering_what_is_taken_is_a_conflict(
    make: Factory, anonymous: Client, viewer: Member, name: str, swap_case: bool
) -> None:
    body = taken(make, viewer.user, name, swap_case)
    anonymous.post("/api/v1/users", body).expect_problem(409, f"{name}_taken")


@clause("7.2")
@CONFLICTS
@CASES
def test_patching_to_what_is_taken_is_a_conflict(member: Member, viewer: Member, name: str, swap_case: bool) -> None:
    value = viewer.user[name].swapcase() if swap_case else viewer.user[name]
    member.patch(member.path, {name: value}).expect_problem(409, f"{name}_taken")
    member.get(member.path).expect(200, member.user)


@clause("7.2")
@CONFLICTS
@CASES
def test_putting_what_is_taken_is_a_conflict(member: Member, viewer: Member, name: str, swap_case: bool) -> None:
    own = {key: member.user[key] for key in ("username", "email", "name")}
    value = viewer.user[name].swapcase() if swap_case else viewer.user[name]
    member.put(member.path, {**own, name: value}).expect_problem(409, f"{name}_taken")
    member.get(member.path).expect(200, member.user)


@clause("7.2")
def test_the_username_is_looked_at_before_the_email(make: Factory, anonymous: Client, viewer: Member) -> None:
    both = {"username": viewer.user["username"], "email": viewer.user["email"]}
    anonymous.post("/api/v1/users", make.registration(**both)).expect_problem(409, "username_taken")


@clause("7.2")
@pytest.mark.parametrize("swap_case", [False, True], ids=["same-case", "other-case"])
def test_ones_own_name_and_address_are_no_conflict(member: Member, swap_case: bool) -> None:
    own = {key: member.user[key] for key in ("username", "email")}
    change = {key: value.swapcase() for key, value in own.items()} if swap_case else own
    member.patch(member.path, change).expect(200).expect_members(**change)
    member.put(member.path, {**change, "name": "Ada"}).expect(200).expect_members(**change)


@clause("3.4", "7.7")
def test_an_email_is_kept_as_given(make: Factory, anonymous: Client) -> None:
    email = f"Ada.{make.unique('Mixed')}@EXAMPLE.Com"
    anonymous.post("/api/v1/users", make.registration(email=email)).expect(201).expect_members(email=email)


@clause("7.2")
@pytest.mark.parametrize("name", ["username", "email"])
def test_a_refused_registration_takes_nothing(make: Factory, anonymous: Client, viewer: Member, name: str) -> None:
    body = taken(make, viewer.user, name, False)
    anonymous.post("/api/v1/users", body).expect(409)
    other = "email" if name == "username" else "username"
    anonymous.post("/api/v1/users", make.registration(**{other: body[other]})).expect(201)


@clause("3.7")
def test_no_response_about_a_user_has_its_password(make: Factory, anonymous: Client, admin: Member) -> None:
    body = make.registration(password="S3CRET-" + make.unique())
    created = anonymous.post("/api/v1/users", body).expect(201)
    path = created.headers["Location"]
    patched = admin.patch(path, {"password": "S3CRET-2-" + make.unique()}).expect(200)
    texts = [created.text, patched.text, admin.get(path).text, admin.get("/api/v1/users?sort=-created_at").text]
    assert not [text for text in texts if "S3CRET" in text or "argon2" in text or "password" in text]


@clause("3.7")
@pytest.mark.parametrize("password", ["S3CRET", "S3CRET" * 30, "S3CRET-nul\0"], ids=["short", "long", "nul"])
def test_a_refused_password_is_not_repeated(make: Factory, anonymous: Client, password: str) -> None:
    answer = anonymous.post("/api/v1/users", make.registration(password=password)).expect(422)
    assert "S3CRET" not in answer.text

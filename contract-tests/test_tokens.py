"""Getting a token, and what a token is worth (section 5)."""

import base64
import json
import time
from collections.abc import Callable

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import PASSWORD, Factory, Member
from target import Target

REALM = 'Bearer realm="blog-api"'
ME = "/api/v1/users/me"
TOKEN = "/api/v1/token"


def parts(token: str) -> tuple[dict[str, Json], dict[str, Json]]:
    """Decode header and claims of a token, without looking at the signature."""
    header, claims, _ = token.split(".")
    return json.loads(base64.urlsafe_b64decode(header + "==")), json.loads(base64.urlsafe_b64decode(claims + "=="))


@clause("5.1", "5.2")
def test_a_token_is_answered_with_its_type_and_lifetime(anonymous: Client, viewer: Member) -> None:
    answer = anonymous.login(viewer.username, PASSWORD).expect(200)
    answer.expect_body({"access_token": answer.body["access_token"], "token_type": "bearer", "expires_in": 1800})
    answer.expect_headers({"Cache-Control": "no-store", "Content-Type": "application/json"})


@clause("5.6")
def test_a_token_is_an_hs256_jwt_with_the_contracts_claims(settings: Target, viewer: Member) -> None:
    header, claims = parts(viewer.token)
    assert header["alg"] == "HS256"
    assert set(claims) == {"sub", "iat", "exp", "iss", "aud"}
    assert (claims["sub"], claims["exp"] - claims["iat"]) == (str(viewer.id), 1800)
    assert (claims["iss"], claims["aud"]) == (settings.jwt_issuer, settings.jwt_audience)
    assert abs(time.time() - claims["iat"]) < 600


@clause("5.1")
@pytest.mark.parametrize("name", ["username", "email"])
@pytest.mark.parametrize("case", ["same", "upper", "lower"])
def test_username_and_email_log_in_whatever_their_case(anonymous: Client, viewer: Member, name: str, case: str) -> None:
    value = str(viewer.user[name])
    spelled = {"same": value, "upper": value.upper(), "lower": value.lower()}[case]
    token = anonymous.login(spelled, PASSWORD).expect(200).body["access_token"]
    anonymous.with_token(token).get(ME).expect(200, viewer.user)


@clause("5.3")
def test_unknown_parameters_of_the_token_form_are_ignored(anonymous: Client, viewer: Member) -> None:
    form = {"grant_type": "password", "username": viewer.username, "password": PASSWORD, "scope": "a", "x": "y"}
    anonymous.request("POST", TOKEN, form=form).expect(200)


FORM_FAULTS = {
    "empty": ("", "invalid_request"),
    "no-grant-type": ("username=a&password=b", "invalid_request"),
    "no-username": ("grant_type=password&password=b", "invalid_request"),
    "no-password": ("grant_type=password&username=a", "invalid_request"),
    "empty-grant-type": ("grant_type=&username=a&password=b", "invalid_request"),
    "empty-username": ("grant_type=password&username=&password=b", "invalid_request"),
    "empty-password": ("grant_type=password&username=a&password=", "invalid_request"),
    "repeated-username": ("grant_type=password&username=a&username=b&password=b", "invalid_request"),
    "repeated-password": ("grant_type=password&username=a&password=b&password=b", "invalid_request"),
    "repeated-grant-type": ("grant_type=password&grant_type=password&username=a&password=b", "invalid_request"),
    "other-grant-type": ("grant_type=client_credentials&username=a&password=b", "unsupported_grant_type"),
    "grant-type-in-capitals": ("grant_type=PASSWORD&username=a&password=b", "unsupported_grant_type"),
    "json-in-a-form": ('{"grant_type": "password"}', "invalid_request"),
}


@clause("5.3")
@pytest.mark.parametrize(("form", "error"), FORM_FAULTS.values(), ids=FORM_FAULTS.keys())
def test_a_faulty_token_form_is_an_invalid_request(anonymous: Client, form: str, error: str) -> None:
    anonymous.request("POST", TOKEN, form=form).expect_problem(400, "invalid_request", error=error)


@clause("5.3")
def test_the_query_is_no_part_of_the_token_form(anonymous: Client, viewer: Member) -> None:
    query = f"?grant_type=password&username={viewer.username}&password=x"
    anonymous.request("POST", TOKEN + query, form="a=b").expect_problem(400, "invalid_request", error="invalid_request")


@clause("5.4")
def test_wrong_name_wrong_password_and_inactive_account_look_the_same(
    admin: Member, anonymous: Client, make: Factory
) -> None:
    inactive = make.member()
    admin.patch(inactive.path, {"is_active": False}).expect(200)
    logins = [(make.unique("nobody"), PASSWORD), (inactive.username, PASSWORD), (inactive.username, "wrong password")]
    headers = {"X-Request-ID": "the-same"}
    forms = [{"grant_type": "password", "username": name, "password": word} for name, word in logins]
    answers = [anonymous.request("POST", TOKEN, form=form, headers=headers) for form in forms]
    for answer in answers:
        answer.expect_problem(401, "invalid_credentials", error="invalid_grant").expect_body(answers[0].body)


@clause("5.1")
def test_a_letter_that_only_unicode_takes_for_the_same_is_another(anonymous: Client, make: Factory) -> None:
    user = make.user(username=make.unique("k"))
    anonymous.login(user["username"].upper(), PASSWORD).expect(200)
    login = anonymous.login(user["username"].replace("k", "\u212a"), PASSWORD)
    login.expect_problem(401, "invalid_credentials", error="invalid_grant")


Login = Callable[[Member], tuple[str, str]]
WRONG_LOGINS: dict[str, Login] = {
    "wrong-password": lambda member: (member.username, "wrong password"),
    "password-in-other-case": lambda member: (member.username, PASSWORD.upper()),
    "password-with-a-space-more": lambda member: (member.username, PASSWORD + " "),
    "username-with-a-space-more": lambda member: (member.username + " ", PASSWORD),
    "id-for-name": lambda member: (str(member.id), PASSWORD),
    "pattern-for-name": lambda member: (member.username[:-1] + "_", PASSWORD),
    "nul-in-name": lambda member: (member.username + "\0", PASSWORD),
    "nul-in-password": lambda member: (member.username, PASSWORD + "\0"),
    "long-password": lambda member: (member.username, "x" * 100_000),
    "sql-for-name": lambda member: ("' OR 1=1 --", PASSWORD),
    "emoji-for-name": lambda member: ("😀", PASSWORD),
}


@clause("5.4", "1.11")
@pytest.mark.parametrize("login", WRONG_LOGINS.values(), ids=WRONG_LOGINS.keys())
def test_a_wrong_login_is_refused(anonymous: Client, viewer: Member, login: Login) -> None:
    answer = anonymous.login(*login(viewer))
    answer.expect_problem(401, "invalid_credentials", error="invalid_grant")
    answer.expect_headers({"WWW-Authenticate": REALM})


@clause("5.7")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER"])
def test_the_scheme_is_compared_without_case(anonymous: Client, viewer: Member, scheme: str) -> None:
    anonymous.get(ME, headers={"Authorization": f"{scheme} {viewer.token}"}).expect(200, viewer.user)


@clause("5.7")
@pytest.mark.parametrize("name", ["access_token", "token"])
def test_a_token_in_the_query_is_not_looked_at(anonymous: Client, viewer: Member, name: str) -> None:
    anonymous.get(f"{ME}?{name}={viewer.token}").expect_problem(401, "not_authenticated")


OTHER_SCHEMES = {"none": None, "basic": "Basic YTpi", "digest": "Digest a=b", "token": "Token abc", "word": "abc"}


@clause("5.8")
@pytest.mark.parametrize("value", OTHER_SCHEMES.values(), ids=OTHER_SCHEMES.keys())
def test_a_request_without_a_bearer_token_is_not_authenticated(anonymous: Client, value: str | None) -> None:
    answer = anonymous.get(ME, headers={"Authorization": value})
    answer.expect_problem(401, "not_authenticated").expect_headers({"WWW-Authenticate": REALM})


@clause("5.11")
def test_a_promotion_takes_effect_with_the_next_request(admin: Member, member: Member) -> None:
    body = {"title": "A title", "content": "x"}
    member.post("/api/v1/articles", body).expect_problem(403, "forbidden")
    admin.patch(member.path, {"role": "editor"}).expect(200)
    member.post("/api/v1/articles", body).expect(201)


@clause("5.11")
def test_a_demotion_takes_effect_with_the_next_request(admin: Member, make: Factory) -> None:
    editor = make.member("editor")
    editor.post("/api/v1/articles", {"title": "A title", "content": "x"}).expect(201)
    admin.patch(editor.path, {"role": "viewer"}).expect(200)
    editor.post("/api/v1/articles", {"title": "A title", "content": "x"}).expect_problem(403, "forbidden")


@clause("5.11", "5.9")
def test_deactivation_takes_effect_at_once_and_is_undone_by_activation(admin: Member, member: Member) -> None:
    member.get(ME).expect(200)
    admin.patch(member.path, {"is_active": False}).expect(200)
    member.get(ME).expect_problem(401, "invalid_token")
    admin.patch(member.path, {"is_active": True}).expect(200)
    member.get(ME).expect(200)


@clause("5.9")
def test_the_token_of_a_deleted_user_is_refused(admin: Member, member: Member) -> None:
    member.get(ME).expect(200)
    admin.delete(member.path).expect(204)
    member.get(ME).expect_problem(401, "invalid_token")
    member.get("/api/v1/articles").expect_problem(401, "invalid_token")


@clause("5.9", "3.14")
def test_the_token_of_a_deleted_user_is_not_worth_a_later_users(admin: Member, make: Factory, member: Member) -> None:
    member.get(ME).expect(200)
    admin.delete(member.path).expect(204)
    make.user(username=member.username)
    member.get(ME).expect_problem(401, "invalid_token")


OPEN = {
    "register": ("POST", "/api/v1/users"),
    "token": ("POST", TOKEN),
    "ping": ("GET", "/api/v1/ping"),
    "root": ("GET", "/"),
    "health": ("GET", "/health"),
    "live": ("GET", "/health/live"),
    "ready": ("GET", "/health/ready"),
}


@clause("5.10", "6.1")
@pytest.mark.parametrize(("method", "path"), OPEN.values(), ids=OPEN.keys())
def test_a_bad_token_is_ignored_where_none_is_looked_at(
    anonymous: Client, make: Factory, viewer: Member, method: str, path: str
) -> None:
    form = {"grant_type": "password", "username": viewer.username, "password": PASSWORD} if path == TOKEN else None
    client = anonymous.with_token("not.a.token")
    if path == "/api/v1/users":
        client.post(path, make.registration()).expect(201)
    else:
        client.request(method, path, form=form).expect(200)

"""The bodies of users: each member at its bounds, with the code of each fault."""

import pytest
from pydantic import BaseModel

from blogapi.problems import Problem
from blogapi.schemas import UserCreate, UserReplace, UserUpdate, validate_body

CREATE = {"username": "ada", "email": "ada@example.com", "name": "Ada", "password": "12345678"}
REPLACE = {"username": "ada", "email": "ada@example.com", "name": "Ada"}
LABEL = "b" * 63
LONGEST_EMAIL = f"{'a' * 60}@{LABEL}.{LABEL}.{LABEL}.d"


def faults(model: type[BaseModel], value: object) -> dict[str, str]:
    """The code of each fault by its pointer."""
    with pytest.raises(Problem) as problem:
        validate_body(model, value)
    assert problem.value.code == "validation_failed"
    pointers = [fault.pointer for fault in problem.value.faults]
    assert pointers == sorted(set(pointers))
    return {fault.pointer: fault.code for fault in problem.value.faults}


ACCEPTED = [
    ("username", "abc"),
    ("username", "a" * 50),
    ("username", "_-0"),
    ("email", "a@b.cd"),
    ("email", LONGEST_EMAIL),
    ("email", "Ada@Example.COM"),
    ("name", "A"),
    ("name", "😀" * 100),
    ("age", None),
    ("age", 0),
    ("age", 150),
    ("password", "é" * 8),
    ("password", "😀" * 128),
    ("password", "        "),
    ("role", "viewer"),
    ("role", "editor"),
    ("role", "admin"),
    ("is_active", False),
]


@pytest.mark.parametrize(("member", "value"), ACCEPTED, ids=range(len(ACCEPTED)))
def test_a_value_at_its_bound_is_taken_as_it_is(member: str, value: object) -> None:
    assert validate_body(UserUpdate, {member: value}).model_dump(exclude_unset=True) == {member: value}


TYPES: list[object] = [None, True, 0, 1, 1.0, "text", [], ["text"], {}]
OF_TYPE = {
    "username": str,
    "email": str,
    "name": str,
    "password": str,
    "role": str,
    "age": int,
    "is_active": bool,
}


@pytest.mark.parametrize("member", OF_TYPE)
@pytest.mark.parametrize("value", TYPES, ids=repr)
def test_a_value_of_another_type_is_not_coerced(member: str, value: object) -> None:
    if type(value) is OF_TYPE[member] or (member, value) == ("age", None):
        return
    assert faults(UserUpdate, {member: value}) == {f"/{member}": "type"}


REFUSED = [
    ("username", "", "too_short"),
    ("username", "ab", "too_short"),
    ("username", "a" * 51, "too_long"),
    ("username", "é" * 51, "too_long"),
    ("username", "a!", "too_short"),
    ("username", "a b", "invalid"),
    ("username", "abc\n", "invalid"),
    ("username", " abc", "invalid"),
    ("username", "ädä", "invalid"),
    ("username", "a\0", "characters"),
    ("username", "\ud800" * 51, "characters"),
    ("email", "", "invalid"),
    ("email", "ada", "invalid"),
    ("email", " ada@example.com", "invalid"),
    ("email", "a" + LONGEST_EMAIL, "too_long"),
    ("email", "@" * 255, "too_long"),
    ("email", "a" * 65 + "@example.com", "invalid"),
    ("email", "\0" + LONGEST_EMAIL, "characters"),
    ("name", "", "too_short"),
    ("name", " \t\n\u00a0\u2003\u3000", "too_short"),
    ("name", "a" * 101, "too_long"),
    ("name", "a\0", "characters"),
    ("name", " \udfff ", "characters"),
    ("age", -1, "too_small"),
    ("age", 151, "too_large"),
    ("age", -(10**30), "too_small"),
    ("age", 2**63, "too_large"),
    ("age", 10**4000, "too_large"),
    ("age", float("inf"), "type"),
    ("age", "36", "type"),
    ("password", "1234567", "too_short"),
    ("password", "a" * 129, "too_long"),
    ("password", "1234567\0", "characters"),
    ("password", "\ud800", "characters"),
    ("role", "", "invalid"),
    ("role", "Admin", "invalid"),
    ("role", "admin ", "invalid"),
    ("role", "admin\0", "characters"),
    ("role", "\ud800", "characters"),
]


@pytest.mark.parametrize(("member", "value", "code"), REFUSED, ids=[f"{member}-{code}" for member, _, code in REFUSED])
def test_a_value_beyond_its_bound_is_refused_by_the_first_rule_that_it_breaks(
    member: str, value: object, code: str
) -> None:
    assert faults(UserUpdate, {member: value}) == {f"/{member}": code}


def test_a_name_is_trimmed_and_a_password_is_not() -> None:
    body = validate_body(UserUpdate, {"name": "\u3000 Ada  L. \n", "password": " 123456 "})
    assert (body.name, body.password) == ("Ada  L.", " 123456 ")


def test_the_length_of_a_name_is_counted_after_trimming() -> None:
    assert validate_body(UserUpdate, {"name": " " * 200 + "a" * 100}).name == "a" * 100


@pytest.mark.parametrize(
    ("model", "required"),
    [
        (UserCreate, {"username", "email", "name", "password"}),
        (UserReplace, {"username", "email", "name"}),
        (UserUpdate, set()),
    ],
)
def test_what_is_required_is_told_as_missing(model: type[BaseModel], required: set[str]) -> None:
    if required:
        assert faults(model, {}) == {f"/{member}": "missing" for member in required}
    else:
        assert validate_body(model, {}).model_dump(exclude_unset=True) == {}


@pytest.mark.parametrize(
    ("model", "body", "unknown"),
    [
        (UserCreate, CREATE, ["id", "role", "is_active", "password_hash", "Username", "created_at"]),
        (UserReplace, REPLACE, ["id", "role", "is_active", "password", "version"]),
        (UserUpdate, {}, ["id", "password_hash", "version", "byline_version", "created_at", "updated_at"]),
    ],
)
def test_a_member_that_the_operation_does_not_know_is_told(
    model: type[BaseModel], body: dict[str, object], unknown: list[str]
) -> None:
    validate_body(model, body)
    for member in unknown:
        assert faults(model, {**body, member: "viewer"}) == {f"/{member}": "unknown"}


def test_an_absent_age_is_null_in_a_replacement_and_absent_in_a_patch() -> None:
    assert validate_body(UserCreate, CREATE).age is None
    assert validate_body(UserReplace, REPLACE).model_dump()["age"] is None
    assert validate_body(UserUpdate, {}).model_dump(exclude_unset=True) == {}
    assert validate_body(UserUpdate, {"age": None}).model_dump(exclude_unset=True) == {"age": None}

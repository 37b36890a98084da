"""Bodies that break a rule: which fault, at which pointer (section 4), for users."""

from typing import Any

import pytest

from answer import Answer, Json
from cases import STRINGS, TYPES
from clauses import clause
from data import Factory, Member

WRONG_TYPES = {
    "username": set(TYPES) - STRINGS,
    "email": set(TYPES) - STRINGS,
    "name": set(TYPES) - STRINGS,
    "password": set(TYPES) - STRINGS,
    "age": set(TYPES) - {"null", "0", "1"},
    "role": set(TYPES) - STRINGS,
    "is_active": set(TYPES) - {"true", "false"},
}
OPERATIONS = {
    "POST": ["username", "email", "name", "password", "age"],
    "PUT": ["username", "email", "name", "age"],
    "PATCH": ["username", "email", "name", "password", "age", "role", "is_active"],
}


def send(operation: str, admin: Member, make: Factory, target: Member, members: dict[str, Json]) -> Answer:
    """Send a body that is valid but for the given members."""
    if operation == "POST":
        return admin.post("/api/v1/users", make.registration(**members))
    kept = {name: target.user[name] for name in ("username", "email", "name")} if operation == "PUT" else {}
    return admin.request(operation, target.path, {**kept, **members})


TYPE_CASES = [
    pytest.param(operation, member, TYPES[kind], id=f"{operation}-{member}-{kind}")
    for operation, members in OPERATIONS.items()
    for member in members
    for kind in sorted(WRONG_TYPES[member])
]


@clause("4.5", "4.1", "7.7", "3.6")
@pytest.mark.parametrize(("operation", "member", "value"), TYPE_CASES)
def test_a_value_of_another_type_is_refused(
    admin: Member, make: Factory, viewer: Member, operation: str, member: str, value: Json
) -> None:
    send(operation, admin, make, viewer, {member: value}).expect_faults({f"/{member}": "type"})


LABEL = "a" * 63
DOMAIN_188 = f"{LABEL}.{LABEL}.{'a' * 60}"

# member → case → (value, code); a code of None is a value that must be accepted.
VALUES: dict[str, dict[str, tuple[Any, str | None]]] = {
    "username": {
        "empty": ("", "too_short"),
        "2": ("ab", "too_short"),
        "51": ("a" * 51, "too_long"),
        "space-inside": ("ab cd", "invalid"),
        "space-before": (" abcd", "invalid"),
        "newline-after": ("abcd\n", "invalid"),
        "dot": ("ab.cd", "invalid"),
        "at": ("ab@cd", "invalid"),
        "umlaut": ("abcdé", "invalid"),
        "fullwidth": ("\uff41\uff42\uff43\uff44", "invalid"),
        "arabic-digit": ("abc٣", "invalid"),
        "nul": ("abc\0", "characters"),
        "nul-and-too-short": ("\0", "characters"),
        "surrogate": ("abc\ud800", "characters"),
        "umlaut-and-too-short": ("é", "too_short"),
        "umlaut-and-too-long": ("é" * 51, "too_long"),
    },
    "email": {
        "empty": ("", "invalid"),
        "no-at": ("ada.example.com", "invalid"),
        "no-local-part": ("@example.com", "invalid"),
        "no-domain": ("ada@", "invalid"),
        "one-label": ("ada@localhost", "invalid"),
        "two-ats": ("ada@home@example.com", "invalid"),
        "dot-first": (".ada@example.com", "invalid"),
        "dot-last": ("ada.@example.com", "invalid"),
        "dots-together": ("a..da@example.com", "invalid"),
        "empty-label": ("ada@example..com", "invalid"),
        "trailing-dot": ("ada@example.com.", "invalid"),
        "hyphen-first": ("ada@-example.com", "invalid"),
        "hyphen-last": ("ada@example-.com", "invalid"),
        "underscore-in-domain": ("ada@exa_mple.com", "invalid"),
        "space-inside": ("a da@example.com", "invalid"),
        "space-before": (" ada@example.com", "invalid"),
        "newline-after": ("ada@example.com\n", "invalid"),
        "umlaut-local": ("adé@example.com", "invalid"),
        "umlaut-domain": ("ada@exämple.com", "invalid"),
        "quoted": ('"ada"@example.com', "invalid"),
        "comment": ("ada(x)@example.com", "invalid"),
        "address-literal": ("ada@[127.0.0.1]", "invalid"),
        "display-name": ("Ada <ada@example.com>", "invalid"),
        "local-65": ("a" * 65 + "@example.com", "invalid"),
        "label-64": (f"ada@{'a' * 64}.com", "invalid"),
        "255": (f"{'a' * 64}@{DOMAIN_188}aa", "too_long"),
        "255-and-no-address": ("a" * 255, "too_long"),
        "nul": ("ada\0@example.com", "characters"),
        "surrogate": ("ada\udc00@example.com", "characters"),
    },
    "name": {
        "empty": ("", "too_short"),
        "spaces": ("   ", "too_short"),
        "unicode-white-space": ("\u00a0\u2003\u3000\u2028\t\n", "too_short"),
        "101": ("x" * 101, "too_long"),
        "101-astral": ("😀" * 101, "too_long"),
        "nul": ("Ada\0", "characters"),
        "surrogate": ("Ada\ud83d", "characters"),
        "surrogates-in-wrong-order": ("\ude00\ud83d", "characters"),
        "nul-and-too-long": ("\0" * 101, "characters"),
    },
    "password": {
        "empty": ("", "too_short"),
        "7": ("x" * 7, "too_short"),
        "7-astral": ("😀" * 7, "too_short"),
        "129": ("x" * 129, "too_long"),
        "nul": ("xxxxxxxx\0", "characters"),
        "surrogate": ("xxxxxxxx\udfff", "characters"),
    },
    "age": {
        "-1": (-1, "too_small"),
        "151": (151, "too_large"),
        "2^31": (2**31, "too_large"),
        "2^63": (2**63, "too_large"),
        "-2^63-1": (-(2**63) - 1, "too_small"),
        "10^4299": (10**4299, "too_large"),
        "0": (0, None),
        "150": (150, None),
    },
    "role": {
        "empty": ("", "invalid"),
        "unknown": ("root", "invalid"),
        "capitals": ("Viewer", "invalid"),
        "space-after": ("viewer ", "invalid"),
        "nul": ("viewer\0", "characters"),
        "viewer": ("viewer", None),
        "editor": ("editor", None),
    },
    "is_active": {"true": (True, None)},
}
SAMPLE = ("empty", "51", "255", "101", "129", "nul", "151")
VALUE_CASES = [
    pytest.param(operation, member, value, code, id=f"{operation}-{member}-{case}")
    for operation, members in OPERATIONS.items()
    for member in members
    for case, (value, code) in VALUES[member].items()
    # The rules are the same; the cases for PUT and PATCH show that they hold there too.
    if operation == "POST" or member in ("role", "is_active") or case in SAMPLE
]


@clause("4.6", "4.7", "4.8", "4.9", "3.3", "3.4", "3.5", "3.6", "3.7")
@pytest.mark.parametrize(("operation", "member", "value", "code"), VALUE_CASES)
def test_a_value_is_held_to_its_rule(
    admin: Member, make: Factory, member_to_change: Member, operation: str, member: str, value: Any, code: str | None
) -> None:
    answer = send(operation, admin, make, member_to_change, {member: value})
    if code:
        answer.expect_faults({f"/{member}": code})
    else:
        answer.expect(201 if operation == "POST" else 200).expect_members(**{member: value})


@pytest.fixture(scope="session")
def member_to_change(make: Factory) -> Member:
    """A user whose role, activity and age the tests change."""
    return make.member()

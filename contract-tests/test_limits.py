"""Values at the edge of a rule that must be accepted, and what becomes of them (section 3)."""

import itertools
import secrets

import pytest

from answer import Answer, Json
from clauses import clause
from client import Client
from data import Factory, Member

LABEL = "a" * 63


def free_username(member: Member, alphabet: str, length: int) -> Answer:
    """Rename a member to a name of the length that nobody has; names this short cannot carry a prefix."""
    names = ("".join(secrets.choice(alphabet) for _ in range(length)) for _ in itertools.count())
    answers = (member.patch(member.path, {"username": name}) for name in names)
    return next(answer for answer in answers if answer.status != 409)


@clause("3.3")
def test_usernames_of_three_characters_are_accepted(admin: Member, anonymous: Client, member: Member) -> None:
    answer = free_username(member, "abcdefghijklmnopqrstuvwxyz0123456789_-", 3).expect(200)
    admin.delete(member.path).expect(204)
    body = {"username": answer.body["username"], "email": member.user["email"], "name": "Ada", "password": "x" * 8}
    again = anonymous.post("/api/v1/users", body).expect(201)
    admin.delete(again.headers["Location"]).expect(204)


@clause("3.3")
def test_usernames_of_fifty_characters_and_of_all_kinds_are_accepted(anonymous: Client, make: Factory) -> None:
    username = f"{make.unique('AZaz09')}_".ljust(50, "-")
    body = make.registration(username=username)
    anonymous.post("/api/v1/users", body).expect(201).expect_members(username=username)


EMAILS = {
    "plus": "{}+tag@example.com",
    "dots": "a.b.{}@example.com",
    "all-of-atext": "!#$%&'*+/=?^_`{{|}}~-{}@example.com",
    "short-labels": "{}@b.c",
    "digits-and-hyphens": "{}@1-2.xn--abc.c0m",
    "label-63": "{}@" + LABEL + ".com",
    "capitals": "{}@EXAMPLE.Com",
}


@clause("3.4")
@pytest.mark.parametrize("form", EMAILS.values(), ids=EMAILS.keys())
def test_an_unusual_address_is_accepted_and_kept(anonymous: Client, make: Factory, form: str) -> None:
    email = form.format(make.unique("E"))
    anonymous.post("/api/v1/users", make.registration(email=email)).expect(201).expect_members(email=email)


@clause("3.4")
def test_the_longest_address_is_accepted(anonymous: Client, make: Factory) -> None:
    email = f"{make.unique().ljust(64, 'x')}@{LABEL}.{LABEL}.{'b' * 61}"
    assert len(email) == 254
    anonymous.post("/api/v1/users", make.registration(email=email)).expect(201).expect_members(email=email)


NAMES = {
    "1": ("A", "A"),
    "100": ("x" * 100, "x" * 100),
    "100-astral": ("😀" * 100, "😀" * 100),
    "100-and-spaces": (f"  {'x' * 100}\t\n", "x" * 100),
    "unicode-white-space": ("\u00a0\u2003\u3000Ada Lovelace\u2028\u205f\u1680\u0085", "Ada Lovelace"),
    "space-inside": ("Ada  \u00a0 Lovelace", "Ada  \u00a0 Lovelace"),
    "zero-width-space": ("\u200bAda\u200b", "\u200bAda\u200b"),
    "byte-order-mark": ("\ufeffAda\ufeff", "\ufeffAda\ufeff"),
}


@clause("3.5", "3.10")
@pytest.mark.parametrize(("given", "kept"), NAMES.values(), ids=NAMES.keys())
def test_a_name_is_trimmed_and_kept(member: Member, given: str, kept: str) -> None:
    member.patch(member.path, {"name": given}).expect(200).expect_members(name=kept)
    member.get(member.path).expect(200).expect_members(name=kept)


PASSWORDS = {
    "8": "x" * 8,
    "128": "x" * 128,
    "8-astral": "😀" * 8,
    "8-spaces": " " * 8,
    "spaces-around": "  pass word  ",
    "not-ascii": "pässwörter",
    "form-characters": "a+b&c=d%20;#?",
    "newline": "line\r\nline",
}


@clause("3.7", "3.10")
@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS.keys())
def test_a_password_is_taken_as_given(anonymous: Client, make: Factory, password: str) -> None:
    user = make.user(password=password)
    anonymous.login(user["username"], password).expect(200)


@clause("3.7")
@pytest.mark.parametrize("other", ["pass word", "  pass word", "  PASS WORD  ", "  pass word  x"])
def test_a_password_that_only_resembles_the_right_one_is_wrong(anonymous: Client, make: Factory, other: str) -> None:
    user = make.user(password="  pass word  ")
    anonymous.login(user["username"], other).expect_problem(401, "invalid_credentials", error="invalid_grant")


@clause("3.7")
def test_a_password_is_not_normalised(anonymous: Client, make: Factory) -> None:
    user = make.user(password="caf\u00e9 caf\u00e9")
    anonymous.login(user["username"], "cafe\u0301 cafe\u0301").expect(401)


ARTICLES: dict[str, tuple[str, Json, Json]] = {
    "title-1": ("title", "x", "x"),
    "title-200": ("title", "x" * 200, "x" * 200),
    "title-200-astral": ("title", "😀" * 200, "😀" * 200),
    "title-200-and-spaces": ("title", f"\n {'x' * 200} \u3000", "x" * 200),
    "title-space-inside": ("title", "a \n b", "a \n b"),
    "content-1": ("content", "x", "x"),
    "content-a-space": ("content", " ", " "),
    "content-spaces-around": ("content", "  \n x \n ", "  \n x \n "),
    "content-50000": ("content", "x" * 50_000, "x" * 50_000),
    "content-50000-astral": ("content", "😀" * 50_000, "😀" * 50_000),
    "tags-none": ("tags", [], []),
    "tag-1": ("tags", ["-"], ["-"]),
    "tag-30": ("tags", ["x" * 30], ["x" * 30]),
    "tags-10": ("tags", [f"t{number}" for number in range(10)], [f"t{number}" for number in range(10)]),
    "published-true": ("published", True, True),
    "published-false": ("published", False, False),
}


@clause("3.5", "3.8", "3.9", "3.10", "8.1")
@pytest.mark.parametrize(("member", "given", "kept"), ARTICLES.values(), ids=ARTICLES.keys())
def test_an_articles_member_is_accepted_and_kept(editor: Member, member: str, given: Json, kept: Json) -> None:
    body = {"title": "A title", "content": "x", member: given}
    answer = editor.post("/api/v1/articles", body).expect(201).expect_members(**{member: kept})
    editor.get(answer.headers["Location"]).expect(200, answer.body)

"""Bodies that break a rule: which fault, at which pointer (section 4), for articles."""

from typing import Any

import pytest

from answer import Answer, Json
from cases import STRINGS, TYPES
from clauses import clause
from data import Member, path_of

OPERATIONS = ["POST", "PUT", "PATCH"]
WRONG_TYPES = {
    "title": set(TYPES) - STRINGS,
    "content": set(TYPES) - STRINGS,
    "published": set(TYPES) - {"true", "false"},
    "tags": set(TYPES) - {"list", "list-of-string"},
}


def send(operation: str, editor: Member, article: dict[str, Json], members: dict[str, Json]) -> Answer:
    """Send a body that is valid but for the given members."""
    kept = {} if operation == "PATCH" else {"title": "A title", "content": "x"}
    path = "/api/v1/articles" if operation == "POST" else path_of(article)
    return editor.request(operation, path, {**kept, **members})


TYPE_CASES = [
    pytest.param(operation, member, TYPES[kind], id=f"{operation}-{member}-{kind}")
    for operation in OPERATIONS
    for member in WRONG_TYPES
    for kind in sorted(WRONG_TYPES[member])
]


@clause("4.5", "8.4")
@pytest.mark.parametrize(("operation", "member", "value"), TYPE_CASES)
def test_a_value_of_another_type_is_refused(
    editor: Member, published: dict[str, Json], operation: str, member: str, value: Json
) -> None:
    send(operation, editor, published, {member: value}).expect_faults({f"/{member}": "type"})


def tags(count: int) -> list[str]:
    """Make different tags."""
    return [f"t{number}" for number in range(count)]


VALUES: dict[str, tuple[str, Any, dict[str, str]]] = {
    "title-empty": ("title", "", {"/title": "too_short"}),
    "title-white-space": ("title", " \u00a0\u3000\n", {"/title": "too_short"}),
    "title-201": ("title", "x" * 201, {"/title": "too_long"}),
    "title-201-astral": ("title", "😀" * 201, {"/title": "too_long"}),
    "title-nul": ("title", "a\0b", {"/title": "characters"}),
    "title-surrogate": ("title", "a\ud800b", {"/title": "characters"}),
    "title-surrogate-and-too-long": ("title", "\ud800" * 201, {"/title": "characters"}),
    "content-empty": ("content", "", {"/content": "too_short"}),
    "content-50001": ("content", "x" * 50_001, {"/content": "too_long"}),
    "content-50001-astral": ("content", "😀" * 50_001, {"/content": "too_long"}),
    "content-nul": ("content", "\0", {"/content": "characters"}),
    "content-surrogate": ("content", "x\udfff", {"/content": "characters"}),
    "tag-empty": ("tags", [""], {"/tags/0": "invalid"}),
    "tag-31": ("tags", ["x" * 31], {"/tags/0": "invalid"}),
    "tag-capital": ("tags", ["ok", "Tag"], {"/tags/1": "invalid"}),
    "tag-underscore": ("tags", ["a_b"], {"/tags/0": "invalid"}),
    "tag-space": ("tags", ["a b"], {"/tags/0": "invalid"}),
    "tag-space-after": ("tags", ["ab "], {"/tags/0": "invalid"}),
    "tag-newline-after": ("tags", ["ab\n"], {"/tags/0": "invalid"}),
    "tag-umlaut": ("tags", ["ä"], {"/tags/0": "invalid"}),
    "tag-arabic-digit": ("tags", ["a٣"], {"/tags/0": "invalid"}),
    "tag-comma": ("tags", ["a,b"], {"/tags/0": "invalid"}),
    "tag-nul": ("tags", ["a\0"], {"/tags/0": "characters"}),
    "tag-null": ("tags", [None], {"/tags/0": "type"}),
    "tag-integer": ("tags", ["a", 1], {"/tags/1": "type"}),
    "tag-list": ("tags", [["a"]], {"/tags/0": "type"}),
    "tags-of-all-faults": (
        "tags",
        ["A", "", 1, "x" * 31, "ok", "\0"],
        {"/tags/0": "invalid", "/tags/1": "invalid", "/tags/2": "type", "/tags/3": "invalid", "/tags/5": "characters"},
    ),
    "tags-11": ("tags", tags(11), {"/tags": "too_long"}),
    "tags-11-and-bad": ("tags", [*tags(10), "BAD"], {"/tags": "too_long"}),
    "tags-11-and-twice": ("tags", ["a"] * 11, {"/tags": "too_long"}),
    "tag-twice": ("tags", ["a", "b", "a"], {"/tags": "duplicate"}),
    "tag-twice-and-bad": ("tags", ["a", "B", "a"], {"/tags/1": "invalid"}),
    "bad-tag-twice": ("tags", ["B", "B"], {"/tags/0": "invalid", "/tags/1": "invalid"}),
    "tag-three-times": ("tags", ["a", "a", "a"], {"/tags": "duplicate"}),
}


@clause("4.6", "4.7", "4.8", "4.9", "4.10", "3.5", "3.8", "3.9", "3.10")
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("member", "value", "faults"), VALUES.values(), ids=VALUES.keys())
def test_a_value_is_held_to_its_rule(
    editor: Member, published: dict[str, Json], operation: str, member: str, value: Any, faults: dict[str, str]
) -> None:
    send(operation, editor, published, {member: value}).expect_faults(faults)


@clause("4.1")
def test_faults_of_ten_tags_are_sorted_as_text(editor: Member) -> None:
    body = {"title": "", "tags": ["A"] * 10}
    faults = {f"/tags/{number}": "invalid" for number in range(10)}
    editor.post("/api/v1/articles", body).expect_faults({**faults, "/content": "missing", "/title": "too_short"})

"""The bodies of articles, and what holds for every body: all faults at once, sorted, with JSON pointers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from blogapi.jsonbody import dump_json, parse_json
from blogapi.problems import FAULT_DETAILS, Problem
from blogapi.schemas import (
    ArticleCreate,
    ArticleReplace,
    ArticleUpdate,
    UserCreate,
    UserReplace,
    UserUpdate,
    validate_body,
)

MODELS: list[type[BaseModel]] = [UserCreate, UserReplace, UserUpdate, ArticleCreate, ArticleReplace, ArticleUpdate]
WHOLE = {"title": "Notes", "content": "Text."}


def faults(model: type[BaseModel], value: object) -> dict[str, str]:
    """The code of each fault by its pointer."""
    with pytest.raises(Problem) as problem:
        validate_body(model, value)
    return {fault.pointer: fault.code for fault in problem.value.faults}


ACCEPTED = [
    ("title", "T"),
    ("title", "😀" * 200),
    ("content", " "),
    ("content", "\n😀" * 25_000),
    ("published", True),
    ("published", False),
    ("tags", []),
    ("tags", ["a"]),
    ("tags", ["-", "0", "a" * 30]),
    ("tags", [f"t{number}" for number in range(10)]),
]


@pytest.mark.parametrize(("member", "value"), ACCEPTED, ids=range(len(ACCEPTED)))
def test_a_value_at_its_bound_is_taken_as_it_is(member: str, value: object) -> None:
    assert validate_body(ArticleUpdate, {member: value}).model_dump(exclude_unset=True) == {member: value}


REFUSED = {
    "title-empty": ({"title": ""}, {"/title": "too_short"}),
    "title-blank": ({"title": " \u00a0\n"}, {"/title": "too_short"}),
    "title-201": ({"title": "a" * 201}, {"/title": "too_long"}),
    "title-nul": ({"title": "\0" * 201}, {"/title": "characters"}),
    "title-surrogate": ({"title": "a\ud83d"}, {"/title": "characters"}),
    "title-null": ({"title": None}, {"/title": "type"}),
    "content-empty": ({"content": ""}, {"/content": "too_short"}),
    "content-50001": ({"content": "😀" * 50_001}, {"/content": "too_long"}),
    "content-nul": ({"content": "a\0"}, {"/content": "characters"}),
    "content-number": ({"content": 1}, {"/content": "type"}),
    "published-null": ({"published": None}, {"/published": "type"}),
    "published-1": ({"published": 1}, {"/published": "type"}),
    "published-text": ({"published": "true"}, {"/published": "type"}),
    "tags-null": ({"tags": None}, {"/tags": "type"}),
    "tags-text": ({"tags": "api"}, {"/tags": "type"}),
    "tags-object": ({"tags": {"api": True}}, {"/tags": "type"}),
    "tags-11": ({"tags": ["BAD"] * 11}, {"/tags": "too_long"}),
    "tags-twice": ({"tags": ["a", "b", "a"]}, {"/tags": "duplicate"}),
    "tags-twice-and-bad": ({"tags": ["a", "a", "B"]}, {"/tags/2": "invalid"}),
    "tags-bad-twice": ({"tags": ["B", "B"]}, {"/tags/0": "invalid", "/tags/1": "invalid"}),
    "tag-kinds": (
        {"tags": ["A", "", 1, None, "x" * 31, "a\0", "\ud800", "a b", "ä", "a\n"]},
        {
            "/tags/0": "invalid",
            "/tags/1": "invalid",
            "/tags/2": "type",
            "/tags/3": "type",
            "/tags/4": "invalid",
            "/tags/5": "characters",
            "/tags/6": "characters",
            "/tags/7": "invalid",
            "/tags/8": "invalid",
            "/tags/9": "invalid",
        },
    ),
}


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_a_value_beyond_its_bound_is_refused_by_the_first_rule_that_it_breaks(
    body: dict[str, object], expected: dict[str, str]
) -> None:
    assert faults(ArticleUpdate, body) == expected
    assert faults(ArticleReplace, {**WHOLE, **body}) == expected


def test_what_is_absent_has_its_default_in_a_whole_article_only() -> None:
    assert validate_body(ArticleCreate, WHOLE).model_dump() == {**WHOLE, "published": False, "tags": []}
    assert validate_body(ArticleUpdate, {}).model_dump(exclude_unset=True) == {}
    assert faults(ArticleReplace, {}) == {"/content": "missing", "/title": "missing"}


def test_tags_are_sorted_by_code_point_and_a_title_is_trimmed() -> None:
    body = validate_body(ArticleUpdate, {"tags": ["b", "a-", "a", "0"], "title": "\u2003 A title\n"})
    assert (body.tags, body.title) == (["0", "a", "a-", "b"], "A title")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("value", [None, True, 1, "text", [], [{}]], ids=repr)
def test_a_body_that_is_no_object_is_one_fault(model: type[BaseModel], value: object) -> None:
    assert faults(model, value) == {"": "type"}


def test_missing_unknown_and_bad_members_are_told_together_and_sorted() -> None:
    body = {"email": 7, "age": 151, "role": "admin", "a/b": 1, "a~b": 1, "": 1, "Z": 1, "username": "a!"}
    with pytest.raises(Problem) as problem:
        validate_body(UserCreate, body)
    assert [(fault.pointer, fault.code) for fault in problem.value.faults] == [
        ("/", "unknown"),
        ("/Z", "unknown"),
        ("/age", "too_large"),
        ("/a~0b", "unknown"),
        ("/a~1b", "unknown"),
        ("/email", "type"),
        ("/name", "missing"),
        ("/password", "missing"),
        ("/role", "unknown"),
        ("/username", "too_short"),
    ]


@pytest.mark.parametrize("name", ["\ud800", "title\udfff", "a\0b"], ids=ascii)
def test_a_member_whose_name_is_no_text_is_unknown_beside_the_other_faults(name: str) -> None:
    with pytest.raises(Problem) as problem:
        validate_body(ArticleCreate, parse_json(json.dumps({"title": "", name: 1}).encode()))
    assert sorted(fault.code for fault in problem.value.faults) == ["missing", "too_short", "unknown"]
    dump_json(problem.value.body("id"))


TEXT = st.text(st.characters(codec=None, categories=None), max_size=8) | st.sampled_from(
    ["abc", "api", "a@b.cd", "admin"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUES = SCALARS | st.lists(SCALARS, max_size=11) | st.dictionaries(TEXT, SCALARS, max_size=2)
NAMES = st.sampled_from(sorted({name for model in MODELS for name in model.model_fields})) | TEXT


@pytest.mark.parametrize("model", MODELS)
@given(value=st.dictionaries(NAMES, VALUES, max_size=6) | VALUES)
def test_whatever_is_sent_is_taken_or_refused_with_faults_that_can_be_sent(
    model: type[BaseModel], value: object
) -> None:
    try:
        dump_json(validate_body(model, value).model_dump(exclude_unset=True))
    except Problem as problem:
        told = json.loads(dump_json(problem.body("id")))["errors"]
        assert told
        pointers = [fault["pointer"] for fault in told]
        assert pointers == sorted(set(pointers))
        assert {fault["code"] for fault in told} <= set(FAULT_DETAILS)

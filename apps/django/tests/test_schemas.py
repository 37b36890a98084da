"""The serializers against the shared schemas: the same values, the same faults, whatever is sent."""

from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from pydantic import BaseModel

from blogapi import schemas as shared
from blogapi.cursors import format_cursor
from blogapi.problems import Fault, Problem
from blogapi.records import Cursor
from django_app import schemas

BODIES = [
    "UserCreate",
    "UserReplace",
    "UserUpdate",
    "ArticleCreate",
    "ArticleReplace",
    "ArticleUpdate",
    "CommentCreate",
]
QUERIES = ["UserListQuery", "ArticleListQuery", "CommentListQuery", "ArticleKeysetQuery"]
CURSOR = Cursor(datetime(2026, 1, 31, 9, 5, tzinfo=UTC), 7)
GOOD = {
    "username": "ada-1",
    "email": "ada@example.com",
    "name": " Ada ",
    "age": 36,
    "password": "correct horse",
    "role": "editor",
    "is_active": True,
    "title": "A title",
    "content": "Text.",
    "published": True,
    "tags": ["b", "a"],
    "body": "Well written.",
}
TEXTS = st.sampled_from(["", "a", " ", "\0", "\ud800", "x\n", "a" * 51, "a" * 129, "a" * 255, "😀" * 101, "a@b.cd"])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, 1, 150, 151, 1.0, "1", "true", {}, [], "viewer", "root"]),
    TEXTS,
    st.lists(st.one_of(st.sampled_from(["a", "b", "A", "a" * 31, 1, None, "\0", "x\n"]), TEXTS), max_size=12),
)
NAMES = st.one_of(st.sampled_from(sorted(GOOD)), st.sampled_from(["id", "a/b", "~", "", "non_field_errors", "Title"]))
LITERALS = st.one_of(
    TEXTS,
    st.sampled_from(["1", "0", "-1", "007", "-0", "1.0", "true", "True", "title", "-username", "9" * 19, "9" * 30]),
    st.sampled_from([format_cursor(CURSOR), format_cursor(CURSOR)[:-1], format_cursor(CURSOR)[:-1] + "B"]),
    st.integers(-(2**70), 2**70).map(str),
)
PARAMETERS = st.sampled_from(["skip", "limit", "sort", "author_id", "tag", "published", "q", "after", "Limit", ""])


def outcome(validate: Any, schema: Any, value: Any) -> dict[str, Any] | list[Fault]:
    """The values, or the faults."""
    try:
        validated = validate(schema, value)
    except Problem as problem:
        return problem.faults
    if not isinstance(validated, BaseModel):
        return dict(validated)
    read = {"after": validated.cursor} if isinstance(validated, shared.ArticleKeysetQuery) else {}
    return {**validated.model_dump(exclude_unset="Update" in schema.__name__), **read}


class Request:
    """A request of which only the query is looked at."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs


@pytest.mark.parametrize("name", BODIES)
@given(changes=st.dictionaries(NAMES, VALUES, max_size=6), kept=st.sets(st.sampled_from(sorted(GOOD))))
@settings(deadline=None, derandomize=True, database=None, max_examples=150)
def test_a_body_is_judged_as_by_the_shared_schemas(name: str, changes: dict[str, Any], kept: set[str]) -> None:
    body = {**{member: GOOD[member] for member in kept}, **changes}
    own = outcome(schemas.validate_body, getattr(schemas, name), body)
    assert own == outcome(shared.validate_body, getattr(shared, name), body)


@pytest.mark.parametrize("name", BODIES)
def test_a_good_body_is_taken(name: str) -> None:
    schema = getattr(schemas, name)
    body = {member: value for member, value in GOOD.items() if member in schema().fields}
    expected = {
        **body,
        **({"name": "Ada"} if "name" in body else {}),
        **({"tags": ["a", "b"]} if "tags" in body else {}),
    }
    assert schemas.validate_body(schema, body) == expected


@pytest.mark.parametrize("body", [None, True, 1, 1.5, "x", [], [{}]])
def test_what_is_no_object_is_one_fault(body: Any) -> None:
    own = outcome(schemas.validate_body, schemas.UserCreate, body)
    assert own == outcome(shared.validate_body, shared.UserCreate, body)


@pytest.mark.parametrize("name", QUERIES)
@given(pairs=st.lists(st.tuples(PARAMETERS, LITERALS), max_size=6))
@settings(deadline=None, derandomize=True, database=None, max_examples=150)
def test_a_query_is_judged_as_by_the_shared_schemas(name: str, pairs: list[tuple[str, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schemas, "raw_query", lambda request: request.pairs)
        own = outcome(schemas.list_query, getattr(schemas, name), Request(pairs))
    assert own == outcome(shared.validate_query, getattr(shared, name), pairs)

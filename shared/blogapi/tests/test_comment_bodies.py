"""The body of a comment, and the query of an article's comments."""

import pytest

from blogapi.problems import Problem
from blogapi.queries import query_pairs
from blogapi.schemas import CommentCreate, CommentListQuery, validate_body, validate_query

ACCEPTED = {
    "x": "x",
    "a" * 2000: "a" * 2000,
    "😀" * 2000: "😀" * 2000,
    " \t\u3000x\n ": "x",
    " " * 3000 + "x": "x",
    "two\nlines": "two\nlines",
    "e\u0301": "e\u0301",
    "\u200b": "\u200b",
}


@pytest.mark.parametrize("body", ACCEPTED, ids=range(len(ACCEPTED)))
def test_a_text_is_trimmed_and_taken(body: str) -> None:
    assert validate_body(CommentCreate, {"body": body}).body == ACCEPTED[body]


REFUSED: list[tuple[object, dict[str, str]]] = [
    ({}, {"/body": "missing"}),
    ({"body": None}, {"/body": "type"}),
    ({"body": 1}, {"/body": "type"}),
    ({"body": ["x"]}, {"/body": "type"}),
    ({"body": ""}, {"/body": "too_short"}),
    ({"body": " \n"}, {"/body": "too_short"}),
    ({"body": "a" * 2001}, {"/body": "too_long"}),
    ({"body": "a\0"}, {"/body": "characters"}),
    ({"body": "\ud800" * 2001}, {"/body": "characters"}),
    ({"body": "x", "author": 1}, {"/author": "unknown"}),
    ({"text": "x"}, {"/body": "missing", "/text": "unknown"}),
    (["x"], {"": "type"}),
]


@pytest.mark.parametrize(("body", "faults"), REFUSED, ids=range(len(REFUSED)))
def test_any_other_body_is_refused_with_every_fault(body: object, faults: dict[str, str]) -> None:
    with pytest.raises(Problem) as problem:
        validate_body(CommentCreate, body)
    assert {fault.pointer: fault.code for fault in problem.value.faults} == faults


def test_comments_are_paged_and_neither_sorted_nor_narrowed() -> None:
    query = validate_query(CommentListQuery, query_pairs("skip=3&limit=1"))
    assert (query.skip, query.limit) == (3, 1)
    defaults = validate_query(CommentListQuery, [])
    assert (defaults.skip, defaults.limit) == (0, 20)
    with pytest.raises(Problem) as problem:
        validate_query(CommentListQuery, query_pairs("sort=created_at&author_id=1&q=x&limit=0"))
    told = {fault.pointer: fault.code for fault in problem.value.faults}
    assert told == {
        "query:author_id": "unknown",
        "query:limit": "too_small",
        "query:q": "unknown",
        "query:sort": "unknown",
    }

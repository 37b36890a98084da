"""Cursors: opaque, of the characters that the contract names, and refused where they never were one."""

import base64
import re
import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.cursors import format_cursor, parse_cursor
from blogapi.pagination import keyset_representation
from blogapi.problems import Problem
from blogapi.queries import query_pairs
from blogapi.records import Cursor
from blogapi.rules import ID_MAX
from blogapi.schemas import ArticleKeysetQuery, validate_query

MOMENT = datetime(2026, 1, 31, 9, 5, 0, 123456, tzinfo=UTC)
TEXT = format_cursor(Cursor(MOMENT, 7))
MOMENTS = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(MOMENTS, st.integers(1, ID_MAX))
def test_a_cursor_comes_back_as_it_was(moment: datetime, identity: int) -> None:
    text = format_cursor(Cursor(moment, identity))
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", text)
    assert parse_cursor(text) == Cursor(moment, identity)


def encoded(microseconds: int, identity: int) -> str:
    return base64.urlsafe_b64encode(struct.pack(">qQ", microseconds, identity)).decode().rstrip("=")


BAD = {
    "empty": "",
    "shorter": TEXT[:-1],
    "longer": TEXT + "A",
    "padded": TEXT + "==",
    "other-last-bits": TEXT[:-1] + chr(ord(TEXT[-1]) + 1),
    "the-other-alphabet": "+/" + TEXT[2:],
    "white-space": f" {TEXT}",
    "a-line": f"{TEXT}\n",
    "not-ascii": "é" * 22,
    "a-number": "7",
    "a-skip": "20",
    "no-id": encoded(0, 0),
    "an-id-too-large": encoded(0, ID_MAX + 1),
    "before-all-times": encoded(-(2**63), 7),
    "after-all-times": encoded(2**63 - 1, 7),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_never_was_a_cursor_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no cursor|only ASCII"):
        parse_cursor(text)


@given(st.text(max_size=30) | st.text("AZaz09_-", min_size=22, max_size=22))
def test_any_text_is_a_cursor_or_is_none(text: str) -> None:
    try:
        cursor = parse_cursor(text)
    except ValueError:
        return
    assert format_cursor(cursor) == text


def test_the_query_of_keyset_pages_knows_the_cursor() -> None:
    query = validate_query(ArticleKeysetQuery, query_pairs(f"after={TEXT}&limit=3&tag=a&author_id=2"))
    assert query.cursor == Cursor(MOMENT, 7)
    assert (query.limit, query.tag, query.author_id) == (3, "a", 2)
    first = validate_query(ArticleKeysetQuery, [])
    assert (first.cursor, first.limit, first.tag, first.author_id) == (None, 20, None, None)


FAULTS = {
    "after=": {"after": "invalid"},
    "after=20": {"after": "invalid"},
    f"after={TEXT}%0A": {"after": "invalid"},
    "after=%00": {"after": "characters"},
    "after=%FF": {"after": "characters"},
    f"after={TEXT}&after={TEXT}": {"after": "duplicate"},
    "limit=0&after=x": {"after": "invalid", "limit": "too_small"},
    "limit=101": {"limit": "too_large"},
    "skip=0&sort=title&q=a&published=true": dict.fromkeys(("published", "q", "skip", "sort"), "unknown"),
    "author_id=0&tag=A": {"author_id": "too_small", "tag": "invalid"},
}


@pytest.mark.parametrize("query", FAULTS)
def test_the_query_of_keyset_pages_tells_every_fault(query: str) -> None:
    with pytest.raises(Problem) as problem:
        validate_query(ArticleKeysetQuery, query_pairs(query))
    told = {fault.pointer: fault.code for fault in problem.value.faults}
    assert told == {f"query:{name}": code for name, code in FAULTS[query].items()}


def test_a_page_shows_the_cursor_or_null_at_the_end() -> None:
    following = Cursor(MOMENT + timedelta(seconds=1), 8)
    page = keyset_representation([{"id": 9}], limit=1, following=following)
    assert page == {"data": [{"id": 9}], "meta": {"limit": 1, "next": format_cursor(following)}}
    assert keyset_representation([], limit=20, following=None) == {"data": [], "meta": {"limit": 20, "next": None}}

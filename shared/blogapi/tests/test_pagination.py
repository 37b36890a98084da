"""Pages: their JSON, and their links at, on and past the end."""

import re
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.pagination import link_header, page_representation

PATH = "/api/v1/articles"


def links(
    total: int, skip: int, limit: int, pairs: list[tuple[str, str]] | None = None
) -> dict[str, list[tuple[str, str]]]:
    """The query of each relation, in the header's order."""
    value = link_header(PATH, pairs or [], total=total, skip=skip, limit=limit)
    found = re.findall(r'<([^>]*)>; rel="([a-z]+)"(?:, |$)', value or "")
    assert ", ".join(f'<{target}>; rel="{relation}"' for target, relation in found) == (value or "")
    assert all(target.startswith(PATH + "?") for target, _ in found)
    return {relation: parse_qsl(target.partition("?")[2], keep_blank_values=True) for target, relation in found}


def starts(total: int, skip: int, limit: int) -> dict[str, int]:
    """The `skip` of each relation."""
    return {relation: int(dict(query)["skip"]) for relation, query in links(total, skip, limit).items()}


PLACES = {
    "only-page": ((1, 0, 20), {"first": 0, "last": 0}),
    "exactly-one-page": ((20, 0, 20), {"first": 0, "last": 0}),
    "one-more-than-a-page": ((21, 0, 20), {"first": 0, "next": 20, "last": 20}),
    "first-of-three": ((60, 0, 20), {"first": 0, "next": 20, "last": 40}),
    "second-of-three": ((60, 20, 20), {"first": 0, "prev": 0, "next": 40, "last": 40}),
    "last-of-three": ((60, 40, 20), {"first": 0, "prev": 20, "last": 40}),
    "on-the-end": ((60, 60, 20), {"first": 0, "prev": 40, "last": 40}),
    "past-the-end": ((60, 1000, 20), {"first": 0, "prev": 980, "last": 40}),
    "far-past-the-end": ((60, 2**63 - 1, 20), {"first": 0, "prev": 2**63 - 21, "last": 40}),
    "between-pages": ((60, 5, 20), {"first": 0, "prev": 0, "next": 25, "last": 40}),
    "one-before-the-end": ((60, 59, 1), {"first": 0, "prev": 58, "last": 59}),
    "pages-of-one": ((3, 1, 1), {"first": 0, "prev": 0, "next": 2, "last": 2}),
}


@pytest.mark.parametrize(("place", "expected"), PLACES.values(), ids=PLACES.keys())
def test_links_lead_to_the_pages_that_there_are(place: tuple[int, int, int], expected: dict[str, int]) -> None:
    assert list(starts(*place).items()) == list(expected.items())


def test_an_empty_list_has_no_links() -> None:
    for skip in (0, 20):
        assert link_header(PATH, [], total=0, skip=skip, limit=20) is None


def test_a_link_is_written_as_the_contract_shows() -> None:
    value = link_header(PATH, [("tag", "a"), ("limit", "20")], total=1, skip=0, limit=20)
    assert value == (
        '</api/v1/articles?tag=a&skip=0&limit=20>; rel="first", </api/v1/articles?tag=a&skip=0&limit=20>; rel="last"'
    )


def test_other_parameters_are_kept_in_their_order_before_skip_and_limit() -> None:
    pairs = [("limit", "5"), ("q", 'a&b="c" <d>, é%+'), ("skip", "5"), ("sort", "-title"), ("tag", "")]
    for query in links(100, 5, 5, pairs).values():
        assert query[:2] == [("q", 'a&b="c" <d>, é%+'), ("sort", "-title")]
        assert [name for name, _ in query[-2:]] == ["skip", "limit"]
        assert query[-1] == ("limit", "5")


@given(st.integers(1, 500), st.integers(1, 100))
def test_who_follows_next_sees_every_row_once_and_ends_on_last(total: int, limit: int) -> None:
    skip, seen, place = 0, 0, starts(total, 0, limit)
    while "next" in place:
        seen += limit
        assert starts(total, place["next"], limit)["prev"] == skip
        skip, place = place["next"], starts(total, place["next"], limit)
    assert skip == place["last"]
    assert seen + limit >= total > seen


def test_a_page_tells_its_place() -> None:
    page = page_representation([{"id": 1}], total=7, skip=3, limit=1)
    assert page == {"data": [{"id": 1}], "meta": {"total": 7, "skip": 3, "limit": 1}}
    assert list(page) == ["data", "meta"]

"""The checks that a load makes of what it is answered."""

from types import ModuleType
from typing import Any

import pytest


def article(number: int, **members: object) -> dict[str, Any]:
    instant = f"2026-01-01T00:00:00.{number:06d}Z"
    plain = {"id": number, "title": "T", "content": "C", "published": True, "tags": [], "author": {}, "version": 1}
    return {**plain, "created_at": instant, "updated_at": instant, **members}


def page(*articles: dict[str, Any], total: int = 300) -> dict[str, Any]:
    return {"data": list(articles), "meta": {"total": total, "skip": 0, "limit": 2}}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (article(7), None),
        (article(8), "article has another id"),
        (article(7, title="Other"), "article has another title"),
        (article(7, extra=1), "article has other members"),
        ([], "article is no object"),
    ],
)
def test_an_article_must_be_the_one_of_the_list(checks: ModuleType, body: object, fault: str | None) -> None:
    assert checks.article_fault(body, article(7)) == fault


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (page(article(9), article(8)), None),
        (page(article(400), article(9), total=301), None),
        (page(article(8), article(9)), "page has another order"),
        (page(article(9)), "page has other rows"),
        (page(article(9), {"id": 8}), "page has other rows"),
        (page(article(9), article(8, title="Other")), "article has another title"),
        (page(article(9), article(8), total=299), "meta has a smaller total"),
        (page(article(9), article(8)) | {"more": 1}, "page has other members"),
        ({"data": {}, "meta": {}}, "page has members of other types"),
        ({"data": [], "meta": {"total": 300, "skip": 20, "limit": 2}}, "meta has another skip or limit"),
    ],
)
def test_a_page_may_move_down_but_never_be_wrong(checks: ModuleType, body: object, fault: str | None) -> None:
    known = {number: article(number) for number in (8, 9)}
    assert checks.page_fault(body, known=known, skip=0, limit=2, least_total=300) == fault


def test_the_last_page_is_as_long_as_its_total_says(checks: ModuleType) -> None:
    body = page(article(1), total=1)
    assert checks.page_fault(body, known={}, skip=0, limit=2, least_total=1) is None


@pytest.mark.parametrize(
    ("body", "location", "fault"),
    [
        (article(9), "/api/v1/articles/9", None),
        (article(9), "/api/v1/articles/8", "Location names another article"),
        (article(9), None, "Location names another article"),
        (article(9, title="Other"), "/api/v1/articles/9", "created article has another title"),
        (article(9, version=2), "/api/v1/articles/9", "created article has another version"),
        ({"id": 9}, "/api/v1/articles/9", "created article has other members"),
    ],
)
def test_a_created_article_must_be_what_was_sent(
    checks: ModuleType, body: object, location: str | None, fault: str | None
) -> None:
    assert checks.created_fault(body, {"title": "T"}, location) == fault


def keyset(*articles: dict[str, Any], following: str | None = "c2Vl") -> dict[str, Any]:
    return {"data": list(articles), "meta": {"limit": 2, "next": following}}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (keyset(article(9), article(8)), None),
        (keyset(article(400), article(9)), None),
        (keyset(article(9), following=None), None),
        (keyset(article(9)), "page has other rows"),
        (keyset(article(8), article(9)), "page has another order"),
        (keyset(article(9), article(8, title="Other")), "article has another title"),
        (page(article(9), article(8)), "page has members of other types"),
        (keyset(article(9), article(8)) | {"more": 1}, "page has other members"),
        ({"data": [], "meta": {"limit": 3, "next": None}}, "meta has another limit or next"),
        ({"data": [], "meta": {"limit": 2, "next": 7}}, "meta has another limit or next"),
    ],
)
def test_a_keyset_page_must_be_whole_and_in_order(checks: ModuleType, body: object, fault: str | None) -> None:
    known = {number: article(number) for number in (8, 9)}
    assert checks.keyset_fault(body, known=known, limit=2) == fault


def comment(number: int, **members: object) -> dict[str, Any]:
    plain = {"id": number, "article_id": 7, "author": {}, "body": "B", "created_at": f"2026-01-01T00:00:0{number}Z"}
    return {**plain, **members}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (page(comment(1), comment(2), total=2), None),
        (page(total=0), None),
        (page(comment(2), comment(1), total=2), "comments have another order"),
        (page(comment(1), total=2), "comments have other rows"),
        (page(comment(1), {"id": 2}, total=2), "comments have other rows"),
        (page(comment(1, article_id=8), total=1), "comment of another article"),
        (page(total=0) | {"more": 1}, "comments have other members"),
        ({"data": {}, "meta": {}}, "comments have members of other types"),
        ({"data": [], "meta": {"total": 0, "skip": 2, "limit": 2}}, "meta has another skip or limit"),
    ],
)
def test_comments_must_be_those_of_the_article(checks: ModuleType, body: object, fault: str | None) -> None:
    assert checks.comments_fault(body, article_id=7, limit=2) == fault


@pytest.mark.parametrize(
    ("body", "location", "fault"),
    [
        (comment(3), "/articles/7/comments/3", None),
        (comment(3), "/articles/7/comments/4", "Location names another comment"),
        (comment(3), None, "Location names another comment"),
        (comment(3, article_id=8), "/articles/7/comments/3", "created comment is of another article"),
        (comment(3, body="Other"), "/articles/7/comments/3", "created comment has another body"),
        ({"id": 3}, "/articles/7/comments/3", "created comment has other members"),
    ],
)
def test_a_created_comment_must_be_what_was_sent(
    checks: ModuleType, body: object, location: str | None, fault: str | None
) -> None:
    assert checks.comment_fault(body, {"body": "B"}, "/articles/7/comments", location) == fault


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"access_token": "t", "expires_in": 1800}, None),
        ({"access_token": None, "expires_in": 1800}, "no access_token"),
        ({"access_token": "t"}, "no expires_in"),
        (None, "no access_token"),
    ],
)
def test_a_token_must_say_how_long_it_lasts(checks: ModuleType, body: object, fault: str | None) -> None:
    assert checks.token_fault(body) == fault

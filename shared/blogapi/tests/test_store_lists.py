"""The statements about lists of articles, on a migrated database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from blogapi import rules
from blogapi.database import reading, writing
from blogapi.records import Actor, Article, User
from blogapi.store.article_lists import ArticleFilter, article_page
from blogapi.store.articles import article_get
from blogapi.store.users import actor_get, user_delete, user_update

AddUser = Callable[..., User]
AddArticle = Callable[..., Article]
Statements = Callable[[Engine], AbstractContextManager[list[tuple[str, tuple[object, ...]]]]]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)
ALL = ArticleFilter()


def titles(
    connection: Connection, narrow: ArticleFilter = ALL, *, actor: Actor | None = None, sort: str = "created_at"
) -> list[str]:
    """The titles of a list, whose total must be their number."""
    page = article_page(connection, actor=actor, narrow=narrow, skip=0, limit=100, sort=sort)
    assert page.total == len(page.items)
    return [article.title for article in page.items]


@pytest.fixture
def shelf(connection: Connection, add_user: AddUser, add_article: AddArticle) -> Connection:
    """Ada's and Bob's published articles and drafts: `a-published`, `a-draft`, `b-published`, `b-draft`."""
    add_user(connection, "root", role="admin")
    for name in ("ada", "bob"):
        author = add_user(connection, name, role="editor")
        for kind in ("published", "draft"):
            tags = [kind, name]
            add_article(connection, author, title=f"{name[0]}-{kind}", published=kind == "published", tags=tags)
    add_user(connection, "vic", role="viewer")
    return connection


PUBLISHED, EVERYTHING = ["a-published", "b-published"], ["a-published", "a-draft", "b-published", "b-draft"]
SEEN = {
    "nobody": (None, PUBLISHED),
    "viewer": (4, PUBLISHED),
    "ada": (2, ["a-published", "a-draft", "b-published"]),
    "bob": (3, ["a-published", "b-published", "b-draft"]),
    "root": (1, EVERYTHING),
}


@pytest.mark.parametrize(("actor_id", "expected"), SEEN.values(), ids=SEEN.keys())
def test_a_list_holds_what_the_caller_may_see(shelf: Connection, actor_id: int | None, expected: list[str]) -> None:
    actor = actor_get(shelf, user_id=actor_id) if actor_id else None
    assert titles(shelf, actor=actor) == expected
    for published in (True, False):
        kept = [title for title in expected if title.endswith("published") == published]
        assert titles(shelf, ArticleFilter(published=published), actor=actor) == kept


def test_an_author_who_is_a_viewer_now_sees_no_drafts(shelf: Connection) -> None:
    user_update(shelf, user_id=2, changes={"role": "viewer"}, now=LATER)
    assert titles(shelf, actor=actor_get(shelf, user_id=2)) == PUBLISHED


FILTERS = [
    (ArticleFilter(author_id=2), ["a-published", "a-draft"]),
    (ArticleFilter(author_id=1), []),
    (ArticleFilter(author_id=2**63 - 1), []),
    (ArticleFilter(tag="draft"), ["a-draft", "b-draft"]),
    (ArticleFilter(tag="draf"), []),
    (ArticleFilter(tag="nobody-has-this"), []),
    (ArticleFilter(title_part="A-"), ["a-published", "a-draft"]),
    (ArticleFilter(title_part="DRAFT"), ["a-draft", "b-draft"]),
    (ArticleFilter(author_id=2, tag="ada", published=False, title_part="dr"), ["a-draft"]),
    (ArticleFilter(author_id=2, tag="bob"), []),
]


@pytest.mark.parametrize(("narrow", "expected"), FILTERS, ids=range(len(FILTERS)))
def test_all_filters_must_hold(shelf: Connection, narrow: ArticleFilter, expected: list[str]) -> None:
    assert titles(shelf, narrow, actor=actor_get(shelf, user_id=1)) == expected


def test_the_articles_of_a_page_have_their_own_tags_and_authors(shelf: Connection) -> None:
    page = article_page(shelf, actor=None, narrow=ALL, skip=0, limit=10, sort="created_at")
    assert page.items == [article_get(shelf, article_id=article.id) for article in page.items]
    assert [article.tags for article in page.items] == [["ada", "published"], ["bob", "published"]]


SPECIAL = [
    "100%",
    "100",
    "a_b",
    "aXb",
    "a\\b",
    "a/b",
    "a/%b",
    "Straße",
    "STRASSE",
    "İstanbul",
    "Ωmega",
    "naïve",
    "nai\u0308ve",
]
SEARCHES = [
    ("%", ["100%", "a/%b"]),
    ("_", ["a_b"]),
    ("\\", ["a\\b"]),
    ("/", ["a/b", "a/%b"]),
    ("/%", ["a/%b"]),
    ("100", ["100%", "100"]),
    ("strasse", ["Straße", "STRASSE"]),
    ("STRAẞE", ["Straße", "STRASSE"]),
    ("ωMEGA", ["Ωmega"]),
    ("i\u0307STAN", ["İstanbul"]),
    ("NAÏVE", ["naïve"]),
    ("*", []),
    ("'", []),
]


@pytest.mark.parametrize(("part", "expected"), SEARCHES)
def test_a_search_is_literal_and_case_folded(
    connection: Connection, add_user: AddUser, add_article: AddArticle, part: str, expected: list[str]
) -> None:
    author = add_user(connection, "ada")
    for title in SPECIAL:
        add_article(connection, author, title=title)
    assert titles(connection, ArticleFilter(title_part=part)) == expected


SORTED = {
    "created_at": ["b", "b", "B", "é", "😀", "\uffff"],
    "-created_at": ["\uffff", "😀", "é", "B", "b", "b"],
    "title": ["B", "b", "b", "é", "\uffff", "😀"],
    "-title": ["😀", "\uffff", "é", "b", "b", "B"],
}


@pytest.mark.parametrize("sort", rules.ARTICLE_SORTS)
def test_articles_are_sorted_by_code_point_and_time_with_ties_by_id(
    connection: Connection, add_user: AddUser, add_article: AddArticle, sort: str
) -> None:
    author = add_user(connection, "ada")
    for title, moment in zip(SORTED["created_at"], [NOW, NOW, NOW, LATER, LATER, LATER], strict=True):
        add_article(connection, author, title=title, now=moment)
    assert titles(connection, sort=sort) == SORTED[sort]
    page = article_page(connection, actor=None, narrow=ALL, skip=0, limit=10, sort=sort)
    same = [article.id for article in page.items if article.title == "b"]
    assert same == sorted(same, reverse=sort.startswith("-"))


TEXT = st.text(st.characters(exclude_characters="\0") | st.sampled_from("%_\\/ßẞİK"), min_size=1, max_size=6)


def test_a_search_finds_what_python_finds(engine: Engine, add_user: AddUser, add_article: AddArticle) -> None:
    @given(TEXT, TEXT)
    def search(title: str, part: str) -> None:
        with writing(engine) as connection:
            author = add_user(connection, "ada")
            add_article(connection, author, title=title)
            found = titles(connection, ArticleFilter(title_part=part))
            user_delete(connection, user_id=author.id)
        assert found == ([title] if part.casefold() in title.casefold() else [])

    search()


def test_an_empty_page_has_its_total(shelf: Connection) -> None:
    for skip in (2, 100, 2**63 - 1):
        page = article_page(shelf, actor=None, narrow=ALL, skip=skip, limit=1, sort="title")
        assert (page.items, page.total) == ([], 2)


def test_the_number_of_statements_does_not_grow(engine: Engine, shelf: Connection, statements: Statements) -> None:
    shelf.commit()
    with reading(engine) as connection, statements(engine) as seen:
        article_get(connection, article_id=1)
        assert len(seen) == 2
        article_page(connection, actor=None, narrow=ALL, skip=0, limit=20, sort="-created_at")
        assert len(seen) == 5

"""Keyset pages of articles: each once, newest first, of those that the caller may see."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from blogapi.database import reading, writing
from blogapi.records import Actor, Article, Cursor, User
from blogapi.store.article_lists import ArticleFilter, article_page, article_slice
from blogapi.store.articles import article_delete, article_get
from blogapi.store.users import actor_get, user_update

AddUser = Callable[..., User]
AddArticle = Callable[..., Article]
Statements = Callable[[Engine], AbstractContextManager[list[tuple[str, tuple[object, ...]]]]]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
ALL = ArticleFilter()


def slices(
    connection: Connection, *, limit: int, actor: Actor | None = None, narrow: ArticleFilter = ALL
) -> Iterator[list[Article]]:
    """Walk from the first page to the last."""
    after: Cursor | None = None
    while True:
        found = article_slice(connection, actor=actor, narrow=narrow, after=after, limit=limit)
        yield found.items
        if found.next is None:
            return
        assert len(found.items) == limit
        assert found.next == (found.items[-1].created_at, found.items[-1].id)
        after = found.next


def ids(pages: Iterator[list[Article]]) -> list[int]:
    return [article.id for article in chain.from_iterable(pages)]


def add_many(connection: Connection, author: User, add_article: AddArticle, seconds: list[int]) -> None:
    """Articles in that order, of those seconds; every third one a draft, tagged by their numbers."""
    for number, second in enumerate(seconds):
        moment = NOW + timedelta(seconds=second)
        tags = sorted({"all", f"t{number % 2}"})
        add_article(connection, author, now=moment, published=number % 3 != 0, tags=tags)


@pytest.fixture
def library(connection: Connection, add_user: AddUser, add_article: AddArticle) -> Connection:
    """Thirty articles in an order of their own, many of the same second, by Ada (2) and Bob (3)."""
    add_user(connection, "root", role="admin")
    for name in ("ada", "bob"):
        author = add_user(connection, name, role="editor")
        add_many(connection, author, add_article, [5, 1, 1, 9, 3, 1, 7, 1, 5, 5, 2, 9, 1, 0, 8])
    add_user(connection, "vic", role="viewer")
    return connection


ACTORS = {"nobody": None, "admin": 1, "ada": 2, "bob": 3, "viewer": 4}
FILTERS = [
    ALL,
    ArticleFilter(author_id=2),
    ArticleFilter(tag="t1"),
    ArticleFilter(author_id=3, tag="t0"),
    ArticleFilter(tag="x"),
]


@pytest.mark.parametrize("narrow", FILTERS, ids=lambda narrow: "-".join(sorted(narrow.names())) or "all")
@pytest.mark.parametrize("actor_id", ACTORS.values(), ids=ACTORS.keys())
@pytest.mark.parametrize("limit", [1, 2, 7, 20, 100])
def test_the_slices_are_the_list_in_pieces(
    library: Connection, actor_id: int | None, narrow: ArticleFilter, limit: int
) -> None:
    actor = actor_get(library, user_id=actor_id) if actor_id else None
    listed = article_page(library, actor=actor, narrow=narrow, skip=0, limit=100, sort="-created_at")
    assert [*chain.from_iterable(slices(library, limit=limit, actor=actor, narrow=narrow))] == listed.items


def test_the_newest_come_first_and_ties_by_descending_id(library: Connection) -> None:
    keys = [(article.created_at, article.id) for page in slices(library, limit=4) for article in page]
    assert all(first > second for first, second in pairwise(keys))
    assert len({created_at for created_at, _ in keys}) < len(keys)


def test_each_article_has_its_own_tags_and_author(library: Connection) -> None:
    for article in chain.from_iterable(slices(library, limit=5)):
        assert article == article_get(library, article_id=article.id)


def test_an_author_who_is_a_viewer_now_sees_no_drafts(library: Connection) -> None:
    user_update(library, user_id=2, changes={"role": "viewer"}, now=NOW)
    assert ids(slices(library, limit=4, actor=actor_get(library, user_id=2))) == ids(slices(library, limit=4))


@pytest.mark.parametrize("count", [19, 20, 21])
def test_the_end_is_told_on_the_last_page(
    connection: Connection, add_user: AddUser, add_article: AddArticle, count: int
) -> None:
    author = add_user(connection, "ada")
    for _ in range(count):
        add_article(connection, author)
    found = article_slice(connection, actor=None, narrow=ALL, after=None, limit=20)
    assert (len(found.items), found.next is None) == (min(count, 20), count <= 20)


def test_an_empty_list_has_one_empty_page(connection: Connection) -> None:
    assert article_slice(connection, actor=None, narrow=ALL, after=None, limit=1) == ([], None)


def test_after_a_place_where_nothing_is_any_more_come_those_that_follow(library: Connection) -> None:
    whole = ids(slices(library, limit=100))
    first = article_slice(library, actor=None, narrow=ALL, after=None, limit=3)
    assert article_delete(library, article_id=whole[2])
    rest = article_slice(library, actor=None, narrow=ALL, after=first.next, limit=100)
    assert [article.id for article in rest.items] == whole[3:]


SECONDS = st.integers(0, 3)
# What happens between two pages: an article of that second is added, or the one of that number is deleted.
EVENTS = st.lists(st.tuples(st.booleans(), SECONDS), max_size=6)


def test_a_walk_gives_each_article_that_stays_once_whatever_comes_and_goes(
    engine: Engine, add_user: AddUser, add_article: AddArticle
) -> None:
    with writing(engine) as connection:
        author = add_user(connection, "ada")

    def add(connection: Connection, second: int) -> int:
        return add_article(connection, author, now=NOW + timedelta(seconds=second)).id

    @given(st.lists(SECONDS, min_size=4, max_size=12), EVENTS, st.integers(1, 3))
    def walk(seconds: list[int], events: list[tuple[bool, int]], limit: int) -> None:
        with writing(engine) as connection:
            there = [add(connection, second) for second in seconds]
            staying, seen = set(there), []
            for page in slices(connection, limit=limit):
                seen += [article.id for article in page]
                is_new, number = events.pop() if events else (True, 3)
                if is_new:
                    there.append(add(connection, number))
                else:
                    article_delete(connection, article_id=there[number])
                    staying.discard(there[number])
            for article_id in there:
                article_delete(connection, article_id=article_id)
        assert len(seen) == len(set(seen))
        assert staying <= set(seen)

    walk()


def test_a_slice_is_two_statements_and_counts_nothing(
    engine: Engine, library: Connection, statements: Statements
) -> None:
    library.commit()
    with reading(engine) as connection, statements(engine) as seen:
        for after in (None, Cursor(NOW + timedelta(seconds=5), 7)):
            article_slice(connection, actor=None, narrow=ALL, after=after, limit=20)
    assert len(seen) == 4
    assert not [text for text, _ in seen if "count(" in text.lower()]

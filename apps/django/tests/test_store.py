"""The store of this variant against that of the others: the same rows and texts in as many statements."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from sqlalchemy import Engine

from blogapi import rules
from blogapi.database import create_engine, reading, writing
from blogapi.problems import Problem
from blogapi.records import Actor, Author, Cursor
from blogapi.settings import Settings
from blogapi.store import article_lists as shared_lists
from blogapi.store import articles as shared_articles
from blogapi.store import users as shared_users
from django_app.authentication import AuthenticatedActor
from django_app.store import article_lists, articles, users

ON_THE_SECOND = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
ACTORS = {
    "anonymous": None,
    "viewer": Actor(8, "viewer-003", "A viewer", 1, "viewer", True),
    "editor": Actor(2, "editor-001", "An editor", 1, "editor", True),
    "admin": Actor(1, "admin", "The administrator", 1, "admin", True),
}
FILTERS = [
    shared_lists.ArticleFilter(),
    shared_lists.ArticleFilter(published=True),
    shared_lists.ArticleFilter(published=False),
    shared_lists.ArticleFilter(author_id=2, tag="http"),
    shared_lists.ArticleFilter(author_id=rules.ID_MAX),
    shared_lists.ArticleFilter(title_part="PART 1"),
    shared_lists.ArticleFilter(title_part="%"),
    shared_lists.ArticleFilter(tag="api", published=True, title_part="o"),
]
SLICES = [(0, 20), (5, 3), (10_000, 100), (rules.ID_MAX, 100)]


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    """The same database as the other variants see it."""
    opened = create_engine(Settings(database_url=f"sqlite:///{database}"))
    yield opened
    opened.dispose()


def explained(statement: str) -> str:
    """What SQLite does for a statement."""
    with connection.cursor() as cursor:
        return str(cursor.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall())


@pytest.fixture
def undone() -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("narrow", FILTERS, ids=str)
def test_a_page_of_articles_is_that_of_the_shared_store(
    engine: Engine, name: str, narrow: shared_lists.ArticleFilter
) -> None:
    for (skip, limit), sort in product(SLICES, rules.ARTICLE_SORTS):
        with reading(engine) as opened:
            expected = shared_lists.article_page(
                opened, actor=ACTORS[name], narrow=narrow, skip=skip, limit=limit, sort=sort
            )
        listing = article_lists.article_listing(
            actor=ACTORS[name], narrow=article_lists.ArticleFilter(*narrow), sort=sort
        )
        assert (listing[skip : skip + limit], listing.count()) == (expected.items, expected.total)


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("narrow", FILTERS, ids=str)
def test_a_walk_by_keyset_is_that_of_the_shared_store(
    engine: Engine, name: str, narrow: shared_lists.ArticleFilter
) -> None:
    after: Cursor | None = None
    for _ in range(30):
        with reading(engine) as opened:
            expected = shared_lists.article_slice(opened, actor=ACTORS[name], narrow=narrow, after=after, limit=50)
        own = article_lists.ArticleFilter(*narrow)
        assert article_lists.article_slice(actor=ACTORS[name], narrow=own, after=after, limit=50) == expected
        after = expected.next
        if after is None:
            return
    raise AssertionError("a walk without end")


@pytest.mark.parametrize("sort", rules.USER_SORTS)
def test_a_page_of_users_is_that_of_the_shared_store(engine: Engine, sort: str) -> None:
    for skip, limit in SLICES:
        with reading(engine) as opened:
            expected = shared_users.user_page(opened, skip=skip, limit=limit, sort=sort)
        listing = users.user_listing(sort=sort)
        assert (listing[skip : skip + limit], listing.count()) == (expected.items, expected.total)


@pytest.mark.parametrize("identity", [1, 3, 10, 10**6])
def test_one_row_is_that_of_the_shared_store(engine: Engine, identity: int) -> None:
    with reading(engine) as opened:
        assert articles.article_get(article_id=identity) == shared_articles.article_get(opened, article_id=identity)
        assert users.user_get(user_id=identity) == shared_users.user_get(opened, user_id=identity)
        assert users.actor_get(user_id=identity, kind=Actor) == shared_users.actor_get(opened, user_id=identity)


@pytest.mark.parametrize("login", ["admin", "ADMIN", "Editor-001@Example.COM", "nobody", ""])
def test_credentials_are_those_of_the_shared_store(engine: Engine, login: str) -> None:
    with reading(engine) as opened:
        assert users.credentials_get(login=login) == shared_users.credentials_get(opened, login=login)


def test_a_time_is_kept_as_the_text_that_the_other_variants_keep(engine: Engine, database: Path) -> None:
    for number, moment in enumerate([ON_THE_SECOND, ON_THE_SECOND.replace(microsecond=120)]):
        values = {"email": "{}@example.com", "name": "A name", "age": None}
        with writing(engine) as opened:
            shared = {"username": f"theirs-{number}", **values, "email": f"theirs-{number}@example.com"}
            shared_users.user_insert(opened, values=shared, password_hash="", now=moment)
        with transaction.atomic():
            own = {"username": f"ours-{number}", **values, "email": f"ours-{number}@example.com"}
            users.user_insert(values=own, password_hash="", now=moment)
        query = "SELECT created_at, updated_at FROM users WHERE username LIKE ? ORDER BY id"
        with sqlite3.connect(database) as plain:
            theirs, ours = plain.execute(query, [f"%-{number}"]).fetchall()[-2:]
        plain.close()
        assert ours == theirs


@pytest.mark.usefixtures("undone")
def test_what_is_written_is_what_is_read_afterwards() -> None:
    author = Author(2, "editor-001", "Changed below", 1)
    values = {"title": "ẞ title", "content": "Text.", "published": False, "tags": ["a", "b"]}
    written = articles.article_insert(author=author, values=values, now=ON_THE_SECOND)
    changed = articles.article_update(article=written, changes={"tags": ["c"]}, now=datetime.now(UTC))
    assert changed is not None
    assert changed == articles.article_get(article_id=written.id)
    assert (changed.version, changed.tags, changed.title) == (2, ["c"], "ẞ title")
    found = article_lists.article_listing(
        actor=ACTORS["admin"], narrow=article_lists.ArticleFilter(title_part="SS TITLE"), sort="-created_at"
    )
    assert found[0:2] == [changed]


@pytest.mark.usefixtures("undone")
def test_a_deleted_user_takes_articles_and_tags_along_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert users.user_delete(user_id=2)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "DELETE"]
    nothing = article_lists.article_listing(
        actor=ACTORS["admin"], narrow=article_lists.ArticleFilter(author_id=2), sort="title"
    )
    assert nothing.count() == 0


@pytest.mark.usefixtures("undone")
def test_the_statements_of_a_request_are_within_the_budget() -> None:
    values = {"title": "A title", "content": "Text.", "published": True, "tags": ["a", "b"]}
    everything = article_lists.ArticleFilter()
    listing = article_lists.article_listing(actor=None, narrow=everything, sort="-created_at")
    budget: list[tuple[int, Callable[[], object]]] = [
        (2, lambda: articles.article_get(article_id=1)),
        (3, lambda: (listing.count(), listing[0:100])),
        (2, lambda: article_lists.article_slice(actor=None, narrow=everything, after=None, limit=100)),
        (2, lambda: articles.article_insert(author=Author(2, "", "", 1), values=values, now=ON_THE_SECOND)),
        (1, lambda: articles.article_delete(article_id=1)),
        (1, lambda: users.actor_get(user_id=1, kind=AuthenticatedActor)),
    ]
    for statements, work in budget:
        with CaptureQueriesContext(connection) as queries:
            work()
        assert len(queries) == statements


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("sort", rules.ARTICLE_SORTS)
def test_a_list_is_read_in_the_order_of_an_index(name: str, sort: str) -> None:
    listing = article_lists.article_listing(actor=ACTORS[name], narrow=article_lists.ArticleFilter(), sort=sort)
    with CaptureQueriesContext(connection) as queries:
        assert listing[0:20]
    assert "TEMP B-TREE" not in explained(queries[0]["sql"])


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("after", [None, Cursor(ON_THE_SECOND, 500)], ids=["first", "later"])
def test_a_slice_is_a_walk_along_an_index_from_where_the_last_one_ended(name: str, after: Cursor | None) -> None:
    with CaptureQueriesContext(connection) as queries:
        article_lists.article_slice(actor=ACTORS[name], narrow=article_lists.ArticleFilter(), after=after, limit=20)
    plan = explained(queries[0]["sql"])
    assert "TEMP B-TREE" not in plan and "MULTI-INDEX OR" not in plan
    assert ("created_at<?" in plan) == (after is not None)


def test_an_author_who_was_deleted_meanwhile_has_no_valid_token_any_more() -> None:
    values = {"title": "A title", "content": "Text.", "published": True, "tags": []}
    with pytest.raises(Problem, match="invalid_token"), transaction.atomic():
        articles.article_insert(author=Author(10**6, "", "", 1), values=values, now=ON_THE_SECOND)

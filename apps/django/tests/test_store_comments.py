"""Comments in the store of this variant against that of the others."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from sqlalchemy import Engine

from blogapi.database import create_engine, reading, writing
from blogapi.problems import Problem
from blogapi.records import Author, Comment
from blogapi.settings import Settings
from blogapi.store import comments as shared
from django_app.store import articles, comments

NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
EDITOR = Author(2, "editor-001", "An editor", 1)
NOBODY = Author(10**6, "", "", 1)
ARTICLE = 3


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    """The same database as the other variants see it."""
    opened = create_engine(Settings(database_url=f"sqlite:///{database}"))
    yield opened
    opened.dispose()


@pytest.fixture
def written(engine: Engine) -> Iterator[list[Comment]]:
    """Comments that the shared store has written: two of one time, and an older one after them."""
    with writing(engine) as opened:
        written = [
            shared.comment_insert(opened, article_id=ARTICLE, author=EDITOR, values={"body": body}, now=NOW - age)
            for body, age in [("ẞ", timedelta()), ("second", timedelta()), ("older", timedelta(days=1))]
        ]
    yield written
    with writing(engine) as opened:
        for comment in written:
            shared.comment_delete(opened, article_id=ARTICLE, comment_id=comment.id)


def test_a_page_of_comments_is_that_of_the_shared_store(engine: Engine, written: list[Comment]) -> None:
    listing = comments.comment_listing(article_id=ARTICLE)
    for skip, limit in itertools.product((0, 1, 10), (1, 2, 100)):
        with reading(engine) as opened:
            expected = shared.comment_page(opened, article_id=ARTICLE, skip=skip, limit=limit)
        assert (listing[skip : skip + limit], listing.count()) == (expected.items, expected.total)
    assert [comment.id for comment in listing[0:3]] == [written[place].id for place in (2, 0, 1)]


def test_one_comment_is_that_of_the_shared_store_and_of_its_article(engine: Engine, written: list[Comment]) -> None:
    for article_id, comment in itertools.product((ARTICLE, ARTICLE + 1), written):
        with reading(engine) as opened:
            expected = shared.comment_get(opened, article_id=article_id, comment_id=comment.id)
        assert comments.comment_get(article_id=article_id, comment_id=comment.id) == expected
        assert (expected is None) == (article_id != ARTICLE)


def test_what_is_written_is_what_is_read_afterwards() -> None:
    author = articles.article_get(article_id=ARTICLE)
    assert author is not None
    with transaction.atomic():
        written = comments.comment_insert(article_id=ARTICLE, author=author.author, values={"body": "x"}, now=NOW)
        assert comments.comment_get(article_id=ARTICLE, comment_id=written.id) == written
        assert comments.comment_delete(article_id=ARTICLE, comment_id=written.id)
        assert not comments.comment_delete(article_id=ARTICLE, comment_id=written.id)


@pytest.mark.parametrize(
    ("article_id", "author", "code"), [(10**6, EDITOR, "not_found"), (ARTICLE, NOBODY, "invalid_token")]
)
def test_what_was_deleted_meanwhile_takes_no_comment(article_id: int, author: Author, code: str) -> None:
    with pytest.raises(Problem, match=code), transaction.atomic():
        comments.comment_insert(article_id=article_id, author=author, values={"body": "x"}, now=NOW)


def test_the_statements_of_a_request_are_within_the_budget(written: list[Comment]) -> None:
    listing = comments.comment_listing(article_id=ARTICLE)
    budget: list[tuple[list[str], Callable[[], object]]] = [
        (["SELECT", "SELECT"], lambda: (listing.count(), listing[0:100])),
        (["SELECT"], lambda: comments.comment_get(article_id=ARTICLE, comment_id=written[0].id)),
        (["DELETE"], lambda: comments.comment_delete(article_id=ARTICLE, comment_id=written[0].id)),
    ]
    for statements, work in budget:
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            work()
        assert [query["sql"].split()[0] for query in queries] == statements


def test_a_page_is_read_in_the_order_of_an_index() -> None:
    listing = comments.comment_listing(article_id=ARTICLE)
    with CaptureQueriesContext(connection) as queries:
        listing[0:20]
    with connection.cursor() as cursor:
        plan = cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}").fetchall()
    assert "TEMP B-TREE" not in str(plan)

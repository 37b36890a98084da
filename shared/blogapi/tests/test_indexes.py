"""What SQLite does with the store's own statements: each order and each filter of the contract goes by an index."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from blogapi import rules
from blogapi.database import reading, writing
from blogapi.records import Actor, Cursor
from blogapi.seed import seed
from blogapi.settings import Settings
from blogapi.store.article_lists import ArticleFilter, article_page, article_slice
from blogapi.store.articles import article_get
from blogapi.store.comments import comment_get, comment_page
from blogapi.store.users import actor_get, credentials_get, user_get, user_page

Statements = Callable[[Engine], AbstractContextManager[list[tuple[str, tuple[object, ...]]]]]
Plans = Callable[[Callable[[Connection], object]], list[list[str]]]
ACTORS = {
    "nobody": None,
    "editor": Actor(2, "editor-001", "x", 1, "editor", is_active=True),
    "admin": Actor(1, "admin", "x", 1, "admin", is_active=True),
}


@pytest.fixture(scope="module")
def library(
    migrated: Path,
    tmp_path_factory: pytest.TempPathFactory,
    open_database: Callable[[Path], Engine],
    settings: Settings,
) -> Iterator[Engine]:
    """A seeded and analysed database, as `python -m blogapi seed` leaves it."""
    engine = open_database(Path(shutil.copy(migrated, tmp_path_factory.mktemp("library") / "seeded.sqlite3")))
    with writing(engine) as connection:
        seed(connection, settings, user_count=100, article_count=3000)
    with reading(engine) as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    yield engine
    engine.dispose()


@pytest.fixture
def plans(library: Engine, statements: Statements) -> Plans:
    """Give the steps of the plan of each statement that a function of the store runs."""

    def explain(run: Callable[[Connection], object]) -> list[list[str]]:
        with reading(library) as connection:
            with statements(library) as seen:
                run(connection)
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            return [
                [str(row[3]) for row in raw.execute("EXPLAIN QUERY PLAN " + text, parameters)]
                for text, parameters in seen
            ]

    return explain


def expect_index(plan: list[str]) -> None:
    """Hold a plan against tables that are read from end to end."""
    for step in plan:
        assert re.fullmatch(r"SCAN (users|articles|article_tags|comments)", step) is None, plan


def expect_order_by_index(plan: list[str]) -> None:
    """Hold a plan against sorting."""
    expect_index(plan)
    assert not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.parametrize("sort", rules.USER_SORTS)
def test_users_come_in_the_order_of_an_index(plans: Plans, sort: str) -> None:
    count, page = plans(lambda connection: user_page(connection, skip=0, limit=20, sort=sort))
    expect_index(count)
    member = sort.removeprefix("-")
    assert page == [f"SCAN users USING INDEX users_{member}_id_idx"]


@pytest.mark.parametrize("sort", rules.ARTICLE_SORTS)
@pytest.mark.parametrize("actor", ACTORS)
def test_articles_come_in_the_order_of_an_index(plans: Plans, actor: str, sort: str) -> None:
    _, page, tags = plans(
        lambda connection: article_page(
            connection, actor=ACTORS[actor], narrow=ArticleFilter(), skip=0, limit=20, sort=sort
        )
    )
    expect_order_by_index(page)
    assert tags == ["SEARCH article_tags USING PRIMARY KEY (article_id=?)"]


FILTERS = [
    ArticleFilter(author_id=3),
    ArticleFilter(tag="api"),
    ArticleFilter(published=True),
    ArticleFilter(published=False),
    ArticleFilter(title_part="routing"),
    ArticleFilter(3, "api", True, "routing"),
]


@pytest.mark.parametrize("narrow", FILTERS, ids=lambda narrow: "-".join(sorted(narrow.names())))
@pytest.mark.parametrize("actor", ACTORS)
def test_each_filter_goes_by_an_index_and_the_default_order_needs_no_sorting(
    plans: Plans, actor: str, narrow: ArticleFilter
) -> None:
    _, page, _ = plans(
        lambda connection: article_page(
            connection, actor=ACTORS[actor], narrow=narrow, skip=0, limit=20, sort=rules.SORT_DEFAULT
        )
    )
    expect_order_by_index(page)


NARROWED = [ArticleFilter(), ArticleFilter(author_id=3), ArticleFilter(tag="api"), ArticleFilter(3, "api")]


@pytest.mark.parametrize("depth", ["first", "middle", "last"])
@pytest.mark.parametrize("narrow", NARROWED, ids=lambda narrow: "-".join(sorted(narrow.names())) or "all")
@pytest.mark.parametrize("actor", ACTORS)
def test_a_keyset_page_walks_along_an_index_from_where_it_begins(
    plans: Plans, library: Engine, actor: str, narrow: ArticleFilter, depth: str
) -> None:
    with reading(library) as connection:
        times = connection.exec_driver_sql("SELECT id, created_at FROM articles ORDER BY created_at, id").all()
    identity, created_at = times[len(times) // 2 if depth == "middle" else 5]
    after = None if depth == "first" else Cursor(datetime.fromisoformat(created_at).replace(tzinfo=UTC), identity)
    page, _ = plans(
        lambda connection: article_slice(connection, actor=ACTORS[actor], narrow=narrow, after=after, limit=20)
    )
    expect_order_by_index(page)
    if after is not None:
        bounded = re.compile(r"SEARCH articles USING INDEX articles_\w+ \(.*created_at<\?\)")
        assert [step for step in page if bounded.match(step)]


def test_the_comments_of_an_article_come_in_the_order_of_an_index(plans: Plans) -> None:
    count, page = plans(lambda connection: comment_page(connection, article_id=1, skip=0, limit=20))
    assert [step for step in count if "INDEX comments_article_id_created_at_id_idx (article_id=?)" in step]
    assert "SEARCH comments USING INDEX comments_article_id_created_at_id_idx (article_id=?)" in page
    expect_order_by_index(page)


COUNTED = {
    "author_id": (ArticleFilter(author_id=3), "articles_author_id_"),
    "published": (ArticleFilter(published=False), "articles_published_"),
    "nothing": (ArticleFilter(), "articles_"),
}


@pytest.mark.parametrize(("narrow", "index"), COUNTED.values(), ids=COUNTED.keys())
@pytest.mark.parametrize("actor", ["nobody", "admin"])
def test_a_list_is_counted_by_an_index(plans: Plans, actor: str, narrow: ArticleFilter, index: str) -> None:
    count, _, _ = plans(
        lambda connection: article_page(
            connection, actor=ACTORS[actor], narrow=narrow, skip=0, limit=20, sort=rules.SORT_DEFAULT
        )
    )
    assert len(count) == 1
    assert f"INDEX {index}" in count[0]


@pytest.mark.parametrize(
    "narrow", [ArticleFilter(), ArticleFilter(author_id=3), ArticleFilter(published=True), ArticleFilter(3, None, True)]
)
def test_the_list_of_an_editor_is_counted_by_an_index_that_holds_all_that_it_asks(
    plans: Plans, narrow: ArticleFilter
) -> None:
    count, _, _ = plans(
        lambda connection: article_page(
            connection, actor=ACTORS["editor"], narrow=narrow, skip=0, limit=20, sort=rules.SORT_DEFAULT
        )
    )
    assert len(count) == 1
    assert "USING COVERING INDEX articles_author_id_published_idx" in count[0]


BY_KEY: dict[str, tuple[Callable[[Connection], object], list[str]]] = {
    "article": (lambda connection: article_get(connection, article_id=1), ["articles", "users", "article_tags"]),
    "user": (lambda connection: user_get(connection, user_id=1), ["users"]),
    "actor": (lambda connection: actor_get(connection, user_id=1), ["users"]),
    "comment": (lambda connection: comment_get(connection, article_id=1, comment_id=1), ["comments", "users"]),
}


@pytest.mark.parametrize(("read", "tables"), BY_KEY.values(), ids=BY_KEY.keys())
def test_one_row_is_found_by_its_key(plans: Plans, read: Callable[[Connection], object], tables: list[str]) -> None:
    steps = [step for plan in plans(read) for step in plan]
    assert [step.split()[1] for step in steps] == tables
    assert all(re.match(r"SEARCH \w+ USING (INTEGER )?PRIMARY KEY", step) for step in steps)


def test_a_log_in_is_found_by_the_indexes_on_lower_case(plans: Plans) -> None:
    (plan,) = plans(lambda connection: credentials_get(connection, login="Admin"))
    assert "SEARCH users USING INDEX users_username_lower_key (<expr>=?)" in plan
    assert "SEARCH users USING INDEX users_email_lower_key (<expr>=?)" in plan

"""The database of the bare handlers gives what the store gives, by the store's own statements."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing

import pytest
from sqlalchemy import Engine

from blogapi.bare import NOT_FOUND, Statements, Store, open_async_store
from blogapi.database import reading, writing
from blogapi.jsonbody import dump_json, parse_json
from blogapi.pagination import page_representation
from blogapi.records import Article, User
from blogapi.representations import article_representation
from blogapi.settings import Settings
from blogapi.store.article_lists import ArticleFilter, article_page
from blogapi.store.articles import article_get

MakeSettings = Callable[..., Settings]
AddUser = Callable[..., User]
AddArticle = Callable[..., Article]
Recorded = Callable[[Engine], AbstractContextManager[list[tuple[str, tuple[object, ...]]]]]
DRAFT, NOTHING = 3, 99


@pytest.fixture
def shelf(engine: Engine, add_user: AddUser, add_article: AddArticle) -> Engine:
    """Four articles of one author: the third is a draft, the last has no tags."""
    with writing(engine) as connection:
        ada = add_user(connection, "ada", role="editor")
        for number, tags in enumerate([["x", "y"], ["y"], ["x"], []], start=1):
            add_article(connection, ada, title=f"Title {number} ünï", published=number != DRAFT, tags=tags)
    return engine


@pytest.fixture
def bare_settings(shelf: Engine, make_settings: MakeSettings) -> Settings:
    """Of the same database."""
    return make_settings(database_url=str(shelf.url), database_pool_size=2)


@pytest.fixture
def store(bare_settings: Settings) -> Iterator[Store]:
    with closing(Store(bare_settings)) as opened:
        yield opened


def page_of_the_store(engine: Engine, *, skip: int, limit: int) -> bytes:
    """The body that the shipped variants make."""
    with reading(engine) as connection:
        page = article_page(connection, actor=None, narrow=ArticleFilter(), skip=skip, limit=limit, sort="-created_at")
    data = [article_representation(article) for article in page.items]
    return dump_json(page_representation(data, total=page.total, skip=skip, limit=limit))


def article_of_the_store(engine: Engine, article_id: int) -> bytes:
    """The body that the shipped variants make."""
    with reading(engine) as connection:
        article = article_get(connection, article_id=article_id)
    assert article is not None
    return dump_json(article_representation(article))


@pytest.mark.parametrize("article_id", [1, 2, 4])
def test_an_article_is_the_stores_to_the_byte(shelf: Engine, store: Store, article_id: int) -> None:
    assert store.article(article_id) == article_of_the_store(shelf, article_id)


@pytest.mark.parametrize("article_id", [DRAFT, NOTHING])
def test_what_the_public_may_not_see_is_nothing(store: Store, article_id: int) -> None:
    assert store.article(article_id) is None


@pytest.mark.parametrize(("skip", "limit"), [(0, 20), (1, 1), (2, 5), (10, 20)])
def test_a_page_is_the_stores_to_the_byte(shelf: Engine, store: Store, skip: int, limit: int) -> None:
    assert store.page(skip, limit) == page_of_the_store(shelf, skip=skip, limit=limit)


def test_the_statements_are_those_that_the_store_sends(shelf: Engine, statements: Recorded) -> None:
    bare = Statements(shelf.url)
    with statements(shelf) as seen:
        article_of_the_store(shelf, 1)
        page_of_the_store(shelf, skip=0, limit=20)
    sent = [(text, parameters) for text, parameters in seen]
    assert sent[:4] == [(bare.article, (1,)), (bare.tags, (1,)), (bare.count, ()), (bare.page, (20, 0))]
    assert sent[4][0] == bare.tags_of_many(3)


def test_an_event_loop_gets_the_same(shelf: Engine, bare_settings: Settings) -> None:
    async def ask() -> tuple[bytes | None, bytes | None, bytes]:
        store = await open_async_store(bare_settings)
        try:
            return await store.article(1), await store.article(DRAFT), await store.page(1, 2)
        finally:
            await store.close()

    found, draft, page = asyncio.run(ask())
    assert found == article_of_the_store(shelf, 1)
    assert draft is None
    assert page == page_of_the_store(shelf, skip=1, limit=2)


def test_a_connection_is_given_back_after_a_failure(store: Store) -> None:
    for _ in range(3):
        with pytest.raises(OverflowError):
            store.article(2**63)
    assert store.article(1) is not None


def test_what_is_not_found_says_so_without_an_id_of_the_request() -> None:
    members = parse_json(NOT_FOUND)
    assert (members["status"], members["code"]) == (404, "not_found")
    assert "request_id" not in members

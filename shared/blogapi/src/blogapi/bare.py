"""The database of the bare handlers: the store's own statements by the bare drivers, and rows made into JSON.

A bare handler shows what a framework can do at best, beside what it does in the API that is shipped: no token, no
preconditions, no limits, and nothing that makes good a connection that has been lost. It is for measuring only.
"""

import sqlite3
from asyncio import LifoQueue, get_running_loop
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from queue import SimpleQueue
from typing import Any, Protocol

import psycopg
from sqlalchemy import URL, Dialect, Select, create_engine, make_url

from blogapi.database import SQLITE_PRAGMAS, postgres_options
from blogapi.jsonbody import dump_json
from blogapi.pagination import page_representation
from blogapi.problems import Problem
from blogapi.representations import JsonObject
from blogapi.rules import LIMIT_DEFAULT, SORT_DEFAULT
from blogapi.settings import Settings
from blogapi.store.article_lists import TAGS_OF_MANY, page_statements
from blogapi.store.articles import ARTICLE_BY_ID, TAGS_OF_ONE
from blogapi.timestamps import format_timestamp

Row = Sequence[Any]
PONG = {"pong": True}
# What a list's query is where it is not given; texts, for that is what a query holds.
SKIP_DEFAULT_TEXT, LIMIT_DEFAULT_TEXT = "0", str(LIMIT_DEFAULT)
_not_found = Problem("not_found").body("")
# Of a request without a log there is no id.
_not_found.pop("request_id")
NOT_FOUND = dump_json(_not_found)


class Statements:
    """The texts that the store sends to an engine, with places for values as its driver takes them.

    `article` and `tags` take an article's id, `count` nothing, `page` limit and skip, `tags_of_many(n)` n ids.
    """

    def __init__(self, url: URL) -> None:
        is_sqlite = url.get_backend_name() == "sqlite"
        dialect = create_engine(url, paramstyle="qmark" if is_sqlite else "format").dialect
        count, page = page_statements("published", frozenset(), SORT_DEFAULT)
        self.article = _text(ARTICLE_BY_ID, dialect, "article_id")
        self.tags = _text(TAGS_OF_ONE, dialect, "article_id")
        self.count = _text(count, dialect)
        self.page = _text(page, dialect, "limit", "skip")
        many = TAGS_OF_MANY.compile(dialect=dialect)
        self.tags_of_many = cache(lambda n: many.construct_expanded_state({"article_ids": [0] * n}).statement)
        self.time: Callable[[Any], str] = _sqlite_time if is_sqlite else format_timestamp

    def article_json(self, row: Row | None, tags: Iterable[Row]) -> bytes | None:
        """The body of an article; None where nobody may see it."""
        if row is None or not row[3]:
            return None
        return dump_json(self._article(row, [tag for (tag,) in tags]))

    def page_json(self, rows: list[Row], tags: Iterable[Row], *, total: int, skip: int, limit: int) -> bytes:
        """The body of a page."""
        tags_of: dict[int, list[str]] = defaultdict(list)
        for article_id, tag in tags:
            tags_of[article_id].append(tag)
        data = [self._article(row, tags_of[row[0]]) for row in rows]
        return dump_json(page_representation(data, total=total, skip=skip, limit=limit))

    def _article(self, row: Row, tags: list[str]) -> JsonObject:
        identity, title, content, published, version, created_at, updated_at, author_id, username, name, _ = row
        return {
            "id": identity,
            "title": title,
            "content": content,
            "published": bool(published),
            "tags": tags,
            "author": {"id": author_id, "username": username, "name": name},
            "version": version,
            "created_at": self.time(created_at),
            "updated_at": self.time(updated_at),
        }


class Store:
    """As many connections as the shipped variant has, for threads that take one at a time.

    Raises:
        psycopg.Error, sqlite3.Error: from here as from its methods, whatever the driver raises.
    """

    def __init__(self, settings: Settings) -> None:
        url = make_url(settings.database_url)
        self._sql = Statements(url)
        self._all = [_connection(url) for _ in range(settings.database_pool_size)]
        self._free: SimpleQueue[Any] = SimpleQueue()
        for connection in self._all:
            self._free.put(connection)

    def article(self, article_id: int) -> bytes | None:
        """The body of a published article, None where there is none."""
        connection = self._free.get()
        try:
            row = connection.execute(self._sql.article, (article_id,)).fetchone()
            tags = connection.execute(self._sql.tags, (article_id,)).fetchall() if row else []
        finally:
            self._free.put(connection)
        return self._sql.article_json(row, tags)

    def page(self, skip: int, limit: int) -> bytes:
        """The body of a page of published articles, the newest first."""
        connection = self._free.get()
        try:
            (total,) = connection.execute(self._sql.count, ()).fetchone()
            rows = connection.execute(self._sql.page, (limit, skip)).fetchall()
            tags = connection.execute(self._sql.tags_of_many(len(rows)), [row[0] for row in rows]).fetchall()
        finally:
            self._free.put(connection)
        return self._sql.page_json(rows, tags, total=total, skip=skip, limit=limit)

    def close(self) -> None:
        """Close the connections, which nobody uses any more."""
        for connection in self._all:
            connection.close()


class AsyncStore(Protocol):
    """The same for an event loop."""

    async def article(self, article_id: int) -> bytes | None:
        """The body of a published article, None where there is none."""

    async def page(self, skip: int, limit: int) -> bytes:
        """The body of a page of published articles, the newest first."""

    async def close(self) -> None:
        """Close the connections, which nobody uses any more."""


async def open_async_store(settings: Settings) -> AsyncStore:
    """Open the connections: psycopg's asynchronous ones, or threads with SQLite's.

    Raises:
        psycopg.Error, sqlite3.Error: the database is not there.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return _ThreadedStore(settings)
    options = _postgres_options(url)
    return _PostgresStore(
        Statements(url),
        [await psycopg.AsyncConnection.connect(**options) for _ in range(settings.database_pool_size)],
    )


class _ThreadedStore:
    """A thread for each connection, as the shipped variants have them."""

    def __init__(self, settings: Settings) -> None:
        self._store = Store(settings)
        self._threads = ThreadPoolExecutor(settings.database_pool_size, "database")

    async def article(self, article_id: int) -> bytes | None:
        return await get_running_loop().run_in_executor(self._threads, self._store.article, article_id)

    async def page(self, skip: int, limit: int) -> bytes:
        return await get_running_loop().run_in_executor(self._threads, self._store.page, skip, limit)

    async def close(self) -> None:
        self._threads.shutdown()
        self._store.close()


class _PostgresStore:
    """Connections that a request waits for, and waits with, on the event loop."""

    def __init__(self, statements: Statements, connections: list[psycopg.AsyncConnection[Any]]) -> None:
        self._sql = statements
        self._all = connections
        self._free: LifoQueue[Any] = LifoQueue()
        for connection in connections:
            self._free.put_nowait(connection)

    async def article(self, article_id: int) -> bytes | None:
        connection = await self._free.get()
        try:
            row = await (await connection.execute(self._sql.article, (article_id,))).fetchone()
            tags = await (await connection.execute(self._sql.tags, (article_id,))).fetchall() if row else []
        finally:
            self._free.put_nowait(connection)
        return self._sql.article_json(row, tags)

    async def page(self, skip: int, limit: int) -> bytes:
        connection = await self._free.get()
        try:
            (total,) = await (await connection.execute(self._sql.count, ())).fetchone()
            rows = await (await connection.execute(self._sql.page, (limit, skip))).fetchall()
            found = await connection.execute(self._sql.tags_of_many(len(rows)), [row[0] for row in rows])
            tags = await found.fetchall()
        finally:
            self._free.put_nowait(connection)
        return self._sql.page_json(rows, tags, total=total, skip=skip, limit=limit)

    async def close(self) -> None:
        for connection in self._all:
            await connection.close()


def _text(statement: Select[*tuple[Any, ...]], dialect: Dialect, *names: str) -> str:
    compiled = statement.compile(dialect=dialect)
    taken = tuple(getattr(compiled, "positiontup", None) or ())
    if taken != names:
        raise ValueError(f"the store's statement takes {taken}, not {names}")
    return str(compiled)


def _connection(url: URL) -> Any:
    if url.get_backend_name() != "sqlite":
        return psycopg.connect(**_postgres_options(url))
    # As SQLAlchemy reads the URL: a connection that any thread may use, one at a time.
    (path,), named = url.get_dialect()().create_connect_args(url)
    connection: sqlite3.Connection = sqlite3.connect(path, **named, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    return connection


def _postgres_options(url: URL) -> dict[str, Any]:
    _, named = url.get_dialect()().create_connect_args(url)
    # What the URL says itself wins.
    return {**postgres_options(), "autocommit": True, **named}


def _sqlite_time(stored: str) -> str:
    # `YYYY-MM-DD HH:MM:SS.ffffff`, in UTC (`timestamps.py`).
    return f"{stored[:10]}T{stored[11:]}Z"

"""The store beside the event loop: the one place that decides how its functions are awaited."""

from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Concatenate, ParamSpec, TypeVar

from fastapi import Request
from sqlalchemy import Connection, Engine

from blogapi.database import create_engine, reading, writing
from blogapi.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """An engine, and a thread for each of its connections: no call blocks the loop, none waits for a connection."""

    def __init__(self, settings: Settings) -> None:
        self._engine = create_engine(settings)
        self._threads = ThreadPoolExecutor(settings.database_pool_size, "database")

    async def call(
        self, opened: Callable[[Engine], AbstractContextManager[Connection]], query: Callable[[Connection], T]
    ) -> T:
        def run() -> T:
            with opened(self._engine) as connection:
                return query(connection)

        return await get_running_loop().run_in_executor(self._threads, run)

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()


async def read(
    request: Request, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Await a function of the store on a connection without a transaction."""
    return await _database(request).call(reading, lambda connection: query(connection, *args, **kwargs))


async def write(
    request: Request, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Await a function of the store on a connection in one transaction."""
    return await _database(request).call(writing, lambda connection: query(connection, *args, **kwargs))


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database

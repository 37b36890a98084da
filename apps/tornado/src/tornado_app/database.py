"""The one place that decides how statements stay off the event loop: the sync engine, in threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from tornado.ioloop import IOLoop

from blogapi.database import reading, writing

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """Calls the store in threads, each call with a connection of the pool for no longer than its statements."""

    def __init__(self, engine: Engine, *, connections: int) -> None:
        self._engine = engine
        # A thread more than there are connections would only wait for one.
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="database")

    async def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `query` with a connection without a transaction."""

        def call() -> T:
            with reading(self._engine) as connection:
                return query(connection, *args, **kwargs)

        return await IOLoop.current().run_in_executor(self._threads, call)

    async def write(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `change` with a connection in one transaction."""

        def call() -> T:
            with writing(self._engine) as connection:
                return change(connection, *args, **kwargs)

        return await IOLoop.current().run_in_executor(self._threads, call)

    def close(self) -> None:
        """Let the threads end and close the connections."""
        self._threads.shutdown()
        self._engine.dispose()

"""The one place that decides how statements stay off the event loop: the sync engine, in threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from tornado.ioloop import IOLoop

from blogapi.database import POOL_TIMEOUT_SECONDS, reading, writing

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

        return await self._in_thread(call)

    async def write(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `change` with a connection in one transaction."""

        def call() -> T:
            with writing(self._engine) as connection:
                return change(connection, *args, **kwargs)

        return await self._in_thread(call)

    async def _in_thread(self, call: Callable[[], T]) -> T:
        job, refused = self._threads.submit(call), False

        def refuse() -> None:
            nonlocal refused
            # Only what no thread has begun can be taken back; a statement has time-outs of its own.
            refused = job.cancel()

        loop = IOLoop.current()
        timer = loop.call_later(POOL_TIMEOUT_SECONDS, refuse)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            if refused:
                raise PoolTimeoutError("no connection was free in time") from None
            raise
        finally:
            loop.remove_timeout(timer)

    def close(self) -> None:
        """Let the threads end and close the connections."""
        self._threads.shutdown()
        self._engine.dispose()

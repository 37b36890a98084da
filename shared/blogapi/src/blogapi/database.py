"""The engine, and the two ways to use it: reads without a transaction, writes in exactly one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, QueuePool, event, make_url
from sqlalchemy import create_engine as sqlalchemy_create_engine
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from blogapi.bounded import BoundedConnection
from blogapi.settings import Settings

BUSY_TIMEOUT_MS = 5000
POOL_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_MS = 5000
CONNECT_TIMEOUT_SECONDS = 2
# A peer that is gone without a word is found after 90 s of rest, and not by a request hours later.
KEEPALIVES = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 3}
# Set on each connection; https://www.sqlite.org/pragma.html tells what each does.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys = ON",
    # With WAL a commit survives the death of the process; only a power cut may undo the last ones.
    "PRAGMA synchronous = NORMAL",
)


def create_engine(settings: Settings) -> Engine:
    """Make the engine of this process, with a bounded pool of `DATABASE_POOL_SIZE` connections."""
    url = make_url(settings.database_url)
    engine = sqlalchemy_create_engine(
        url,
        poolclass=QueuePool,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        # For good, not at each checkout: that ends with a PRAGMA, after which SQLite prepares every statement anew.
        isolation_level="AUTOCOMMIT",
        # The trace of a failed statement is logged, and its parameters may be addresses and password hashes.
        hide_parameters=True,
        # The last one used first: under little load the others grow old, and the server may close them.
        pool_use_lifo=True,
        connect_args=_connect_args(url),
    )
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    else:
        event.listen(engine, "do_connect", _connect_bounded)
        event.listen(engine, "checkout", _refuse_hung_up)
    return engine


def postgres_options() -> dict[str, Any]:
    """How psycopg connects: bounded waits, and statements that are prepared at their second use."""
    waits = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={BUSY_TIMEOUT_MS} -c timezone=UTC"
    return {"connect_timeout": CONNECT_TIMEOUT_SECONDS, "options": waits, "prepare_threshold": 1, **KEEPALIVES}


def _connect_args(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {}
    # What the URL says itself wins.
    return {name: value for name, value in postgres_options().items() if name not in url.query}


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _connect_bounded(_dialect: Dialect, _entry: object, arguments: list[Any], named: dict[str, Any]) -> Any:
    return BoundedConnection.connect(*arguments, **named)


def _refuse_hung_up(connection: BoundedConnection, _entry: ConnectionPoolEntry, _borrowed: object) -> None:
    """Have the pool connect anew, where the server was restarted say, before a request fails by it."""
    if connection.is_hung_up:
        raise DisconnectionError("the server has ended the connection")


def reading(engine: Engine) -> Connection:
    """A connection on which each statement stands for itself: no BEGIN, no ROLLBACK. Close it, best by `with`."""
    return engine.connect()


def is_unavailable(error: BaseException | None) -> bool:
    """Tell a database that cannot answer (locked, gone, full, no connection free) from a fault of ours."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeoutError)
    # Python's driver raises the same exception for a wrong statement, with SQLITE_ERROR as its code.
    wrong_statement = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return error.connection_invalidated or (isinstance(error, OperationalError) and not wrong_statement)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, committed at the end, rolled back by an exception."""
    with engine.connect() as connection, connection.begin():
        # In SQLite a transaction that reads first and then writes is refused the lock when another wrote between.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN")
        yield connection

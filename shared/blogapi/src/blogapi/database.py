"""The engine, and the two ways to use it: reads without a transaction, writes in exactly one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, QueuePool, event
from sqlalchemy import create_engine as sqlalchemy_create_engine
from sqlalchemy.pool import ConnectionPoolEntry

from blogapi.settings import Settings

BUSY_TIMEOUT_MS = 5000
POOL_TIMEOUT_SECONDS = 5
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
    engine = sqlalchemy_create_engine(
        settings.database_url,
        poolclass=QueuePool,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes too late and takes the read lock first; ours is below.
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and then writes cannot be given the write lock when another wrote between.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which each statement stands for itself: no BEGIN, no ROLLBACK."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, committed at the end, rolled back by an exception."""
    with engine.begin() as connection:
        yield connection

"""The ways into the servers' databases past them: to take the state of one, and to give it to all."""

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from variants.databases import Database, SqliteDatabase
from variants.postgres import PostgresDatabase

BUSY_SECONDS = 10.0
# In this order a row comes after those that it refers to.
TABLES = ("users", "articles", "article_tags", "comments")
COUNTED = ("users", "articles", "comments")
# What a time of before the run's end is compared with; see `Reader.since`.
_LATEST = """
    SELECT max(latest) FROM (
        SELECT max(updated_at) AS latest FROM users UNION SELECT max(updated_at) FROM articles
        UNION SELECT max(created_at) FROM comments
    ) AS times
"""


class Backdoor(Protocol):
    """A connection of this program's own to the database of a server that runs."""

    def take(self) -> object:
        """Give the whole state, as `give` of each of the same engine takes it."""

    def give(self, state: object) -> None:
        """Set the database to a state, in one transaction."""

    def latest(self) -> str:
        """The latest time that is in the database, as the API writes times."""

    def tie(self, table: str, ids: Sequence[int]) -> None:
        """Give some rows of `articles` or `comments` one time of creation."""

    def close(self) -> None:
        """Close the connection."""


def backdoor_of(database: Database) -> AbstractContextManager[Backdoor]:
    """Open the way into a database of either engine."""
    if isinstance(database, SqliteDatabase):
        return closing(SqliteBackdoor(database.path))
    if isinstance(database, PostgresDatabase):
        return closing(PostgresBackdoor(database.conninfo))
    raise TypeError(database)


class SqliteBackdoor:
    """Copies the pages of a SQLite file, which is one transaction for the server that has it open."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        # Nothing here need survive a crash of the machine.
        self._connection.execute("PRAGMA synchronous = OFF")

    def take(self) -> object:
        state = sqlite3.connect(":memory:")
        self._connection.backup(state)
        return state

    def give(self, state: object) -> None:
        assert isinstance(state, sqlite3.Connection)
        state.backup(self._connection)

    def latest(self) -> str:
        (latest,) = self._connection.execute(_LATEST).fetchone()
        return str(latest).replace(" ", "T") + "Z"

    def tie(self, table: str, ids: Sequence[int]) -> None:
        update = (
            f"UPDATE {table} SET created_at = (SELECT created_at FROM {table} WHERE id = ?)"  # noqa: S608 - our own name
            " WHERE id = ?"
        )
        self._connection.executemany(update, [(ids[0], number) for number in ids])

    def close(self) -> None:
        self._connection.close()


class PostgresBackdoor:
    """Keeps the rows of each table and where its ids are counted on; PostgreSQL can copy no database that is in use."""

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        # Nothing here need survive a crash of the machine.
        self._connection.execute("SET synchronous_commit = off")

    def take(self) -> object:
        with self._connection.transaction():
            return {table: self._rows(table) for table in TABLES}, {table: self._count(table) for table in COUNTED}

    def give(self, state: object) -> None:
        assert isinstance(state, tuple)
        rows, counts = state
        with self._connection.transaction():
            self._connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, TABLES))))
            for table in TABLES:
                self._write(table, rows[table])
            for table, (last_value, is_called) in counts.items():
                self._connection.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, %s)", [table, last_value, is_called]
                )

    def latest(self) -> str:
        row = self._connection.execute(_LATEST).fetchone()
        assert row is not None
        return f"{row[0].astimezone(UTC).replace(tzinfo=None).isoformat('T', 'microseconds')}Z"

    def tie(self, table: str, ids: Sequence[int]) -> None:
        update = "UPDATE {0} SET created_at = (SELECT created_at FROM {0} WHERE id = %s) WHERE id = ANY(%s)"
        self._connection.execute(sql.SQL(update).format(sql.Identifier(table)), [ids[0], list(ids)])

    def close(self) -> None:
        self._connection.close()

    def _rows(self, table: str) -> bytes:
        with self._connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(bytes(block) for block in copy)

    def _write(self, table: str, rows: bytes) -> None:
        with self._connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            copy.write(rows)

    def _count(self, table: str) -> tuple[int, bool]:
        row = self._connection.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table]).fetchone()
        assert row is not None
        counter = sql.Identifier(*row[0].split("."))
        found = self._connection.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(counter)).fetchone()
        assert found is not None
        return found[0], found[1]

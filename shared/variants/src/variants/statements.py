"""Counts the SQL statements of a variant's server at the database (contract, section 8)."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from variants.databases import sqlite_database
from variants.engines import Engine
from variants.postgres import postgres_database
from variants.wiretap import tapped

TRACE_FOLDER = Path(__file__).parent / "sqltrace"
# Not counted: transactions and settings of the connection, what Django asks of each new connection, and the "-- …"
# by which SQLite reports a trigger's steps.
_UNCOUNTED = re.compile(
    r"\s*(?:BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|SET|DEALLOCATE|SELECT sqlite_compileoption_used)\b"
    r"|\s*--",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\(.)")
_PLAIN = {"n": "\n", "r": "\r", "\\": "\\"}


class Statements(Protocol):
    """The statements that servers of a database have executed."""

    def mark(self) -> int:
        """The present end, to count from."""

    def since(self, mark: int) -> list[str]:
        """The counted statements after a mark; those of an answered request are all here.

        `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT`, `RELEASE`, `PRAGMA`, `SET` and `DEALLOCATE` are left out.
        """


@dataclass(frozen=True)
class TracedDatabase:
    """A fresh database; a server has to be started with `environment`, too, for its statements to be heard."""

    url: str
    statements: Statements
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def traced_database(engine: Engine) -> Iterator[TracedDatabase]:
    """Give a seeded database whose statements are counted where they come in.

    Raises:
        DatabaseError: on entry, as of `fresh_database`.
    """
    if engine is Engine.SQLITE:
        with sqlite_database() as database, statement_log() as log:
            yield TracedDatabase(database.url, log, log.environment())
    else:
        heard = HeardStatements()
        with postgres_database() as original, tapped(original, heard.append) as way:
            yield TracedDatabase(way.url, heard)


class HeardStatements:
    """The statements that came over a wire, without their values."""

    def __init__(self) -> None:
        self._heard: list[str] = []

    def append(self, statement: str) -> None:
        """Add one more, from any thread."""
        self._heard.append(statement)

    def mark(self) -> int:
        """The present end, to count from."""
        return len(self._heard)

    def since(self, mark: int) -> list[str]:
        """The counted statements after a mark."""
        return [statement for statement in self._heard[mark:] if not _UNCOUNTED.match(statement)]


@dataclass(frozen=True)
class StatementLog:
    """The statements that every process started with `environment()` has executed on SQLite."""

    path: Path

    def environment(self) -> dict[str, str]:
        """The variables that make a Python process write its statements here."""
        inherited = os.environ.get("PYTHONPATH")
        folders = [str(TRACE_FOLDER), *([inherited] if inherited else [])]
        return {"PYTHONPATH": os.pathsep.join(folders), "SQL_TRACE_FILE": str(self.path)}

    def mark(self) -> int:
        """The present end of the log, to count from."""
        return self.path.stat().st_size if self.path.exists() else 0

    def since(self, mark: int) -> list[str]:
        """The counted statements after a mark, with their values filled in and cut after 2,000 characters.

        A statement is written before it is executed, so those of an answered request are all here.
        """
        if not self.path.exists():
            return []
        # Not splitlines: values may hold other characters that it takes for the end of a line.
        lines = self.path.read_bytes()[mark:].decode().split("\n")
        return [_unescaped(line) for line in lines if line and not _UNCOUNTED.match(line)]


@contextmanager
def statement_log() -> Iterator[StatementLog]:
    """A log in a temporary folder, which is removed afterwards."""
    with TemporaryDirectory(prefix="variants-") as folder:
        yield StatementLog(Path(folder) / "statements.log")


def _unescaped(line: str) -> str:
    return _ESCAPED.sub(lambda match: _PLAIN.get(match.group(1), match.group(0)), line)

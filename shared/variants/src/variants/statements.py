"""Counts the SQL statements of a variant's server at the database (contract, section 8)."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

TRACE_FOLDER = Path(__file__).parent / "sqltrace"
# Not counted: transactions and settings of the connection, what Django asks of each new connection, and the "-- …"
# by which SQLite reports a trigger's steps.
_UNCOUNTED = re.compile(
    r"\s*(?:BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|SELECT sqlite_compileoption_used)\b|\s*--", re.IGNORECASE
)
_ESCAPED = re.compile(r"\\(.)")
_PLAIN = {"n": "\n", "r": "\r", "\\": "\\"}


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

        A statement is written before it is executed, so those of an answered request are all here. `BEGIN`, `COMMIT`,
        `ROLLBACK`, `SAVEPOINT`, `RELEASE` and `PRAGMA` are left out.
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

"""Python runs this at the start of every process that has this folder on PYTHONPATH.

With SQL_TRACE_FILE set, each statement that SQLite executes becomes one line of that file. The database itself reports
them, so that it does not matter which driver or ORM sends them.
"""

import os
import sqlite3
from collections.abc import Callable
from typing import Any

LINE_CHARACTERS = 2000


def _install(path: str) -> None:
    # One descriptor for the whole process and its forks: O_APPEND keeps lines of several writers apart.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    traced = _traced(sqlite3.connect, _writer(descriptor))
    # SQLAlchemy and Django take the one from sqlite3.dbapi2, aiosqlite that of sqlite3.
    sqlite3.connect = traced
    sqlite3.dbapi2.connect = traced


def _writer(descriptor: int) -> Callable[[str], None]:
    def write(statement: str) -> None:
        line = statement[:LINE_CHARACTERS].replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        os.write(descriptor, f"{line}\n".encode(errors="backslashreplace"))

    return write


def _traced(connect: Callable[..., Any], write: Callable[[str], None]) -> Callable[..., Any]:
    def connect_traced(*arguments: Any, **options: Any) -> Any:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(write)
        return connection

    return connect_traced


if "SQL_TRACE_FILE" in os.environ:
    _install(os.environ["SQL_TRACE_FILE"])

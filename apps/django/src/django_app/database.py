"""Where the database is, how its connections behave, and whether it answers. Each thread of the server keeps one."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connection
from sqlalchemy.engine import URL, make_url

from blogapi.database import SQLITE_PRAGMAS, postgres_options
from blogapi.settings import Settings

_CHECKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check")


def database_settings(settings: Settings) -> dict[str, Any]:
    """The entry of Django's DATABASES for `DATABASE_URL`."""
    url = make_url(settings.database_url)
    entry = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url)
    # Kept for the thread's life; opening one costs more than a request.
    return {**entry, "CONN_MAX_AGE": None}


def _sqlite(url: URL) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url.database or ":memory:",
        # IMMEDIATE: a transaction that reads first cannot be given the write lock later when another wrote between.
        # Times come as the text that they are: `models.UtcDateTimeField` reads them faster than the driver's own way.
        "OPTIONS": {"init_command": ";".join(SQLITE_PRAGMAS), "transaction_mode": "IMMEDIATE", "detect_types": 0},
    }


def _postgres(url: URL) -> dict[str, Any]:
    given = {name: str(value) for name, value in url.query.items()}
    return {
        "ENGINE": "django_app.postgres",
        "NAME": url.database,
        "USER": url.username or "",
        "PASSWORD": url.password or "",
        # Of a socket's folder, which has no place in a URL but its query.
        "HOST": url.host or given.pop("host", ""),
        "PORT": str(url.port or ""),
        # Parameters are sent apart from the statement, which psycopg can then prepare.
        "OPTIONS": {**postgres_options(), **given, "server_side_binding": True},
    }


def check(*, seconds: float) -> None:
    """Ask the database for an answer; TimeoutError where none comes in time, whatever it is that waits."""
    answer = _CHECKER.submit(_check)
    try:
        answer.result(seconds)
    finally:
        answer.cancel()


def _check() -> None:
    # Kept, it would be one more than the threads of the server have.
    with closing(connection), connection.cursor() as cursor:
        # A table, for SQLite answers `SELECT 1` without a look at the file.
        cursor.execute("SELECT id FROM users LIMIT 1")


def is_unavailable(error: Error) -> bool:
    """Tell a database that cannot answer (locked, gone, disk full) from a statement that it refuses."""
    # Python's driver raises the same exception for both; SQLITE_ERROR is the code of a wrong statement.
    wrong_statement = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return isinstance(error, InterfaceError | OperationalError) and not wrong_statement

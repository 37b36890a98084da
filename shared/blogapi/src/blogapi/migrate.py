"""Brings a database's schema up to date with Alembic; of several processes that want to, one after the other."""

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine, func, make_url, select

from blogapi.database import CONNECT_TIMEOUT_SECONDS, writing

# So long a migration waits for another process that migrates.
TURN_SECONDS = 300
TURN_POLL_SECONDS = 0.2
# A lock that a migration waits for stops all who come after it; so long they may be kept.
LOCK_TIMEOUT_MS = 5000
# Any number will do that nobody else takes for an advisory lock of the same database.
TURN_KEY = 0x626C6F67617069


class MigrationError(Exception):
    """There is no such revision, another process did not end its migration, or the schema is not what it should be."""


def migration_config(connection: Connection) -> Config:
    """Make Alembic's configuration for one connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migration_engine(database_url: str) -> Engine:
    """Make an engine for schema changes: in PostgreSQL with the driver's own transactions and bounded waits."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        # What `writing` needs: the driver's own transactions would leave schema changes out.
        options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "connect_args": {"timeout": TURN_SECONDS}}
    else:
        waits = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"
        options = {"connect_args": {"connect_timeout": CONNECT_TIMEOUT_SECONDS, "options": waits}}
    return create_engine(url, poolclass=NullPool, hide_parameters=True, **options)


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade the schema to `revision`; nothing happens where it is there already.

    Raises:
        MigrationError: there is no such revision, or another process did not end its migration.
    """
    with _own_turn(database_url) as connection:
        command.upgrade(migration_config(connection), revision)


def migrate_down(database_url: str, revision: str = "base") -> None:
    """Downgrade the schema to `revision`, which loses the data that it has no room for.

    Raises:
        MigrationError: as of `migrate`.
    """
    with _own_turn(database_url) as connection:
        command.downgrade(migration_config(connection), revision)


def check_schema(database_url: str) -> None:
    """Hold the schema against `tables.py`; nothing is changed.

    Raises:
        MigrationError: it is not at the latest revision, or not as `tables.py` says.
    """
    with _own_turn(database_url) as connection, warnings.catch_warnings():
        # In SQLite Alembic compares all but those, and says so.
        warnings.filterwarnings("ignore", message=".*expression-based index.*")
        command.check(migration_config(connection))


@contextmanager
def _own_turn(database_url: str) -> Iterator[Connection]:
    """A connection to migrate on, while no other process migrates the same database."""
    engine = migration_engine(database_url)
    turn = writing(engine) if engine.dialect.name == "sqlite" else _locked(engine)
    try:
        with turn as connection:
            yield connection
    except CommandError as error:
        raise MigrationError(str(error)) from error


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    """A connection while another one holds the lock: it lasts over the transactions of several migrations."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
        deadline = time.monotonic() + TURN_SECONDS
        # Asked again and again: an index that is made concurrently would wait for whoever waits within a statement.
        while not holder.execute(select(func.pg_try_advisory_lock(TURN_KEY))).scalar_one():
            if time.monotonic() > deadline:
                raise MigrationError(f"another process has been migrating for {TURN_SECONDS} s")
            time.sleep(TURN_POLL_SECONDS)
        # It ends with the holder's connection.
        with engine.connect() as connection:
            yield connection

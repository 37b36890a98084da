"""The database engines that a variant can be run on."""

from contextlib import AbstractContextManager
from enum import StrEnum

from variants.databases import Database, Rows, sqlite_database
from variants.postgres import postgres_database


class Engine(StrEnum):
    """An engine, by the name that the command line has for it."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


def fresh_database(engine: Engine, rows: Rows | None = None) -> AbstractContextManager[Database]:
    """Give a seeded database of an engine, which is gone afterwards.

    Raises:
        DatabaseError: on entry, where there is no server, or migrating or seeding failed.
    """
    return sqlite_database(rows) if engine is Engine.SQLITE else postgres_database(rows)

"""What the service says of itself."""

from functools import lru_cache
from importlib.metadata import version

from sqlalchemy import Connection, select

from blogapi import __version__
from blogapi.representations import JsonObject
from blogapi.tables import users

# SQLite answers `SELECT 1` without a look at the file: a database that was never migrated would be ready.
_ANY_USER = select(users.c.id).limit(1)
# Reads files at each call.
_version = lru_cache(version)


def root_representation(framework: str) -> JsonObject:
    """The JSON object of `GET /`; `framework` is the name of its distribution."""
    return {
        "name": "blog-api",
        "version": __version__,
        "framework": framework,
        "framework_version": _version(framework),
        "docs": "/docs",
        "openapi": "/openapi.json",
    }


def check_database(connection: Connection) -> None:
    """Ask the database for an answer, whatever it is, from a table that has to be there."""
    connection.execute(_ANY_USER).first()

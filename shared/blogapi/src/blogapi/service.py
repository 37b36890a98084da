"""What the service says of itself."""

from importlib.metadata import version

from sqlalchemy import Connection, literal, select

from blogapi import __version__
from blogapi.representations import JsonObject

_SELECT_ONE = select(literal(1))


def root_representation(framework: str) -> JsonObject:
    """The JSON object of `GET /`; `framework` is the name of its distribution."""
    return {
        "name": "blog-api",
        "version": __version__,
        "framework": framework,
        "framework_version": version(framework),
        "docs": "/docs",
        "openapi": "/openapi.json",
    }


def check_database(connection: Connection) -> None:
    """Ask the database for an answer, whatever it is."""
    connection.execute(_SELECT_ONE).scalar_one()

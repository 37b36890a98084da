"""Connections of the running application's pool, each held no longer than its statements."""

from contextlib import AbstractContextManager

from flask import current_app
from sqlalchemy import Connection

from blogapi import database


def reading() -> AbstractContextManager[Connection]:
    """A connection without a transaction."""
    return database.reading(current_app.extensions["engine"])


def writing() -> AbstractContextManager[Connection]:
    """A connection in one transaction."""
    return database.writing(current_app.extensions["engine"])

"""Connections of the running application's pool, each held no longer than its statements."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

from flask import Flask, current_app
from sqlalchemy import Connection, Engine

from blogapi import database
from blogapi.gate import Gate
from blogapi.service import check_database


def register(app: Flask, engine: Engine) -> None:
    """Give the application its pool, and the thread that `check` waits for."""
    app.extensions["engine"] = engine
    app.extensions["gate"] = Gate(app.extensions["settings"].database_pool_size)
    app.extensions["checker"] = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check")


def reading() -> AbstractContextManager[Connection]:
    """A connection without a transaction."""
    return _through_gate(database.reading)


def writing() -> AbstractContextManager[Connection]:
    """A connection in one transaction."""
    return _through_gate(database.writing)


def check(*, seconds: float) -> None:
    """Ask the database for an answer; TimeoutError where none comes in time, whatever it is that waits."""
    answer = current_app.extensions["checker"].submit(_check, current_app.extensions["engine"])
    try:
        answer.result(seconds)
    finally:
        answer.cancel()


@contextmanager
def _through_gate(opened: Callable[[Engine], AbstractContextManager[Connection]]) -> Iterator[Connection]:
    with current_app.extensions["gate"].passed(), opened(current_app.extensions["engine"]) as connection:
        yield connection


def _check(engine: Engine) -> None:
    with database.reading(engine) as connection:
        check_database(connection)

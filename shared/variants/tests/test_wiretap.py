"""What reaches a PostgreSQL is heard, however it is sent."""

from collections.abc import Callable, Iterator
from struct import pack

import psycopg
import pytest

from variants.databases import Rows
from variants.postgres import PostgresDatabase, postgres_database
from variants.wiretap import StatementReader, tapped

SELECT = "SELECT %s::int"


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresDatabase]:
    with postgres_database(Rows(articles=30, users=8)) as database:
        yield database


@pytest.fixture
def heard(database: PostgresDatabase) -> Iterator[tuple[psycopg.Connection, list[str]]]:
    """A connection, and what is heard on it."""
    statements: list[str] = []
    with tapped(database, statements.append) as way, psycopg.connect(way.conninfo, autocommit=True) as connection:
        yield connection, statements


def test_a_statement_is_heard_each_time_that_it_is_executed_prepared_or_not(
    heard: tuple[psycopg.Connection, list[str]],
) -> None:
    connection, statements = heard
    for prepare in (False, True, True):
        assert connection.execute(SELECT, [7], prepare=prepare).fetchone() == (7,)
    assert statements == ["SELECT $1::int"] * 3


def test_each_row_of_executemany_counts(heard: tuple[psycopg.Connection, list[str]]) -> None:
    connection, statements = heard
    connection.cursor().executemany(SELECT, [[1], [2], [3]])
    assert statements.count("SELECT $1::int") == 3


def test_what_goes_without_parameters_is_heard(heard: tuple[psycopg.Connection, list[str]]) -> None:
    connection, statements = heard
    with connection.transaction():
        connection.execute("SELECT 1; SELECT 2")
    assert statements == ["BEGIN", "SELECT 1; SELECT 2", "COMMIT"]


def test_a_faulty_statement_is_told_as_usual(heard: tuple[psycopg.Connection, list[str]]) -> None:
    connection, statements = heard
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT 1 FROM nothing")
    assert statements == ["SELECT 1 FROM nothing"]


def message(kind: bytes, body: bytes) -> bytes:
    return kind + pack("!I", len(body) + 4) + body


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_messages_are_read_from_blocks_that_end_anywhere(size: int) -> None:
    parse = message(b"P", "name\0SELECT 'é'\0".encode() + bytes(2))
    sent = message(b"", b"user\0me\0\0") + message(b"p", b"Q not a query") + parse
    sent += 2 * (message(b"B", b"\0name\0" + bytes(6)) + message(b"E", bytes(5)) + message(b"S", b""))
    statements: list[str] = []
    reader: Callable[[bytes], None] = StatementReader(statements.append).read
    for start in range(0, len(sent), size):
        reader(sent[start : start + size])
    assert statements == ["SELECT 'é'"] * 2

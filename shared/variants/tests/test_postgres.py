"""PostgreSQL databases for runs: seeded, apart from each other, and gone afterwards."""

from secrets import token_hex

import psutil
import psycopg
import pytest
from psycopg import sql

from variants.databases import DatabaseError, Rows
from variants.postgres import (
    kept_database,
    postgres_database,
    postgres_url,
    server_conninfo,
    server_pid,
    server_version,
)

ROWS = Rows(articles=30, users=8)


def count(conninfo: str, table: str) -> int:
    """How many rows a table of ours has."""
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - tables of ours
    assert row is not None
    return int(row[0])


def names() -> set[str]:
    """The databases of the server."""
    with psycopg.connect(server_conninfo()) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def test_a_database_is_migrated_seeded_and_dropped() -> None:
    with postgres_database(ROWS) as database:
        assert (count(database.conninfo, "articles"), count(database.conninfo, "users")) == (30, 8)
        name = database.url.partition("@")[2].strip("/").partition("?")[0]
        assert name in names()
    assert name not in names()


def test_what_is_written_to_one_is_in_no_other() -> None:
    with postgres_database(ROWS) as one, postgres_database(ROWS) as other:
        with psycopg.connect(one.conninfo, autocommit=True) as connection:
            connection.execute("DELETE FROM articles")
        assert (count(one.conninfo, "articles"), count(other.conninfo, "articles")) == (0, 30)


def test_text_is_ordered_by_code_point() -> None:
    with postgres_database(ROWS) as database, psycopg.connect(database.conninfo) as connection:
        rows = connection.execute("SELECT x FROM (VALUES ('a'), ('B'), ('é'), ('_')) AS t (x) ORDER BY x").fetchall()
    assert [row[0] for row in rows] == ["B", "_", "a", "é"]


@pytest.mark.parametrize(
    ("conninfo", "url"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg://u:p@h:5433/d"),
        ("host=/run/pg user=postgres dbname=d", "postgresql+psycopg://postgres@/d?host=%2Frun%2Fpg"),
        ("user=u password='p@/:' host=h dbname=d", "postgresql+psycopg://u:p%40%2F%3A@h/d"),
        ("host=h dbname=d sslmode=require", "postgresql+psycopg://h/d?sslmode=require"),
    ],
)
def test_a_connection_string_becomes_a_url(conninfo: str, url: str) -> None:
    assert postgres_url(conninfo) == url


def test_a_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseError, match="PostgreSQL"), postgres_database(ROWS):
        pass


def test_a_kept_database_is_empty_at_first_and_found_again() -> None:
    name = f"kept_{token_hex(6)}"
    try:
        with psycopg.connect(kept_database(name).conninfo, autocommit=True) as connection:
            connection.execute("CREATE TABLE notes (id integer)")
        assert count(kept_database(name).conninfo, "notes") == 0
    finally:
        with psycopg.connect(server_conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_the_server_tells_its_version_and_its_process_where_it_is_of_this_machine() -> None:
    with psycopg.connect(server_conninfo()) as connection:
        row = connection.execute("SHOW server_version").fetchone()
        assert row is not None
        assert server_version() == row[0].split()[0]
        if pid := server_pid():
            assert psutil.Process(connection.info.backend_pid).ppid() == pid

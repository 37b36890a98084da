"""PostgreSQL databases for runs: seeded, apart from each other, and gone afterwards."""

import psycopg
import pytest

from variants.databases import DatabaseError, Rows
from variants.postgres import postgres_database, postgres_url, server_conninfo

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
    server_conninfo.cache_clear()
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseError, match="PostgreSQL"), postgres_database(ROWS):
        pass
    server_conninfo.cache_clear()

"""Databases come migrated and seeded, one for each caller, from a template that is made once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from variants import databases, environment
from variants.databases import DatabaseError, Rows, SqliteDatabase, seed_revision, sqlite_database

pytestmark = pytest.mark.usefixtures("workspace")
ROWS = Rows(articles=30, users=60)


def count(database: SqliteDatabase, table: str) -> int:
    """The rows of a table."""
    with closing(sqlite3.connect(database.path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - tables of ours


def names(cache: Path) -> list[str]:
    """The names of the cached templates."""
    return sorted(file.name for file in cache.glob("*.sqlite3"))


@pytest.fixture
def own_cache(workspace: Path) -> Path:
    """An empty cache of the test's own."""
    cache = workspace / ".work" / "databases"
    cache.unlink()
    return cache


def test_a_database_is_migrated_and_seeded() -> None:
    with sqlite_database(ROWS) as database:
        assert database.url == f"sqlite:///{database.path}"
        assert database.path.is_absolute()
        assert (count(database, "users"), count(database, "articles")) == (60, 30)
        assert count(database, "sqlite_stat1") > 0


def test_it_is_gone_afterwards() -> None:
    with sqlite_database(ROWS) as database:
        assert database.path.exists()
    assert not database.path.parent.exists()


def test_each_caller_has_its_own() -> None:
    with sqlite_database(ROWS) as first, sqlite_database(ROWS) as second:
        with closing(sqlite3.connect(first.path)) as connection, connection:
            connection.execute("DELETE FROM articles")
        assert (count(first, "articles"), count(second, "articles")) == (0, 30)


def test_a_template_is_made_once_for_each_schema_and_size(
    workspace: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Rows] = []
    monkeypatch.setattr(databases, "prepare", lambda rows, **_: made.append(rows))
    larger = Rows(articles=31, users=60)
    for rows in (ROWS, ROWS, larger):
        with sqlite_database(rows):
            pass
    assert made == [ROWS, larger]
    before = names(own_cache)
    (workspace / databases.BLOGAPI / "tables.py").write_text("changed", encoding="utf-8")
    with sqlite_database(ROWS):
        assert len(names(own_cache)) == 1
    assert not set(names(own_cache)) & set(before)


def test_the_users_own_settings_do_not_reach_the_seed(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("ADMIN_USERNAME", "somebody")
    with sqlite_database(ROWS) as database, closing(sqlite3.connect(database.path)) as connection:
        assert connection.execute("SELECT username FROM users WHERE id = 1").fetchone() == ("admin",)
        assert count(database, "articles") == 30


def test_a_seed_that_fails_says_why(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(environment.ADMIN_SETTINGS, "ADMIN_PASSWORD", "short")
    with pytest.raises(DatabaseError, match="blogapi migrate failed:\nADMIN_PASSWORD"), sqlite_database(ROWS):
        pass
    assert names(own_cache) == []


def test_the_revision_needs_sources(workspace: Path) -> None:
    (workspace / databases.BLOGAPI / "tables.py").unlink()
    with pytest.raises(DatabaseError, match="has no"):
        seed_revision()

"""Migrations: up, down and up again, and equal to `tables.py`."""

import re
import sqlite3
import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from blogapi.migrate import migrate, migrate_down
from blogapi.tables import metadata

TABLES = {"users", "articles", "article_tags", "comments"}


def master(path: Path, kind: str) -> dict[str, str]:
    """The statements that SQLite keeps of a schema, white space apart."""
    connection = sqlite3.connect(path)
    query = "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL"
    rows = connection.execute(query, (kind,)).fetchall()
    connection.close()
    own = [(name, sql) for name, sql in rows if not name.startswith(("sqlite_", "alembic_"))]
    return {name: re.sub(r"\s+", " ", sql).strip() for name, sql in own}


def pragma(path: Path, name: str, table: str) -> list[tuple[object, ...]]:
    """What SQLite tells of a table."""
    connection = sqlite3.connect(path)
    rows = connection.execute(f"PRAGMA {name}({table})").fetchall()
    connection.close()
    return sorted(rows, key=repr)


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was made from `tables.py`."""
    path = tmp_path_factory.mktemp("created") / "created.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path


def test_up_down_and_up_again_end_where_they_should(tmp_path: Path, migrated: Path) -> None:
    path = tmp_path / "own.sqlite3"
    url = f"sqlite:///{path}"
    migrate(url)
    assert set(master(path, "table")) == TABLES
    migrate_down(url)
    assert (master(path, "table"), master(path, "index")) == ({}, {})
    migrate(url)
    migrate(url)
    for kind in ("table", "index"):
        assert master(path, kind) == master(migrated, kind)


def test_alembic_finds_no_difference(migrated: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection, warnings.catch_warnings():
        # The next test looks at what Alembic cannot: indexes on expressions.
        warnings.filterwarnings("ignore", message=".*expression-based index.*")
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_indexes_are_the_same_with_those_on_expressions(migrated: Path, created: Path) -> None:
    indexes = master(migrated, "index")
    assert indexes == master(created, "index")
    assert indexes["users_username_lower_key"] == (
        "CREATE UNIQUE INDEX users_username_lower_key ON users (lower(username))"
    )
    assert indexes["users_email_lower_key"] == "CREATE UNIQUE INDEX users_email_lower_key ON users (lower(email))"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_columns_keys_and_constraints_are_the_same(migrated: Path, created: Path, table: str) -> None:
    for name in ("table_xinfo", "foreign_key_list"):
        assert pragma(migrated, name, table) == pragma(created, name, table)
    statements = [master(path, "table")[table] for path in (migrated, created)]
    for pattern in (r"CONSTRAINT \w+ [A-Z]+", r"CHECK \(.*?\)+(?=,| \))", "AUTOINCREMENT|WITHOUT ROWID"):
        found = [sorted(re.findall(pattern, statement)) for statement in statements]
        assert found[0] == found[1]


def test_ids_are_counted_and_not_given_again(migrated: Path) -> None:
    for table in ("users", "articles", "comments"):
        assert "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT" in master(migrated, "table")[table]
    assert "WITHOUT ROWID" in master(migrated, "table")["article_tags"]


@pytest.mark.parametrize(("column", "value"), [("role", "'root'"), ("age", "-1"), ("age", "151"), ("name", "NULL")])
def test_the_database_refuses_what_validation_would(migrated: Path, column: str, value: str) -> None:
    columns = {"username": "'ada'", "email": "'a@b.cd'", "name": "'Ada'", "role": "'viewer'", "is_active": "1"}
    columns |= {"password_hash": "'h'", "created_at": "'2026'", "updated_at": "'2026'", column: value}
    connection = sqlite3.connect(migrated)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"INSERT INTO users ({', '.join(columns)}) SELECT {', '.join(columns.values())}")
    connection.close()

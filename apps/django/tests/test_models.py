"""Django's models against the tables that Alembic makes."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CompositePrimaryKey, Model

from blogapi.tables import metadata

MODELS = {model._meta.db_table: model for model in apps.get_app_config("django_app").get_models()}
# What SQLite calls otherwise, or takes for the same.
TYPES = {"bool": "boolean", "bigint": "integer"}


@pytest.fixture
def tables(database: Path) -> Iterator[sqlite3.Cursor]:
    """The migrated database, without Django."""
    opened = sqlite3.connect(database)
    opened.row_factory = sqlite3.Row
    yield opened.cursor()
    opened.close()


def columns(model: type[Model]) -> list[Any]:
    """The fields that are columns."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, CompositePrimaryKey)]


def test_each_table_has_a_model_and_each_model_a_table() -> None:
    assert set(MODELS) == set(metadata.tables)


def test_no_model_is_managed() -> None:
    assert not [model for model in MODELS.values() if model._meta.managed]


@pytest.mark.parametrize("table", MODELS)
def test_a_model_has_the_columns_of_its_table(tables: sqlite3.Cursor, table: str) -> None:
    in_database = {
        row["name"]: (row["type"].lower(), not row["notnull"], row["dflt_value"])
        for row in tables.execute(f"PRAGMA table_info({table})")
    }
    in_model = {
        field.column: (
            TYPES.get(field.db_type(connection), field.db_type(connection)),
            field.null,
            str(field.db_default) if field.has_db_default() else None,
        )
        for field in columns(MODELS[table])
    }
    assert in_model == in_database


@pytest.mark.parametrize("table", MODELS)
def test_a_model_has_the_primary_key_of_its_table(tables: sqlite3.Cursor, table: str) -> None:
    rows = [row for row in tables.execute(f"PRAGMA table_info({table})") if row["pk"]]
    keys = MODELS[table]._meta.pk_fields
    assert [field.column for field in keys] == [row["name"] for row in sorted(rows, key=lambda row: row["pk"])]


@pytest.mark.parametrize("table", MODELS)
def test_what_a_row_refers_to_is_referred_to_by_its_model_and_cascades(tables: sqlite3.Cursor, table: str) -> None:
    in_database = {
        (row["from"], row["table"], row["to"]): row["on_delete"]
        for row in tables.execute(f"PRAGMA foreign_key_list({table})")
    }
    in_model = {
        (field.column, field.related_model._meta.db_table, field.target_field.column)
        for field in columns(MODELS[table])
        if field.is_relation
    }
    assert in_model == set(in_database)
    assert set(in_database.values()) <= {"CASCADE"}


@pytest.mark.parametrize("table", MODELS)
def test_a_model_knows_what_is_unique(tables: sqlite3.Cursor, table: str) -> None:
    indexes = tables.execute(f"PRAGMA index_list({table})").fetchall()
    unique = {row["name"] for row in indexes if row["unique"] and row["origin"] != "pk"}
    assert {constraint.name for constraint in MODELS[table]._meta.constraints} == unique

"""The schema's migrations on each engine, by `python -m blogapi migrate`: up, down, several at once, and in service."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest
import requests

from variants.catalog import variant_named
from variants.databases import Database, Rows, SqliteDatabase
from variants.engines import Engine, fresh_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME, UNLIMITED_SETTINGS, run_environment
from variants.postgres import PostgresDatabase
from variants.process import running

FEW = Rows(articles=30, users=8)
LATEST_INDEX = "articles_author_id_published_idx"
TABLES = ("users", "articles", "article_tags", "comments")
# All that makes a schema, but for the tables of Alembic's own.
SCHEMA = {
    Engine.SQLITE: """
        SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND tbl_name != 'alembic_version'
    """,
    Engine.POSTGRES: """
        SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length,
               is_nullable, column_default, is_identity, collation_name)
          FROM information_schema.columns WHERE table_schema = 'public' AND table_name != 'alembic_version'
        UNION ALL
        SELECT 'index', i.indexname, i.indexdef || c.indisvalid
          FROM pg_indexes i JOIN pg_index c ON c.indexrelid = i.indexname::regclass
         WHERE i.schemaname = 'public' AND i.tablename != 'alembic_version'
        UNION ALL
        SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND conrelid != 'alembic_version'::regclass
    """,
}
Migrate = Callable[..., subprocess.Popen[str]]


@pytest.fixture(params=Engine)
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.param
    return engine


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    """A seeded database."""
    with fresh_database(engine, FEW) as database:
        yield database


@pytest.fixture
def migrate(tmp_path: Path) -> Migrate:
    """Start a migration of a database, in a process of its own."""

    def start(database: Database, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "blogapi", "migrate", *arguments],
            env=run_environment(database_url=database.url),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code of a migration, and what it wrote."""
    stdout, stderr = process.communicate(timeout=120)
    return process.returncode, stdout + stderr


@contextmanager
def asked(database: Database) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    """Give the means to ask a database past the API."""
    if isinstance(database, SqliteDatabase):
        with closing(sqlite3.connect(database.path, isolation_level=None)) as file:
            yield lambda statement: file.execute(statement).fetchall()
    else:
        assert isinstance(database, PostgresDatabase)
        with psycopg.connect(database.conninfo, autocommit=True) as server:

            def ask(statement: str) -> list[tuple[object, ...]]:
                cursor = server.execute(statement.encode())
                return cursor.fetchall() if cursor.description else []

            yield ask


def schema(database: Database, engine: Engine) -> list[tuple[object, ...]]:
    """All that makes the schema, in an order of its own."""
    with asked(database) as ask:
        return sorted(ask(SCHEMA[engine]), key=repr)


def counts(database: Database) -> list[object]:
    """How many rows each table has."""
    with asked(database) as ask:
        return [ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]  # noqa: S608 - tables of ours


def has_index(database: Database, engine: Engine) -> bool:
    """Whether what the latest migration makes is there."""
    return any(row[:2] == ("index", LATEST_INDEX) for row in schema(database, engine))


def test_down_to_base_leaves_nothing_and_several_processes_at_once_make_the_same_again_once(
    database: Database, engine: Engine, migrate: Migrate
) -> None:
    latest = schema(database, engine)
    assert len(latest) > len(TABLES)
    assert ended(migrate(database, "--down", "base")) == (0, "")
    assert schema(database, engine) == []
    processes = [migrate(database) for _ in range(3)]
    assert [ended(process) for process in processes] == [(0, "")] * 3
    assert schema(database, engine) == latest
    assert counts(database) == [0, 0, 0, 0]


def test_a_step_down_and_up_again_keeps_every_row(database: Database, engine: Engine, migrate: Migrate) -> None:
    latest, before = schema(database, engine), counts(database)
    assert before[:2] == [8, 30]
    assert ended(migrate(database, "--down", "0001")) == (0, "")
    assert (has_index(database, engine), counts(database)) == (False, before)
    code, told = ended(migrate(database, "--check"))
    assert (code, told.count("\n")) == (1, 1)
    assert ended(migrate(database, "--to", "0002")) == (0, "")
    assert (schema(database, engine), counts(database)) == (latest, before)


def test_the_schema_is_that_of_the_tables_in_the_code(database: Database, engine: Engine, migrate: Migrate) -> None:
    assert ended(migrate(database, "--check"))[0] == 0
    with asked(database) as ask:
        ask("ALTER TABLE users ADD COLUMN nickname VARCHAR(50)")
    code, told = ended(migrate(database, "--check"))
    assert (code, "nickname" in told) == (1, True)


def test_a_revision_that_there_is_not_ends_with_2_and_one_line(database: Database, migrate: Migrate) -> None:
    code, told = ended(migrate(database, "--to", "9999"))
    assert (code, told.count("\n")) == (2, 1)
    assert "9999" in told


@pytest.mark.parametrize("engine", [Engine.POSTGRES])
def test_an_index_that_was_broken_off_is_made_anew(database: Database, engine: Engine, migrate: Migrate) -> None:
    latest = schema(database, engine)
    ended(migrate(database, "--down", "0001"))
    with asked(database) as ask:
        ask(f"CREATE INDEX {LATEST_INDEX} ON articles (author_id, published)")
        ask(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{LATEST_INDEX}'::regclass")  # noqa: S608 - ours
    assert ended(migrate(database)) == (0, "")
    assert schema(database, engine) == latest


def clients(base_url: str, stop: Event) -> dict[str, Callable[[], list[int]]]:
    """What goes on meanwhile; each gives the statuses of its answers."""
    form = {"grant_type": "password", "username": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
    answer = requests.post(f"{base_url}/api/v1/token", data=form, timeout=30)
    token = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def again(method: str, path: str, body: object = None) -> Callable[[], list[int]]:
        def go_on() -> list[int]:
            statuses = []
            with requests.Session() as session:
                while not stop.is_set():
                    sent = session.request(method, base_url + path, headers=token, json=body, timeout=30)
                    statuses.append(sent.status_code)
            return statuses

        return go_on

    article = {"title": "Meanwhile", "content": "It goes on.", "published": True, "tags": ["one", "two"]}
    return {
        "list": again("GET", "/api/v1/articles?limit=5"),
        "slice": again("GET", "/api/v2/articles?limit=5"),
        "create": again("POST", "/api/v1/articles", article),
        "change": again("PATCH", "/api/v1/articles/1", {"published": False}),
    }


EXPECTED = {"list": {200}, "slice": {200}, "create": {201}, "change": {200}}


@pytest.mark.parametrize(("engine", "name"), [(Engine.SQLITE, "flask"), (Engine.POSTGRES, "fastapi")])
def test_an_old_database_is_upgraded_in_service_and_no_request_fails(
    engine: Engine, migrate: Migrate, name: str
) -> None:
    with fresh_database(engine) as database:
        assert ended(migrate(database, "--down", "0001")) == (0, "")
        with (
            running(variant_named(name), database_url=database.url, environment=UNLIMITED_SETTINGS) as server,
            ThreadPoolExecutor() as pool,
        ):
            stop = Event()
            going_on: dict[str, Future[list[int]]] = {
                what: pool.submit(go_on) for what, go_on in clients(server.base_url, stop).items()
            }
            try:
                told = ended(migrate(database))
            finally:
                stop.set()
            statuses = {what: set(future.result()) for what, future in going_on.items()}
        assert (told, has_index(database, engine)) == ((0, ""), True)
    assert statuses == EXPECTED, json.dumps({what: sorted(found) for what, found in statuses.items()})

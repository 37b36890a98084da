"""Statements are counted at the database, whoever sends them."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from variants.statements import StatementLog, statement_log

SETUP = "import sqlite3, sqlite3.dbapi2; connection = {connect}(':memory:', isolation_level=None)\n"


@pytest.fixture
def log() -> Iterator[StatementLog]:
    with statement_log() as log:
        yield log


def execute(log: StatementLog, code: str, connect: str = "sqlite3.connect") -> None:
    """Run a few lines with a traced `connection`."""
    subprocess.run(
        [sys.executable, "-c", SETUP.format(connect=connect) + code], check=True, env=os.environ | log.environment()
    )


@pytest.mark.parametrize("connect", ["sqlite3.connect", "sqlite3.dbapi2.connect"])
def test_a_statement_is_told_with_its_values(log: StatementLog, connect: str) -> None:
    execute(log, "connection.execute('SELECT ?', ('a value',))", connect)
    assert log.since(0) == ["SELECT 'a value'"]


def test_transactions_and_pragmas_are_not_counted(log: StatementLog) -> None:
    statements = ["PRAGMA user_version", "BEGIN IMMEDIATE", "savepoint s", "RELEASE s", "COMMIT", "BEGIN", "ROLLBACK"]
    execute(log, "".join(f"connection.execute({statement!r})\n" for statement in [*statements, "SELECT 1"]))
    assert log.since(0) == ["SELECT 1"]


def test_the_steps_of_a_trigger_are_not_counted(log: StatementLog) -> None:
    create = "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 2; END"
    insert = "connection.execute('INSERT INTO t VALUES (1)')"
    execute(log, f"connection.executescript({create!r})\n{insert}")
    assert log.since(0)[-1] == "INSERT INTO t VALUES (1)"


def test_each_row_of_executemany_counts(log: StatementLog) -> None:
    execute(
        log, "connection.execute('CREATE TABLE t (a)')\nconnection.executemany('INSERT INTO t VALUES (?)', [[1], [2]])"
    )
    assert log.since(0)[1:] == ["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"]


@pytest.mark.parametrize("value", ["two\nlines", "back\\nslash", "carriage\rreturn", "\u2028\x85 ü"])
def test_a_statement_is_one_line_whatever_it_holds(log: StatementLog, value: str) -> None:
    execute(log, f"connection.execute('SELECT ?', ({value!r},))")
    assert log.since(0) == [f"SELECT '{value}'"]


def test_a_long_statement_is_cut(log: StatementLog) -> None:
    execute(log, "connection.execute('SELECT ?', ('x' * 100_000,))")
    assert len(log.since(0)[0]) == 2000


def test_only_what_came_after_the_mark_is_told(log: StatementLog) -> None:
    assert log.mark() == 0
    assert log.since(0) == []
    execute(log, "connection.execute('SELECT 1')")
    mark = log.mark()
    execute(log, "connection.execute('SELECT 2')")
    assert log.since(mark) == ["SELECT 2"]


def test_nothing_is_traced_without_the_variable(log: StatementLog) -> None:
    environment = {**os.environ, "PYTHONPATH": log.environment()["PYTHONPATH"]}
    code = SETUP.format(connect="sqlite3.connect") + "connection.execute('SELECT 1')"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert not log.path.exists()

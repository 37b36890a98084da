"""`python -m blogapi`: what it does, what it says and how it ends."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blogapi.__main__ import main
from blogapi.settings import load_settings

KEY = "0123456789abcdef0123456789abcdef"
SECRET = "hunter2-hunter2"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command in a folder of its own; give its exit code and what it wrote to stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("ARGON2_MEMORY_KIB=8", "ARGON2_TIME_COST=1", "DATABASE_URL=sqlite:///blog.sqlite3"):
        monkeypatch.setenv(*name.split("="))

    def once(*arguments: str, **environment: str) -> tuple[int, str, str]:
        load_settings.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["blogapi", *arguments])
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                main()
            except SystemExit as end:
                return int(end.code or 0), *capsys.readouterr()
            return 0, *capsys.readouterr()

    yield once
    load_settings.cache_clear()


def rows_of(table: str) -> int:
    """How many rows a table of the folder's database has."""
    connection = sqlite3.connect("blog.sqlite3")
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 -- a name of the tests' own
    connection.close()
    return int(count)


def test_migrate_and_seed_fill_a_database_once(run: Run) -> None:
    assert run("migrate") == (0, "", "")
    assert run("seed", "--users", "20", "--articles", "30") == (0, "seeded\n", "")
    assert (rows_of("users"), rows_of("articles")) == (20, 30)
    assert run("seed", "--users", "30") == (0, "left as it is: it has users already\n", "")
    assert (rows_of("users"), rows_of("articles")) == (20, 30)


def test_a_seeded_database_is_analysed_for_good(run: Run) -> None:
    run("migrate")
    run("seed", "--users", "20", "--articles", "30")
    assert rows_of("sqlite_stat1") > 0


def test_check_says_nothing_of_good_settings_and_touches_nothing(run: Run) -> None:
    assert run("check") == (0, "", "")
    assert list(Path().iterdir()) == []


def test_the_documented_admin_password_ends_seeding_with_2(run: Run) -> None:
    run("migrate")
    code, stdout, stderr = run("seed", ENVIRONMENT="production", SECRET_KEY=KEY)
    assert (code, stdout) == (2, "")
    assert stderr.startswith("ADMIN_PASSWORD: ")
    assert len(stderr.splitlines()) == 1
    assert "admin-password" not in stderr
    assert rows_of("users") == 0


def test_production_is_seeded_with_a_password_of_ones_own(run: Run) -> None:
    run("migrate")
    code, stdout, _ = run("seed", ENVIRONMENT="production", SECRET_KEY=KEY, ADMIN_PASSWORD=SECRET)
    assert (code, stdout) == (0, "seeded\n")
    assert (rows_of("users"), rows_of("articles")) == (1, 0)


def test_articles_without_an_editor_end_seeding_with_2(run: Run) -> None:
    run("migrate")
    code, _, stderr = run("seed", "--users", "1", "--articles", "1")
    assert (code, len(stderr.splitlines()), rows_of("users")) == (2, 1, 0)


@pytest.mark.parametrize("arguments", [[], ["drop"], ["seed", "--users", "many"]], ids=len)
def test_wrong_use_ends_with_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_the_process_ends_with_2_and_one_line_for_each_wrong_setting(tmp_path: Path) -> None:
    wrong = {"SECRET_KEY": SECRET, "ADMIN_PASSWORD": SECRET * 10, "LOG_LEVEL": "loud"}
    command = [sys.executable, "-W", "error", "-m", "blogapi", "check"]
    environment = {**os.environ, **wrong}
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    names = [line.partition(":")[0] for line in ended.stderr.splitlines()]
    assert sorted(names) == ["ADMIN_PASSWORD", "LOG_LEVEL", "SECRET_KEY"]
    assert SECRET not in ended.stderr

"""Databases for runs: freshly migrated and seeded, analysed, and gone afterwards."""

import fcntl
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from variants.catalog import workspace_root
from variants.environment import run_environment
from variants.sources import revision_of

BLOGAPI = Path("shared/blogapi/src/blogapi")
# What decides a seeded database: the schema, the rows, and the forms in which they are stored.
SEED_SOURCES = (
    "migrations/**/*.py",
    "tables.py",
    "seed*.py",
    "seed/**/*.py",
    "passwords.py",
    "rules.py",
    "timestamps.py",
)


class DatabaseError(Exception):
    """A database could not be made; the message ends with what the failing command said."""


class Database(Protocol):
    """A seeded database of some engine that lives as long as the context that gave it."""

    @property
    def url(self) -> str:
        """As SQLAlchemy and `DATABASE_URL` read it."""


@dataclass(frozen=True)
class Rows:
    """How much is seeded. The defaults are the seeded state of the method (docs/method.md, equal conditions)."""

    articles: int = 10_000
    users: int = 500


@dataclass(frozen=True)
class SqliteDatabase:
    """A SQLite database in a file of its own."""

    path: Path

    @property
    def url(self) -> str:
        """As SQLAlchemy and `DATABASE_URL` read it."""
        return sqlite_url(self.path)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite database at an absolute path."""
    return f"sqlite:///{path}"


@contextmanager
def sqlite_database(rows: Rows | None = None) -> Iterator[SqliteDatabase]:
    """Give a copy of the seeded template in a temporary folder, which is removed afterwards.

    The template is made once for each state of blogapi's schema and seed and kept in `.work/databases`.

    Raises:
        DatabaseError: migrating or seeding failed.
    """
    with TemporaryDirectory(prefix="variants-") as folder:
        copy = Path(folder) / "blog.sqlite3"
        _copy_template(rows or Rows(), copy)
        yield SqliteDatabase(copy)


def seed_revision() -> str:
    """A hash of the sources that decide what a seeded database holds.

    Raises:
        DatabaseError: there are none, and a template could not be told from an outdated one.
    """
    sources = workspace_root() / BLOGAPI
    files = {file for pattern in SEED_SOURCES for file in sources.glob(pattern)}
    if not files:
        raise DatabaseError(f"{sources} has no {SEED_SOURCES[1]}")
    return revision_of(files, base=sources)


def prepare(rows: Rows, *, environment: Mapping[str, str], cwd: Path) -> None:
    """Migrate the database of `DATABASE_URL`, and seed it when it is empty.

    Parameters:
        environment: the whole one, with the settings.
        cwd: where a relative path of the settings starts.

    Raises:
        subprocess.CalledProcessError: with the exit code and the stderr of the command that failed.
    """
    _blogapi("migrate", environment=environment, cwd=cwd)
    _blogapi("seed", f"--articles={rows.articles}", f"--users={rows.users}", environment=environment, cwd=cwd)


@contextmanager
def templates_locked(engine: str) -> Iterator[Path]:
    """Keep other processes from the templates of an engine while the body runs; give the folder of all templates.

    Several test processes want the same template at once: the first one makes it, the others wait and copy.
    """
    folder = workspace_root() / ".work" / "databases"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{engine}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def fill_database(url: str, rows: Rows, *, cwd: Path) -> None:
    """Migrate and seed a database that is to be copied, with none of the settings of the user's own.

    Raises:
        DatabaseError: one of both failed.
    """
    # Outside production, where nothing but the first admin is seeded.
    environment = run_environment(database_url=url, extra={"ENVIRONMENT": "test"})
    try:
        prepare(rows, environment=environment, cwd=cwd)
    except subprocess.CalledProcessError as error:
        raise DatabaseError(f"{' '.join(error.cmd[1:])} failed:\n{error.stderr.strip()}") from error


def _blogapi(*arguments: str, environment: Mapping[str, str], cwd: Path) -> None:
    command = [sys.executable, "-m", "blogapi", *arguments]
    subprocess.run(  # noqa: S603 - this interpreter and the workspace's own module, no shell
        command, check=True, env=environment, cwd=cwd, capture_output=True, text=True
    )


def _copy_template(rows: Rows, copy: Path) -> None:
    with templates_locked("sqlite") as folder:
        shutil.copyfile(_template(folder, rows), copy)


def _template(folder: Path, rows: Rows) -> Path:
    revision = seed_revision()
    template = folder / f"{revision}-{rows.articles}-{rows.users}.sqlite3"
    if not template.exists():
        _drop_other_revisions(folder, revision)
        _make_template(template, rows)
    return template


def _drop_other_revisions(folder: Path, revision: str) -> None:
    for old in folder.glob("*.sqlite3*"):
        if not old.name.startswith(revision):
            old.unlink()


def _make_template(template: Path, rows: Rows) -> None:
    with TemporaryDirectory(dir=template.parent) as folder:
        path = Path(folder) / "blog.sqlite3"
        fill_database(sqlite_url(path), rows, cwd=Path(folder))
        _analyse(path)
        path.replace(template)


def _analyse(path: Path) -> None:
    """Give the planner its statistics, and leave everything in the one file that is copied."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

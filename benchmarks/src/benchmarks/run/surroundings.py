"""What a result says of the machine and the tree: enough to judge it, and nothing that names the machine."""

import hashlib
import os
import platform
import shutil
import sqlite3
import subprocess
from importlib import metadata
from pathlib import Path

import psutil

from benchmarks.results import Database, Environment, Layout
from variants.databases import Rows, seed_revision
from variants.engines import Engine
from variants.postgres import server_version

CPU_FILE = Path("/proc/cpuinfo")
REVISION_DIGITS = 12
CHANGES_DIGITS = 8


def describe_environment(root: Path, layout: Layout) -> Environment:
    """Describe this machine, its Python and what is installed; `root` is the work tree whose revision is recorded."""
    packages = {distribution.name.lower(): distribution.version for distribution in metadata.distributions()}
    return Environment(
        cpu=_cpu_model(),
        cores=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages=dict(sorted(packages.items())),
        revision=_revision(root),
        layout=layout,
    )


def describe_database(engine: Engine, rows: Rows) -> Database:
    """Describe the SQLite that this Python brings, or the server of PostgreSQL, and the seeded state.

    Raises:
        DatabaseError: there is no server.
    """
    title, version = "SQLite", sqlite3.sqlite_version
    if engine is Engine.POSTGRES:
        title, version = "PostgreSQL", server_version()
    return Database(title, version, rows.articles, rows.users, seed_revision())


def _cpu_model() -> str:
    if CPU_FILE.exists():
        for line in CPU_FILE.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _revision(root: Path) -> str:
    """The commit; when the tree has changes a `+` and a hash of them; `unknown` outside of git."""
    try:
        commit = _git(root, "rev-parse", f"--short={REVISION_DIGITS}", "HEAD")
        return f"{commit}+{_changes(root)}" if _git(root, "status", "--porcelain") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _changes(root: Path) -> str:
    """A hash of what differs from the commit, so that one changed tree can be told from another."""
    found = hashlib.sha256(_git(root, "diff", "--binary", "HEAD").encode())
    for name in filter(None, _git(root, "ls-files", "-z", "--others", "--exclude-standard").split("\0")):
        found.update(name.encode() + (root / name).read_bytes())
    return found.hexdigest()[:CHANGES_DIGITS]


def _git(root: Path, *arguments: str) -> str:
    command = [shutil.which("git") or "git", *arguments]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603 - git, no shell
    return done.stdout.strip()

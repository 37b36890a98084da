"""A mutant: a patch of this folder, applied to a copy of the sources that a variant runs, and served."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from variants.catalog import Variant, workspace_root
from variants.contract import ROWS
from variants.databases import prepare, sqlite_database, sqlite_url
from variants.environment import run_environment
from variants.launch import VariantFailedError
from variants.process import RunningVariant, running
from variants.profiles import Profile

DEFAULT_VARIANT = "flask"
SHARED = Path("shared/blogapi")


@dataclass(frozen=True)
class Mutant:
    """One patch: what it breaks, in which variant it is tried, and what is tried first: test files, small limits."""

    name: str
    sentence: str
    variant: str
    files: tuple[str, ...]
    migrates: bool
    is_of_limits: bool
    patch: Path


class MutantError(Exception):
    """A mutant could not be tried; the first argument is the verdict, the second says why."""


def read(patch: Path) -> Mutant:
    """Read a patch's own words and where it belongs."""
    text = patch.read_text(encoding="utf-8")
    head = text.partition("\n--- ")[0]
    files = re.search(r"^Killed by: (.+)$", head, re.MULTILINE)
    named = re.search(r"^Variant: (\w+)$", head, re.MULTILINE) or re.search(
        r"^\+\+\+ b/apps/(\w+)/", text, re.MULTILINE
    )
    return Mutant(
        name=patch.stem,
        sentence=head.splitlines()[0],
        variant=named[1] if named else DEFAULT_VARIANT,
        files=tuple(files[1].split()) if files else (),
        migrates="/migrations/" in text,
        is_of_limits=bool(re.search(r"^Profile: limits$", head, re.MULTILINE)),
        patch=patch,
    )


@contextmanager
def copy_of(variant: Variant) -> Iterator[Path]:
    """Copy the sources that a variant runs, in the workspace's own layout."""
    root = workspace_root()
    with TemporaryDirectory(prefix="mutant-") as folder:
        for part in (variant.folder.relative_to(root), SHARED):
            shutil.copytree(root / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        yield Path(folder)


def apply(patch: Path, tree: Path) -> None:
    """Apply a patch to a copy.

    Raises:
        MutantError: it does not fit.
    """
    # One line of context is enough, so that a change nearby does not make a patch stale.
    command = ["git", "apply", "-C1", "--whitespace=nowarn", str(patch)]
    # The copy is no repository, and must not be taken for a part of one.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(  # noqa: S603 - git and the project's own patch, no shell
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MutantError("did not apply", done.stderr.strip().partition("\n")[0])


def own_database(tree: Path, path: dict[str, str]) -> str:
    """Make a database with the copy's own migrations; otherwise a copy of the workspace's template is quicker.

    Raises:
        MutantError: migrating or seeding failed.
    """
    url = sqlite_url(tree / "blog.sqlite3")
    try:
        prepare(ROWS, environment=run_environment(database_url=url, extra={"ENVIRONMENT": "test", **path}), cwd=tree)
    except subprocess.CalledProcessError as error:
        raise MutantError("did not migrate", str(error.stderr).strip().splitlines()[-1]) from error
    return url


@contextmanager
def serving(variant: Variant, tree: Path, profile: Profile, *, migrates: bool = False) -> Iterator[RunningVariant]:
    """Run a copy of a variant on a fresh database, made by the copy itself if its migrations are changed.

    Raises:
        MutantError: it does not start.
    """
    root = workspace_root()
    sources = [tree / variant.folder.relative_to(root) / "src", tree / SHARED / "src"]
    copy = replace(variant, folder=tree / variant.folder.relative_to(root))
    path = {"PYTHONPATH": os.pathsep.join(map(str, sources))}
    with ExitStack() as stack:
        url = own_database(tree, path) if migrates else stack.enter_context(sqlite_database(ROWS)).url
        try:
            server = stack.enter_context(
                running(copy, database_url=url, environment={**profile.settings, **path}, workers=profile.workers)
            )
        except VariantFailedError as error:
            raise MutantError("did not start", str(error).strip().splitlines()[-1]) from error
        yield server

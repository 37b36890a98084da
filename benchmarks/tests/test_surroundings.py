"""What a result says of the tree that it was measured in."""

import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.results import Layout
from benchmarks.run.surroundings import describe_environment


def git(tree: Path, *arguments: str) -> str:
    command = [shutil.which("git") or "git", *arguments]
    return subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A work tree of one commit."""
    (tmp_path / "file").write_text("one\n", encoding="utf-8")
    identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--message", "One"]):
        git(tmp_path, *command)
    return tmp_path


def revision(tree: Path) -> str:
    return describe_environment(tree, Layout((), ())).revision


def test_a_tree_without_changes_has_the_commits_revision(tree: Path) -> None:
    assert revision(tree) == git(tree, "rev-parse", "HEAD")[:12]


def test_two_trees_with_different_changes_have_different_revisions(tree: Path) -> None:
    clean = revision(tree)
    (tree / "file").write_text("two\n", encoding="utf-8")
    two = revision(tree)
    (tree / "file").write_text("three\n", encoding="utf-8")
    three = revision(tree)
    (tree / "a new file").write_text("one\n", encoding="utf-8")
    new = revision(tree)
    (tree / "a new file").write_text("two\n", encoding="utf-8")
    assert len({clean, two, three, new, revision(tree)}) == 5
    assert all(one.startswith(f"{clean}+") for one in (two, three, new))


def test_outside_of_a_tree_there_is_no_revision(tmp_path: Path) -> None:
    assert revision(tmp_path) == "unknown"

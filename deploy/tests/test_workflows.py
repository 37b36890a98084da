"""The workflows of GitHub Actions: valid, with few rights, an end in time, and actions of a known version."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from variants.catalog import load_variants

WORKFLOWS = ("ci", "benchmark")


@pytest.fixture(params=WORKFLOWS)
def workflow(request: pytest.FixtureRequest, root: Path) -> dict[Any, Any]:
    """One of the workflows."""
    document: dict[Any, Any] = yaml.safe_load((root / f".github/workflows/{request.param}.yaml").read_text())
    return document


def test_there_are_no_others(root: Path) -> None:
    assert sorted(file.name for file in (root / ".github/workflows").iterdir()) == ["benchmark.yaml", "ci.yaml"]


def test_the_files_are_as_the_schema_has_them(root: Path) -> None:
    tool = Path(sys.executable).parent / "check-jsonschema"
    files = [f".github/workflows/{name}.yaml" for name in WORKFLOWS]
    command = [str(tool), "--builtin-schema", "vendor.github-workflows", *files]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_workflow_may_only_read_unless_a_job_says_more(workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}


def test_a_workflow_runs_once_at_a_time(workflow: dict[Any, Any]) -> None:
    assert workflow["concurrency"]["group"]


def test_every_job_ends(workflow: dict[Any, Any]) -> None:
    assert all(0 < job["timeout-minutes"] <= 180 for job in workflow["jobs"].values())


def test_every_action_has_a_version(workflow: dict[Any, Any]) -> None:
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w./-]+@(v\d+|[0-9a-f]{40})", action) for action in used)


def test_every_variant_is_tried_in_a_container(root: Path) -> None:
    jobs = yaml.safe_load((root / ".github/workflows/ci.yaml").read_text(encoding="utf-8"))["jobs"]
    assert sorted(jobs["containers"]["strategy"]["matrix"]["variant"]) == sorted(load_variants())


def test_every_target_of_make_that_is_called_is_there(root: Path, workflow: dict[Any, Any]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    scripts = "\n".join(step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"])
    assert set(re.findall(r"^\s*make ([a-z-]+)", scripts, re.MULTILINE)) <= targets

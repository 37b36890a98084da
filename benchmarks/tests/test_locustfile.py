"""The locustfile with Locust's own command line, as a user runs it."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

Fake = Callable[..., AbstractContextManager[Any]]
ARTICLES = "/api/v1/articles"


def locust(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "locust", "-f", str(root / "loadtests" / "locustfile.py"), "--headless"]
    command += ["--users=2", "--spawn-rate=2", "--run-time=1s", "--json", "--loglevel=ERROR"]
    return subprocess.run([*command, *arguments], check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("names", "routes"),
    [
        ([], {("GET", ARTICLES), ("GET", f"{ARTICLES}/{{id}}"), ("POST", ARTICLES), ("POST", "/api/v1/token")}),
        (["Ping"], {("GET", "/api/v1/ping")}),
    ],
)
def test_the_named_classes_run_or_else_the_blog(
    fake_server: Fake, root: Path, names: list[str], routes: set[tuple[str, str]]
) -> None:
    with fake_server() as server:
        done = locust(root, f"--host={server.base_url}", "--wait=0", *names)
    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)
    assert {(line["method"], line["name"]) for line in lines} <= routes
    assert all(line["num_failures"] == 0 for line in lines)
    assert any(line["num_requests"] > 0 for line in lines)


def test_failures_make_locust_fail(fake_server: Fake, root: Path) -> None:
    with fake_server("--error-every", "2") as server:
        done = locust(root, f"--host={server.base_url}", "Ping")
    assert done.returncode == 1


def test_a_host_that_is_not_there_is_said_once(root: Path) -> None:
    done = locust(root, "--host=http://127.0.0.1:1", "Page")
    assert done.returncode == 1
    assert done.stderr.count("Connection refused") == 1

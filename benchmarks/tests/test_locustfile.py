"""The locustfile with Locust's own command line, as a user runs it."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from variants.ports import free_port

Fake = Callable[..., AbstractContextManager[Any]]
ARTICLES = "/api/v1/articles"
ARTICLE, COMMENTS = f"{ARTICLES}/{{id}}", f"{ARTICLES}/{{id}}/comments"
# Requests enough where any will do, and the cores free for other tests.
PAUSE = "--wait=0.02"
BLOG = {("GET", ARTICLES), ("GET", ARTICLE), ("GET", COMMENTS), ("POST", COMMENTS), ("POST", ARTICLES)}


def locust(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "locust", "-f", str(root / "loadtests" / "locustfile.py"), "--headless"]
    command += ["--users=2", "--spawn-rate=2", "--run-time=1s", "--json", "--loglevel=ERROR"]
    return subprocess.run([*command, *arguments], check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("names", "routes"),
    [
        ([], BLOG | {("POST", "/api/v1/token")}),
        (["Ping"], {("GET", "/api/v1/ping")}),
    ],
)
def test_the_named_classes_run_or_else_the_blog(
    fake_server: Fake, root: Path, names: list[str], routes: set[tuple[str, str]]
) -> None:
    with fake_server() as server:
        done = locust(root, f"--host={server.base_url}", PAUSE, *names)
    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)
    assert {(line["method"], line["name"]) for line in lines} <= routes
    assert all(line["num_failures"] == 0 for line in lines)
    assert any(line["num_requests"] > 0 for line in lines)


def test_a_mix_of_ones_own_runs_as_an_option_says(fake_server: Fake, root: Path) -> None:
    with fake_server() as server:
        mix = f"--mix={root / 'loadtests' / 'mixes' / 'reader.toml'}"
        done = locust(root, f"--host={server.base_url}", "--wait=0", "--run-time=2s", mix)
    assert done.returncode == 0, done.stderr
    assert {(line["method"], line["name"]) for line in json.loads(done.stdout)} == {
        ("GET", ARTICLES),
        ("GET", ARTICLE),
        ("GET", COMMENTS),
    }


def test_a_file_that_is_no_mix_is_wrong_use(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[mix]\npages = 1\n", encoding="utf-8")
    done = locust(root, "--host=http://127.0.0.1:1", f"--mix={path}")
    assert done.returncode == 2
    assert "mine.toml: no task is named 'pages'; there are: ping, article" in done.stderr


def led_by_a_master(fake_server: Fake, root: Path) -> tuple["subprocess.CompletedProcess[str]", dict[str, int]]:
    """Run a master and two workers; give what the master has told and what the server has seen."""
    port = free_port()
    addresses = [f"--master-bind-port={port}", f"--master-port={port}", "--master-bind-host=127.0.0.1"]
    with fake_server() as server:
        options = [f"--host={server.base_url}", "--processes=2", *addresses, "--run-time=3s", "--loglevel=INFO", PAUSE]
        return locust(root, *options, "Ping"), server.seen()


def test_a_master_sums_up_what_its_two_workers_did(fake_server: Fake, root: Path) -> None:
    done, seen = led_by_a_master(fake_server, root)
    for _ in range(4):
        # A master waits half a second for the last reports; where one comes later, the sum is not the whole.
        if done.stderr.count(" quit. ") == 2:
            break
        done, seen = led_by_a_master(fake_server, root)
    assert done.returncode == 0, done.stderr
    assert "2 workers connected" in done.stderr
    # Both workers print an empty list of their own, at times between the lines of one another.
    told = re.search(r"^\[\n +\{.*^\]$", done.stdout, re.DOTALL | re.MULTILINE)
    assert told is not None, done.stdout
    (line,) = json.loads(told[0])
    # Each of the two users may have been on its way when all were stopped.
    assert 0 < line["num_requests"] <= seen["load"] <= line["num_requests"] + 2


def test_failures_make_locust_fail(fake_server: Fake, root: Path) -> None:
    with fake_server("--error-every", "2") as server:
        done = locust(root, f"--host={server.base_url}", PAUSE, "Ping")
    assert done.returncode == 1


def test_a_host_that_is_not_there_is_said_once(root: Path) -> None:
    done = locust(root, "--host=http://127.0.0.1:1", "Page")
    assert done.returncode == 1
    assert done.stderr.count("Connection refused") == 1

"""Locust runs in a process of its own against a variant that is started for it; the locustfile here is a small one."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import requests

from variants.catalog import Variant
from variants.engines import Engine
from variants.loading import Mix, duration_is_valid, run_load

LOCUSTFILE = """
from locust import HttpUser, events, task

@events.init_command_line_parser.add_listener
def add_wait(parser):
    parser.add_argument("--wait", type=float)

class Ping(HttpUser):
    @task
    def ping(self):
        self.client.get("/api/v1/ping")

class Blog(HttpUser):
    @task
    def fail(self):
        self.client.post("/api/v1/articles")
"""
COMMAND = [sys.executable, "-c", "from variants.cli import app; app()", "load-ui", "fake"]


@pytest.fixture
def locustfile(workspace: Path, nothing_left: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A locustfile whose `Ping` the fake server answers and whose `Blog` it does not."""
    monkeypatch.setenv("LOCUST_HOST", "http://of-the-users.own")
    (workspace / "loadtests").mkdir()
    (workspace / "loadtests" / "locustfile.py").write_text(LOCUSTFILE, encoding="utf-8")


@pytest.mark.usefixtures("locustfile")
@pytest.mark.parametrize(("mix", "exit_code"), [(Mix.PING, 0), (Mix.BLOG, 1)])
def test_the_exit_code_tells_whether_requests_failed(
    fake: Variant, mix: Mix, exit_code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_load(fake, Engine.SQLITE, users=2, duration="3s", mix=mix, wait_seconds=0, workers=1) == exit_code
    assert "Aggregated" in "".join(capfd.readouterr())


@pytest.mark.usefixtures("locustfile")
def test_two_processes_of_locust_share_the_load(fake: Variant, capfd: pytest.CaptureFixture[str]) -> None:
    code = run_load(
        fake, Engine.SQLITE, users=2, duration="3s", mix=Mix.PING, wait_seconds=0, workers=1, load_workers=2
    )
    assert code == 0
    assert "2 workers connected" in "".join(capfd.readouterr())


@pytest.mark.usefixtures("locustfile")
def test_the_page_and_the_variant_end_with_an_interrupt() -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        page, server = re.findall(r"http://[\d.:]+", process.stdout.readline())
        assert "Locust" in requests.get(page, timeout=10).text
        assert requests.get(server, timeout=10).status_code == 200
        below = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert not psutil.wait_procs(below, timeout=5)[1]


@pytest.mark.parametrize(("mix", "name"), [("blog", "Blog"), ("page_authenticated", "PageAuthenticated")])
def test_a_mix_is_a_user_class(mix: str, name: str) -> None:
    assert Mix(mix).user_class == name


@pytest.mark.parametrize(
    ("duration", "valid"), [("10", True), ("10s", True), ("1h30m", True), ("", False), ("10x", False), ("s", False)]
)
def test_durations_are_those_of_locust(duration: str, valid: bool) -> None:
    assert duration_is_valid(duration) is valid

"""Locust runs in a process of its own against a variant that is started for it; the locustfile here is a small one."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import requests

from variants.catalog import Variant
from variants.engines import Engine
from variants.loading import Elsewhere, LoadError, Mix, duration_is_valid, run_load
from variants.ports import free_port

LOCUSTFILE = """
from locust import HttpUser, events, task

@events.init_command_line_parser.add_listener
def add_wait(parser):
    parser.add_argument("--wait", type=float)

class User(HttpUser):
    abstract = True

    def wait_time(self):
        return self.environment.parsed_options.wait

class Ping(User):
    @task
    def ping(self):
        self.client.get("/api/v1/ping")

class Blog(User):
    @task
    def fail(self):
        self.client.post("/api/v1/articles")
"""
# Requests enough for all that is asked here, and the cores free for other tests.
WAIT = 0.2
CLI = [sys.executable, "-c", "from variants.cli import app; app()"]
COMMAND = [*CLI, "load-ui", "fake"]
LOAD = [*CLI, "load", "fake"]


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
    assert run_load(fake, Engine.SQLITE, users=2, duration="3s", mix=mix, wait_seconds=WAIT, workers=1) == exit_code
    assert "Aggregated" in "".join(capfd.readouterr())


@pytest.mark.usefixtures("locustfile")
def test_two_processes_of_locust_share_the_load(fake: Variant, capfd: pytest.CaptureFixture[str]) -> None:
    code = run_load(
        fake, Engine.SQLITE, users=2, duration="3s", mix=Mix.PING, wait_seconds=WAIT, workers=1, load_workers=2
    )
    assert code == 0
    assert "2 workers connected" in "".join(capfd.readouterr())


@pytest.mark.usefixtures("locustfile")
def test_workers_that_are_started_elsewhere_share_the_load(workspace: Path) -> None:
    options = ["--expect-workers=2", "--mix=ping", "--duration=2s", "--users=2", f"--wait={WAIT}"]
    command = [*LOAD, *options, "--master-bind-host=127.0.0.2", f"--master-bind-port={free_port('127.0.0.2')}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as load:
        assert load.stdout
        assert re.fullmatch(r"Fake is at http://127\.0\.0\.2:\d+\. Start 2 workers:\n", load.stdout.readline())
        told = load.stdout.readline().split()
        assert told[0] == ".venv/bin/locust"
        worker = [sys.executable, "-m", "locust", *told[1:]]
        workers = [subprocess.Popen(worker, cwd=workspace, stderr=subprocess.DEVNULL) for _ in range(2)]
        summary = load.communicate(timeout=60)[1]
        assert [process.wait(20) for process in workers] == [0, 0]
    assert load.returncode == 0
    assert "2 workers connected" in summary


def test_a_master_whose_port_is_taken_says_so_before_anything_is_started(fake: Variant) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        elsewhere = Elsewhere(workers=1, port=taken.getsockname()[1])
        with pytest.raises(LoadError, match=r"master cannot listen on 127\.0\.0\.1 port \d+: address already in use"):
            run_load(
                fake,
                Engine.SQLITE,
                users=1,
                duration="1s",
                mix=Mix.PING,
                wait_seconds=0,
                workers=1,
                elsewhere=elsewhere,
            )


@pytest.mark.parametrize(
    ("elsewhere", "load_workers", "fault"),
    [
        (Elsewhere(workers=0), 2, None),
        (Elsewhere(workers=2, host="192.0.2.7"), 0, None),
        (Elsewhere(workers=0, host="192.0.2.7"), 0, "is for --expect-workers"),
        (Elsewhere(workers=2), 2, "give one of both"),
        (Elsewhere(workers=2, host="0.0.0.0"), 0, "the one address"),  # noqa: S104 - refused
    ],
)
def test_options_of_a_load_from_elsewhere_have_to_fit(
    elsewhere: Elsewhere, load_workers: int, fault: str | None
) -> None:
    found = elsewhere.fault(load_workers)
    assert found == fault or (fault is not None and found is not None and fault in found)


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

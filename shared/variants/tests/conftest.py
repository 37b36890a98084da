"""A workspace of its own with one fake variant, whose server does what FAKE_MODE says."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from variants.catalog import Variant, variant_named

FAKE_VARIANT = """
name = "fake"
title = "Fake"
package = "psutil"
good_for = "Tests of the tools."

[server]
title = "http.server"
package = "rich"
command = ["{python}", "server.py", "{host}", "{port}"]

[server.environment]
FAKE_WORKERS = "{workers}"

[bare]
command = ["{python}", "server.py", "{host}", "{port}", "bare"]

[data]
orm = "none"

[data.driver]
sqlite = "sqlite3"
postgres = "none"

[features]
orm = "no"
admin = "no"
async = "no"
openapi = "no"
validation = "no"
websocket = "no"
templates = "no"
background_tasks = "no"
learning = "the tests"
"""

FAKE_SERVER = """
import json, os, signal, subprocess, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mode = os.environ.get("FAKE_MODE", "")
print("the fake server starts", flush=True)
if mode == "crash":
    sys.exit(7)
if mode == "settings":
    print("SECRET_KEY: is too short", file=sys.stderr)
    sys.exit(2)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
if mode in ("child", "stubborn"):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/exit":
            os._exit(5)
        if self.path == "/burn":
            end = time.process_time() + 0.5
            while time.process_time() < end:
                pass
        body = json.dumps({"environment": dict(os.environ), "cpus": sorted(os.sched_getaffinity(0))}).encode()
        bare = sys.argv[3:] == ["bare"]
        self.send_response(503 if mode == "unready" else 404 if bare and self.path != "/api/v1/ping" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
"""


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A cache of seeded databases for all fake workspaces of all processes: making one takes seconds."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def workspace(tmp_path: Path, templates: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a workspace that holds the fake variant only."""
    (tmp_path / ".work").mkdir()
    (tmp_path / ".work" / "databases").symlink_to(templates)
    folder = tmp_path / "apps" / "fake"
    folder.mkdir(parents=True)
    (folder / "variant.toml").write_text(FAKE_VARIANT, encoding="utf-8")
    (folder / "server.py").write_text(FAKE_SERVER, encoding="utf-8")
    sources = tmp_path / "shared" / "blogapi" / "src" / "blogapi"
    sources.mkdir(parents=True)
    (sources / "tables.py").write_text("", encoding="utf-8")
    monkeypatch.setenv("COMPARE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def fake(workspace: Path) -> Variant:
    """The fake variant."""
    return variant_named("fake")


@pytest.fixture
def nothing_left(workspace: Path) -> Iterator[None]:
    """Hold a test to leaving no process of its workspace behind."""
    yield
    _, alive = psutil.wait_procs(
        [process for process in psutil.process_iter() if _is_in(workspace, process)], timeout=5
    )
    assert not alive


def _is_in(folder: Path, process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.pid != os.getpid() and Path(process.cwd()).is_relative_to(folder)
    return False

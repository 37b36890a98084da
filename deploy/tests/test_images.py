"""The Dockerfiles: what a linter says of them, what they start, and that they differ in nothing else."""

import http.server
import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from variants.catalog import fill, load_variants

VARIANTS = load_variants()
FILES = [*(f"apps/{name}/Dockerfile" for name in VARIANTS), "shared/blogapi/Dockerfile", "loadtests/Dockerfile"]
BIN = Path(sys.executable).parent


def _command(dockerfile: str) -> list[str]:
    """The last CMD, its continued lines joined."""
    joined = dockerfile.replace("\\\n", " ")
    command: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", joined, re.MULTILINE)[-1])
    return command


@pytest.mark.parametrize("file", FILES)
def test_a_linter_finds_nothing(root: Path, file: str) -> None:
    done = subprocess.run([BIN / "hadolint", "--no-color", file], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", VARIANTS)
def test_an_image_starts_what_the_variants_file_says(root: Path, name: str) -> None:
    server = VARIANTS[name].server
    dockerfile = (root / f"apps/{name}/Dockerfile").read_text(encoding="utf-8")
    parts = [part.replace("{python}", "python") for part in server.command]
    assert _command(dockerfile) == [fill(part, host="0.0.0.0", port=8000, workers=1) for part in parts]  # noqa: S104 -- inside the container
    assert not server.environment


def test_the_variants_are_built_alike(root: Path) -> None:
    recipes = set()
    for name, variant in VARIANTS.items():
        text = (root / f"apps/{name}/Dockerfile").read_text(encoding="utf-8")
        recipe = text[: text.index("\nCMD ")].replace(variant.title, "TITLE")
        recipes.add(recipe.replace(f"apps/{name}", "apps/NAME").replace(f"blog-api-{name}", "blog-api-NAME"))
    assert len(recipes) == 1


@pytest.mark.parametrize("file", FILES)
def test_an_image_is_somebodys_and_runs_as_nobody_special(root: Path, file: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    last = text[text.rindex("\nFROM ") :]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10001"]
    assert "--uid 10001" in last
    assert "org.opencontainers.image.title" in last


def test_the_installer_is_good_shell(root: Path) -> None:
    subprocess.run(["/bin/sh", "-n", root / "deploy/image/install.sh"], check=True)


def test_nothing_but_what_images_are_made_of_is_sent_to_a_build(root: Path) -> None:
    first, *rest = [line for line in (root / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert first == "*"
    allowed = {line.removeprefix("!") for line in rest if line.startswith("!")}
    copied = set()
    for file in FILES:
        text = (root / file).read_text(encoding="utf-8")
        for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
            copied |= set(shlex.split(line)[:-1])
    assert all(any(path == top or path.startswith(f"{top}/") for top in allowed) for path in copied)
    assert {"**/.env", "**/tests"} <= set(rest)


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    """Answers 200 to the host `api.example` and 400 to others."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.path == "/health/ready" and self.headers["Host"] == "api.example"
            self.send_response(200 if good else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield httpd
        httpd.shutdown()
        thread.join()


def _healthcheck(root: Path, port: int, allowed_hosts: str) -> int:
    command = [sys.executable, str(root / "deploy/image/healthcheck.py"), str(port)]
    return subprocess.run(command, env={"ALLOWED_HOSTS": allowed_hosts}, capture_output=True, check=False).returncode


def test_the_healthcheck_asks_under_a_name_that_is_allowed(root: Path, server: http.server.HTTPServer) -> None:
    assert _healthcheck(root, server.server_port, "api.example,localhost") == 0


def test_the_healthcheck_fails_with_any_other_answer(root: Path, server: http.server.HTTPServer) -> None:
    assert _healthcheck(root, server.server_port, "*") == 1


def test_the_healthcheck_fails_where_nobody_answers(root: Path, server: http.server.HTTPServer) -> None:
    port = server.server_port
    server.server_close()
    assert _healthcheck(root, port, "api.example") == 1

"""The commands: what they print, and with which code they exit."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner, Result

from variants import cli, contract
from variants.catalog import variant_named
from variants.contract import ContractResult
from variants.launch import VariantFailedError
from variants.ports import free_port
from variants.serving import ready_line

pytestmark = pytest.mark.usefixtures("workspace", "nothing_left")
COMMAND = [sys.executable, "-c", "from variants.cli import app; app()"]


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "200"})


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`serve fake` in a process of its own, and the line that it prints."""
    command = [*COMMAND, "serve", "fake", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = ""
            while "listens" not in line:
                line = process.stdout.readline()
                assert line, "the server ended before it was ready"
            yield process, line
        finally:
            process.terminate()


@pytest.mark.parametrize("command", ["variants", "serve", "contract", "load", "load-ui"])
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output
    assert command == "variants" or f"compare-frameworks {command}" in result.output


@pytest.mark.parametrize("command", ["serve", "contract", "load", "load-ui"])
def test_an_unknown_name_lists_the_names(command: str) -> None:
    result = run(command, "bottle")
    assert result.exit_code == 2
    assert result.stderr == "no variant is named 'bottle'; there are: fake\n"


def test_variants_are_listed() -> None:
    result = run("variants")
    assert result.exit_code == 0
    for cell in ("fake", "Fake 7.", "http.server 15.", "sqlite3", "Tests of the tools."):
        assert cell in result.output


def test_a_wrong_file_is_one_line(workspace: Path) -> None:
    (workspace / "apps" / "fake" / "variant.toml").write_text("name = 1", encoding="utf-8")
    result = run("variants")
    assert result.exit_code == 2
    assert result.stderr.endswith("name: must be a text that is not empty\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("contract", "fake", "--url", "http://127.0.0.1:1"),
        ("contract", "--url", "http://127.0.0.1:1"),
        ("load", "fake", "--duration", "soon"),
        ("load", "fake", "--master-bind-host", "192.0.2.7"),
        ("serve", "fake", "--db", "postgres", "--database-url", "sqlite:///blog.sqlite3"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [("serve",), ("serve", "fake", "--port", "0"), ("load", "fake", "--mix", "tea")])
def test_wrong_options_exit_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_where_and_ends_cleanly(number: signal.Signals, capfd: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with serving("--port", str(port)) as (process, line):
        assert f"listens on http://127.0.0.1:{port} (docs: http://127.0.0.1:{port}/docs)" in line
        environment = requests.get(f"http://127.0.0.1:{port}/", timeout=5).json()["environment"]
        process.send_signal(number)
        assert process.wait(20) == 0
    assert environment["DATABASE_URL"].endswith("/.work/serve/fake.sqlite3")
    assert "Traceback" not in capfd.readouterr().err


def test_serve_passes_settings_and_a_relative_database_on(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOG_LEVEL", "debug")
    port = free_port()
    with serving("--port", str(port), "--database-url", "sqlite:///own.sqlite3"):
        environment = requests.get(f"http://127.0.0.1:{port}/", timeout=5).json()["environment"]
    assert environment["LOG_LEVEL"] == "debug"
    assert environment["DATABASE_URL"] == f"sqlite:///{tmp_path / 'own.sqlite3'}"
    assert (tmp_path / "own.sqlite3").exists()


def test_serve_refuses_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "fake", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert result.stderr.endswith("address already in use\n")
    assert result.stderr.count("\n") == 1


def test_serve_passes_a_fault_of_the_settings_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    result = run("serve", "fake", "--port", str(free_port()))
    assert result.exit_code == 2
    assert result.stderr.startswith("SECRET_KEY: ")


def test_serve_passes_the_servers_own_exit_code_2_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_MODE", "settings")
    assert run("serve", "fake", "--port", str(free_port())).exit_code == 2


def test_the_password_is_named_in_development_only() -> None:
    fake = variant_named("fake")
    assert ready_line(fake, "http://h", {}).endswith("ADMIN_PASSWORD=admin-password")
    assert "secret" not in ready_line(fake, "http://h", {"ADMIN_PASSWORD": "secret"})
    assert "admin" not in ready_line(fake, "http://h", {"ENVIRONMENT": "production"})


def test_contract_shows_who_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ContractResult(variant="fake", passed=3, failed=0, seconds=1.5, revision="abc")
    monkeypatch.setattr(contract, "check_variant", lambda *_, **__: kept)
    result = run("contract")
    assert result.exit_code == 0
    assert "kept" in result.output


def test_contract_fails_with_a_failing_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ContractResult(variant="fake", passed=3, failed=1, seconds=1.5, revision="abc")
    monkeypatch.setattr(contract, "check_variant", lambda *_, **__: broken)
    result = run("contract", "all")
    assert result.exit_code == 1
    assert "broken" in result.output


def test_contract_fails_with_a_variant_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> ContractResult:
        raise VariantFailedError("fake ended with exit code 2 [early]", exit_code=2)

    monkeypatch.setattr(contract, "check_variant", fail)
    result = run("contract", "fake")
    assert result.exit_code == 1
    assert "fake ended with exit code 2 [early]" in result.stdout


def test_contract_fails_when_there_is_nothing_to_check(workspace: Path) -> None:
    (workspace / "apps" / "fake" / "variant.toml").unlink()
    assert run("contract").exit_code == 1

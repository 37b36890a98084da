"""The life cycle of a variant's process."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from variants import process as process_module
from variants.catalog import Handler, Variant
from variants.launch import PortTakenError, VariantFailedError
from variants.ports import free_port, listens, port_fault
from variants.process import RunningVariant, running

pytestmark = pytest.mark.usefixtures("nothing_left")
URL = "sqlite:////nowhere/blog.sqlite3"


def told(server: RunningVariant) -> dict[str, Any]:
    """What the fake server says of itself."""
    return dict(requests.get(server.base_url, timeout=5).json())


def start_fails(variant: Variant, **options: Any) -> VariantFailedError:
    """The error with which a start fails."""
    with pytest.raises(VariantFailedError) as caught, running(variant, database_url=URL, **options):
        pass
    return caught.value


def test_a_server_is_started_and_ends_cleanly(fake: Variant) -> None:
    with running(fake, database_url=URL) as server:
        assert requests.get(f"{server.base_url}/health/ready", timeout=5).status_code == 200
        assert 0 < server.startup_seconds < 30
        assert server.exit_code is None
        assert server.log_path
        assert "the fake server starts" in server.log_path.read_text()
    assert server.exit_code == 0
    assert not server.log_path.exists()


def test_it_gets_a_session_of_its_own(fake: Variant) -> None:
    with running(fake, database_url=URL) as server:
        assert os.getsid(server.pid) == server.pid != os.getsid(0)


def test_its_settings_are_those_of_the_run(fake: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--reload")
    monkeypatch.setenv("SOMETHING_ELSE", "stays")
    with running(fake, database_url=URL, workers=3, environment={"HSTS_SECONDS": "60"}) as server:
        environment = told(server)["environment"]
    assert environment["DATABASE_URL"] == URL
    assert environment["ENVIRONMENT"] == "production"
    assert environment["SECRET_KEY"] == server.secret_key
    assert (environment["HSTS_SECONDS"], environment["FAKE_WORKERS"]) == ("60", "3")
    assert environment["SOMETHING_ELSE"] == "stays"
    assert not {"LOG_LEVEL", "GUNICORN_CMD_ARGS"} & environment.keys()


def test_each_run_signs_with_a_key_of_its_own(fake: Variant) -> None:
    with running(fake, database_url=URL) as first, running(fake, database_url=URL) as second:
        assert len(first.secret_key) >= 32
        assert first.secret_key != second.secret_key


def test_a_given_key_is_used(fake: Variant) -> None:
    with running(fake, database_url=URL, environment={"SECRET_KEY": "k" * 32}) as server:
        assert told(server)["environment"]["SECRET_KEY"] == server.secret_key == "k" * 32


def test_it_is_held_to_its_cores(fake: Variant) -> None:
    own = os.sched_getaffinity(0)
    core = max(own)
    with running(fake, database_url=URL, cpus=frozenset({core})) as server:
        assert told(server)["cpus"] == [core]
    assert os.sched_getaffinity(0) == own


def test_the_log_is_kept_where_it_is_wanted(fake: Variant, tmp_path: Path) -> None:
    log_path = tmp_path / "server.log"
    with running(fake, database_url=URL, log_path=log_path):
        pass
    assert "the fake server starts" in log_path.read_text()


def test_a_server_that_ends_at_once_is_reported_with_its_log(fake: Variant) -> None:
    error = start_fails(fake, environment={"FAKE_MODE": "crash"})
    assert error.exit_code == 7
    assert "exit code 7" in str(error)
    assert str(error).endswith("the fake server starts")


def test_a_server_that_is_never_ready_is_reported_with_its_log(fake: Variant) -> None:
    error = start_fails(fake, environment={"FAKE_MODE": "unready"}, ready_seconds=1)
    assert error.exit_code is None
    assert "was not ready after 1 s" in str(error)
    assert str(error).endswith("the fake server starts")


def test_a_crash_within_the_body_is_seen(fake: Variant) -> None:
    with running(fake, database_url=URL) as server:
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{server.base_url}/exit", timeout=5)
        server.process.wait(5)
    assert server.exit_code == 5


def test_the_bare_server_is_ready_when_it_answers_a_ping(fake: Variant) -> None:
    with running(fake, database_url=URL, handler=Handler.BARE) as server:
        assert requests.get(server.base_url + "/api/v1/ping", timeout=5).status_code == 200
        assert requests.get(server.base_url + "/health/ready", timeout=5).status_code == 404


def test_children_that_outlive_the_server_are_killed(fake: Variant) -> None:
    with running(fake, database_url=URL, environment={"FAKE_MODE": "child"}) as server:
        (child,) = psutil.Process(server.pid).children()
    assert server.exit_code == 0
    _, alive = psutil.wait_procs([child], timeout=5)
    assert not alive


def test_a_server_that_ignores_sigterm_is_killed_with_its_children(fake: Variant) -> None:
    began = time.monotonic()
    with running(fake, database_url=URL, environment={"FAKE_MODE": "stubborn"}, grace_seconds=0.3) as server:
        pass
    assert server.exit_code == -signal.SIGKILL
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_exception_in_the_body_ends_the_server(fake: Variant, error: type[BaseException]) -> None:
    with pytest.raises(error), running(fake, database_url=URL) as server:
        raise error
    assert server.exit_code == 0


def test_an_interrupt_while_it_starts_ends_the_server(fake: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> float:
        signal.raise_signal(signal.SIGINT)
        return 0.0

    monkeypatch.setattr(process_module, "wait_until_ready", interrupt)
    with pytest.raises(KeyboardInterrupt), running(fake, database_url=URL):
        pass


def test_a_port_that_is_taken_is_reported(fake: Variant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        error = start_fails(fake, port=taken.getsockname()[1])
    assert isinstance(error, PortTakenError)


def test_the_server_of_somebody_else_is_not_taken_for_ours(fake: Variant) -> None:
    with running(fake, database_url=URL) as other:
        error = start_fails(fake, port=int(other.base_url.rsplit(":", 1)[1]))
    assert isinstance(error, PortTakenError)


def test_another_port_is_tried_when_one_is_taken_meanwhile(fake: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1], free_port()])
        monkeypatch.setattr(process_module, "free_port", lambda _host: next(ports))
        with running(fake, database_url=URL) as server:
            assert server.base_url != f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_ports_know_who_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens(os.getpid(), port)
        assert port_fault("127.0.0.1", port) == "address already in use"
    assert not listens(os.getpid(), port)
    assert port_fault("127.0.0.1", port) is None


def test_a_process_that_has_ended_listens_nowhere() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait(10)
    assert not listens(ended.pid, free_port())

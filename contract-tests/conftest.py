"""The suite's fixtures. All that it knows is in the environment: see `target.py`."""

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
import requests

import clauses
import target
from answer import Json
from client import EXCHANGES, TIMEOUT_SECONDS, Client, Connections
from data import Factory, Member
from target import Target


def pytest_configure() -> None:
    """Say what is missing before anything is collected."""
    if faults := target.faults():
        raise pytest.UsageError(f"the contract suite needs a server to test: {'; '.join(faults)}")


def pytest_sessionstart(session: pytest.Session) -> None:
    """End the run at once when nothing answers."""
    if not hasattr(session.config, "workerinput"):
        base_url = target.load().base_url
        try:
            requests.get(f"{base_url}/health/live", timeout=TIMEOUT_SECONDS)
        except requests.RequestException as error:
            pytest.exit(f"nothing answers at {base_url}: {type(error).__name__}", returncode=1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a key that is not there; put what risks the administrator last."""
    if target.load().secret_key is None:
        forging = [item for item in items if item.get_closest_marker("forges_tokens")]
        config.hook.pytest_deselected(items=forging)
        items[:] = [item for item in items if item not in forging]
    items.sort(key=lambda item: item.get_closest_marker("alone") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that tests were left out."""
    if target.load().secret_key is None:
        terminalreporter.write_line("CONTRACT_SECRET_KEY is not set: the tests that must forge tokens were deselected.")


def lock_path() -> Path:
    """The file that the runs against one server share a lock by."""
    name = hashlib.sha256(target.load().base_url.encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"contract-tests-{name}.lock"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave nothing behind; a worker of xdist ends before the run does."""
    if not hasattr(session.config, "workerinput"):
        lock_path().unlink(missing_ok=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test of the marker `alone` apart from all others, whatever worker or run they belong to."""
    with lock_path().open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        EXCHANGES.clear()
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the clauses and the exchanges to the report of a failure."""
    report = yield
    if report.failed:
        texts, marker = clauses.read(), item.get_closest_marker("clause")
        named = [f"{number} {texts.get(number, '')}" for number in (marker.args if marker else ())]
        report.sections.append(("clauses of docs/contract.md", "\n".join(named)))
        report.sections.append(("exchanges of the test, the last one last", "\n".join(map(repr, EXCHANGES))))
    return report


@pytest.fixture(scope="session")
def settings() -> Target:
    """What the suite is told about the server."""
    return target.load()


@pytest.fixture(scope="session")
def anonymous(settings: Target) -> Client:
    """A caller without a token."""
    return Client(settings.base_url, None, Connections())


@pytest.fixture(scope="session")
def admin(settings: Target, anonymous: Client) -> Member:
    """The first administrator. Tests change it only under the marker `alone`, and back."""
    token = anonymous.login(settings.admin_username, settings.admin_password).expect(200).body["access_token"]
    user = anonymous.with_token(token).get("/api/v1/users/me").expect(200).body
    return Member(settings.base_url, user, settings.admin_password, anonymous.connections)


@pytest.fixture(scope="session")
def make(admin: Member) -> Factory:
    """The factory of users and articles."""
    return Factory(admin, f"{secrets.token_hex(3)}-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}")


@pytest.fixture(scope="session")
def viewer(make: Factory) -> Member:
    """A viewer that no test changes."""
    return make.member("viewer")


@pytest.fixture(scope="session")
def editor(make: Factory) -> Member:
    """An editor that no test changes."""
    return make.member("editor")


@pytest.fixture(scope="session")
def other_editor(make: Factory) -> Member:
    """A second editor that no test changes."""
    return make.member("editor")


@pytest.fixture(scope="session")
def published(make: Factory, editor: Member) -> dict[str, Json]:
    """A published article of the editor that no test changes."""
    return make.article(editor, published=True)


@pytest.fixture(scope="session")
def draft(make: Factory, editor: Member) -> dict[str, Json]:
    """A draft of the editor that no test changes."""
    return make.article(editor, published=False)


@pytest.fixture
def member(make: Factory) -> Member:
    """A viewer of the test's own."""
    return make.member()


@pytest.fixture
def article(make: Factory, editor: Member) -> dict[str, Json]:
    """A published article of the editor, of the test's own."""
    return make.article(editor)


@pytest.fixture
def tag(make: Factory) -> str:
    """A tag that nobody has."""
    return make.unique("tag")

"""The suite's fixtures. All that it knows is in the environment: see `target.py`."""

import gc
import secrets
from collections.abc import Generator
from pathlib import Path

import pytest

import clauses
import fitting
import target
from answer import Json
from client import EXCHANGES, Client, Connections
from data import Factory, Member
from kinds import Sender
from lock import Lock
from target import Limit, Target
from visitors import Visit, Visitor

LOCK = pytest.StashKey[Lock]()


def pytest_configure() -> None:
    """Say what is missing before anything is collected."""
    if faults := target.faults():
        raise pytest.UsageError(f"the contract suite needs a server to test: {'; '.join(faults)}")


def pytest_sessionstart(session: pytest.Session) -> None:
    """End the run at once when nothing answers, or when the server would refuse what the suite sends."""
    session.config.stash[LOCK] = Lock(target.load().base_url)
    if not hasattr(session.config, "workerinput") and (fault := fitting.fault(target.load())):
        pytest.exit(fault, returncode=1)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Spare reading the many files of which no test fits a server with small limits."""
    is_file = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    is_other = is_file and "_limits" not in collection_path.read_text(encoding="utf-8")
    return True if is_other and target.load().has_small_limits else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not fit the server or is another process's; put what risks the administrator last."""
    settings, share = target.load(), target.share()
    fit = [item for item in items if fitting.fits(item, settings)]
    # Neighbours cost much the same, so that one of each pair makes halves that take equally long.
    own = fit[share.number - 1 :: share.total]
    config.hook.pytest_deselected(items=list(set(items).difference(own)))
    items[:] = sorted(own, key=lambda item: item.get_closest_marker("alone") is not None)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over the thousands of tests, none of which ever becomes any."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that tests were left out."""
    for line in fitting.told(target.load(), target.share()):
        terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave nothing behind."""
    session.config.stash[LOCK].leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test of the marker `alone` apart from all others, whatever process or run they belong to."""
    lock = item.config.stash[LOCK]
    lock.take(alone=item.get_closest_marker("alone") is not None)
    EXCHANGES.clear()
    try:
        return (yield)
    finally:
        lock.release()


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
    return Client(settings.base_url, None, Connections(settings.base_url))


@pytest.fixture(scope="session")
def admin(settings: Target, anonymous: Client) -> Member:
    """The first administrator. Tests change it only under the marker `alone`, and back."""
    token = anonymous.login(settings.admin_username, settings.admin_password).expect(200).body["access_token"]
    user = anonymous.with_token(token).get("/api/v1/users/me").expect(200).body
    return Member(settings.base_url, user, settings.admin_password, anonymous.connections)


@pytest.fixture(scope="session")
def make(admin: Member) -> Factory:
    """The factory of users, articles and comments."""
    return Factory(admin, f"{secrets.token_hex(3)}-{target.process_number()}")


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
def callers(
    anonymous: Client, viewer: Member, editor: Member, other_editor: Member, admin: Member
) -> dict[str, Client]:
    """A caller for each column of a table of permissions; `editor` owns articles, `other` is an editor without any."""
    return {"anonymous": anonymous, "viewer": viewer, "editor": editor, "other": other_editor, "admin": admin}


@pytest.fixture(scope="session")
def published(make: Factory, editor: Member) -> dict[str, Json]:
    """A published article of the editor that no test changes."""
    return make.article(editor, published=True)


@pytest.fixture(scope="session")
def draft(make: Factory, editor: Member) -> dict[str, Json]:
    """A draft of the editor that no test changes."""
    return make.article(editor, published=False)


@pytest.fixture(scope="session")
def send(settings: Target, viewer: Member, published: dict[str, Json]) -> Sender:
    """Makes a response of each kind."""
    return Sender(settings.base_url, viewer, int(published["id"]))


@pytest.fixture
def visit(settings: Target) -> Visit:
    """Makes a client at an address that nobody else has."""
    return lambda: Visitor(settings)


@pytest.fixture
def limit(settings: Target) -> Limit:
    """The limit of all but the token requests."""
    assert settings.rate_limit_default
    return settings.rate_limit_default


@pytest.fixture
def token_limit(settings: Target) -> Limit:
    """The limit of the token requests."""
    assert settings.rate_limit_token
    return settings.rate_limit_token


@pytest.fixture
def member(make: Factory) -> Member:
    """A viewer of the test's own."""
    return make.member()


@pytest.fixture
def article(make: Factory, editor: Member) -> dict[str, Json]:
    """A published article of the editor, of the test's own."""
    return make.article(editor)


@pytest.fixture
def comment(make: Factory, viewer: Member, article: dict[str, Json]) -> dict[str, Json]:
    """A comment of the viewer on `article`, of the test's own."""
    return make.comment(viewer, article)


@pytest.fixture
def tag(make: Factory) -> str:
    """A tag that nobody has."""
    return make.unique("tag")

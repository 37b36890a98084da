"""What the tests of the shared core have in common: cheap settings, and databases that are copies of a migrated one."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import hypothesis
import pytest
from sqlalchemy import Connection, Engine, event

from blogapi.database import create_engine, writing
from blogapi.migrate import migrate
from blogapi.ratelimits import RateLimiter
from blogapi.records import Article, Author, User
from blogapi.settings import Settings
from blogapi.store import articles, users

# A machine that is busy with other work is no fault of the code; examples are the same in every run.
hypothesis.settings.register_profile("blogapi", deadline=None, derandomize=True, database=None, max_examples=60)
hypothesis.settings.load_profile("blogapi")

Statement = tuple[str, tuple[object, ...]]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """Keep the settings of whoever runs the tests out of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower() in Settings.model_fields]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def make_settings() -> Callable[..., Settings]:
    """Settings whose Argon2 costs next to nothing, with what a test asks for in addition."""

    def make(**values: object) -> Settings:
        cheap = {"argon2_memory_kib": 8, "argon2_time_cost": 1, "_env_file": None}
        return Settings.model_validate({**cheap, **values})

    return make


@pytest.fixture(scope="session")
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database, which nobody changes."""
    path = tmp_path_factory.mktemp("migrated") / "blog.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def open_database(make_settings: Callable[..., Settings]) -> Callable[[Path], Engine]:
    """Open the database of a path as the variants do."""
    return lambda path: create_engine(make_settings(database_url=f"sqlite:///{path}"))


@pytest.fixture
def engine(migrated: Path, tmp_path: Path, open_database: Callable[[Path], Engine]) -> Iterator[Engine]:
    """The engine of an own, empty database."""
    opened = open_database(Path(shutil.copy(migrated, tmp_path / "own.sqlite3")))
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction in an own, empty database."""
    with writing(engine) as opened:
        yield opened


@pytest.fixture(scope="session")
def add_user() -> Callable[..., User]:
    """Add a user: `add_user(connection, "ada", role="admin")`."""

    def add(connection: Connection, username: str, *, now: datetime = NOW, **changes: object) -> User:
        values = {"username": username, "email": f"{username}@example.com", "name": username.title(), "age": None}
        user = users.user_insert(connection, values=values, password_hash="no hash", now=now)
        changed = users.user_update(connection, user_id=user.id, changes=changes, now=now) if changes else user
        assert changed is not None
        return changed

    return add


@pytest.fixture(scope="session")
def add_article() -> Callable[..., Article]:
    """Add an article, published if nothing else is said: `add_article(connection, author, title="Notes")`."""

    def add(connection: Connection, author: User, *, now: datetime = NOW, **values: object) -> Article:
        given = {"title": "A title", "content": "Text.", "published": True, "tags": [], **values}
        byline = Author(author.id, author.username, author.name, 1)
        return articles.article_insert(connection, author=byline, values=given, now=now)

    return add


@pytest.fixture(scope="session")
def statements() -> Callable[[Engine], AbstractContextManager[list[Statement]]]:
    """Collect the statements that an engine runs, with their parameters."""

    @contextmanager
    def collect(engine: Engine) -> Iterator[list[Statement]]:
        seen: list[Statement] = []

        def note(_connection: object, _cursor: object, text: str, parameters: tuple[object, ...], *_: object) -> None:
            seen.append((text, parameters))

        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def make_limiter(make_settings: Callable[..., Settings]) -> Callable[..., RateLimiter]:
    """A limiter that shares its counts with no other: `make_limiter(default="3/minute")`."""

    def make(storage: str = "memory://", *, prefix: str | None = None, **limits: str) -> RateLimiter:
        settings = {f"rate_limit_{scope}": limit for scope, limit in {"default": "3/minute", **limits}.items()}
        prefix = prefix or f"pytest-{token_hex(8)}"
        return RateLimiter(make_settings(rate_limit_storage=storage, rate_limit_prefix=prefix, **settings))

    return make


@pytest.fixture
def dead() -> Iterator[str]:
    """A Redis URL at whose port nobody listens, and nobody else can."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"redis://:secret-of-redis@127.0.0.1:{taken.getsockname()[1]}/0"

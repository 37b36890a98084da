"""The application on a small database of the test's own, called without a server."""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from blogapi.settings import Settings
from blogapi.tokens import issue_token
from flask_app import main

EDITOR = 2


def make_settings(path: Path, **changes: object) -> Settings:
    """Settings of a test: Argon2 at its cheapest, nothing from the environment's file."""
    cheap: dict[str, object] = {"argon2_memory_kib": 8, "argon2_time_cost": 1}
    return Settings.model_validate({"_env_file": None, "database_url": f"sqlite:///{path}", **cheap, **changes})


@pytest.fixture(scope="session")
def seeded(make_seeded: Callable[..., Path]) -> Path:
    """A migrated and seeded database that no test changes."""
    return make_seeded(make_settings, users=20, articles=30)


@pytest.fixture
def settings(seeded: Path, tmp_path: Path) -> Settings:
    """Settings with a copy of that database."""
    return make_settings(Path(shutil.copy(seeded, tmp_path)))


@pytest.fixture
def make_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Flask]]:
    """Make an application, and let go of its connections afterwards."""
    # It would take pytest's own handlers away.
    monkeypatch.setattr(main, "configure_logging", lambda *_: None)
    # The logger is one for all applications, and each adds a filter.
    monkeypatch.setattr(logging.getLogger("flask-limiter"), "filters", [])
    made: list[Flask] = []

    def make(settings: Settings, engine: Engine | None = None) -> Flask:
        made.append(main.create_app(settings, engine))
        return made[-1]

    yield make
    for app in made:
        app.extensions["observer"].close()
        app.extensions["checker"].shutdown()
        app.extensions["engine"].dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask], settings: Settings) -> Flask:
    """The application with the settings as they are."""
    return make_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller of it."""
    return app.test_client()


@pytest.fixture
def token(settings: Settings) -> dict[str, str]:
    """The header of an editor."""
    return {"Authorization": f"Bearer {issue_token(settings, user_id=EDITOR)}"}

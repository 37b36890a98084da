"""Django is set up once a process, before a test module imports a model: with a seeded database of its own."""

import logging
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.test import Client

from blogapi.database import create_engine, writing
from blogapi.migrate import migrate
from blogapi.seed import seed
from blogapi.settings import Settings, load_settings
from django_app.main import create_app

_FOLDER = TemporaryDirectory(prefix="django-app-")
DATABASE = Path(_FOLDER.name) / "blog.sqlite3"


def _set_up() -> None:
    handlers = list(logging.root.handlers)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower() in Settings.model_fields]:
            patch.delenv(name)
        patch.setenv("DATABASE_URL", f"sqlite:///{DATABASE}")
        patch.setenv("ARGON2_MEMORY_KIB", "8")
        patch.setenv("ARGON2_TIME_COST", "1")
        load_settings.cache_clear()
        _fill(load_settings())
        create_app()
        load_settings.cache_clear()
    # Those of the application write to a stream that pytest takes away.
    logging.root.handlers = handlers


def _fill(settings: Settings) -> None:
    migrate(settings.database_url)
    engine = create_engine(settings)
    with writing(engine) as connection:
        seed(connection, settings, user_count=40, article_count=1000)
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


_set_up()


def pytest_unconfigure() -> None:
    """Remove the database."""
    _FOLDER.cleanup()


@pytest.fixture
def database() -> Path:
    """Where the seeded database is."""
    return DATABASE


@pytest.fixture
def client() -> Client:
    """Sends requests through the middleware, without a server."""
    return Client(headers={"host": "localhost", "x-request-id": "test-1"})

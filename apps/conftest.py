"""What the tests of several applications have in common."""

from collections.abc import Callable
from pathlib import Path

import pytest

from blogapi.database import create_engine, writing
from blogapi.migrate import migrate
from blogapi.seed import seed
from blogapi.settings import Settings


@pytest.fixture(scope="session")
def make_seeded(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a migrated and seeded database, to be copied: `make_seeded(make_settings, users=3, articles=3)`."""

    def make(make_settings: Callable[[Path], Settings], *, users: int, articles: int) -> Path:
        path = tmp_path_factory.mktemp("seeded") / "blog.sqlite3"
        settings = make_settings(path)
        migrate(settings.database_url)
        engine = create_engine(settings)
        with writing(engine) as connection:
            seed(connection, settings, user_count=users, article_count=articles)
        engine.dispose()
        return path

    return make

"""Which variants the faults happen to, and what the tests of all faults share."""

from collections.abc import Iterator

import pytest

from faults.service import ROWS
from variants.catalog import load_variants, variant_named
from variants.databases import sqlite_database

# Tornado's server takes no signal to put new workers in the place of the old ones.
WITHOUT_RELOAD = {"tornado"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--variant", help="one variant only")
    parser.addoption("--long", action="store_true", help="the long forms")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    given = metafunc.config.getoption("variant")
    variants = [variant_named(given)] if given else list(load_variants().values())
    for fixture in {"variant", "reloading_variant"} & set(metafunc.fixturenames):
        chosen = [variant for variant in variants if fixture == "variant" or variant.name not in WITHOUT_RELOAD]
        metafunc.parametrize(fixture, chosen, ids=[variant.name for variant in chosen])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("long"):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether the long forms were asked for."""
    return bool(request.config.getoption("long"))


@pytest.fixture
def database_url() -> Iterator[str]:
    """A seeded SQLite database of the test's own."""
    with sqlite_database(ROWS) as database:
        yield database.url

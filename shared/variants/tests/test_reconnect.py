"""A PostgreSQL that was restarted costs no request: to a variant that is idle, its connections are just gone."""

from collections.abc import Iterator

import psycopg
import pytest
import requests

from variants.catalog import Variant, load_variants
from variants.databases import Rows
from variants.environment import UNLIMITED_SETTINGS
from variants.postgres import PostgresDatabase, postgres_database
from variants.process import running

ROWS = Rows(articles=30, users=8)
END_ALL = """
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
     WHERE datname = current_database() AND pid != pg_backend_pid()
"""


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresDatabase]:
    with postgres_database(ROWS) as database:
        yield database


def end_all_connections(database: PostgresDatabase) -> int:
    """End every connection to the database but this one, as a server that stops does; give their number."""
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        row = connection.execute(END_ALL).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("variant", load_variants().values(), ids=lambda variant: variant.name)
def test_connections_that_the_server_has_ended_fail_no_request(database: PostgresDatabase, variant: Variant) -> None:
    with (
        running(variant, database_url=database.url, environment=UNLIMITED_SETTINGS) as server,
        requests.Session() as session,
    ):
        for _ in range(2):
            statuses = [
                session.get(f"{server.base_url}/api/v1/articles/{number}", timeout=30).status_code
                for number in range(1, 9)
            ]
            assert statuses == [200] * 8
            assert end_all_connections(database) > 0
        assert session.get(f"{server.base_url}/health/ready", timeout=30).status_code == 200

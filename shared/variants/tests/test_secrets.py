"""Keys, passwords, their hashes and tokens: in no log of any variant, and a token of one is good for all."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pytest
import requests

from variants.catalog import load_variants
from variants.databases import Rows, SqliteDatabase, sqlite_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME, new_secret_key
from variants.process import RunningVariant, running

SECONDS = 30
# The service's own key, the passwords that are sent, one that is nearly right, and one in a place where none belongs.
PASSWORD, NEW_PASSWORD, WRONG_PASSWORD = "pass-of-registration", "pass-of-a-change", "pass-that-is-wrong"
REDIS_PASSWORD = "pass-of-redis"
ROWS = Rows(articles=20, users=5)


@dataclass(frozen=True)
class Talk:
    """A variant that logs all it can, what it has logged, and the secrets that it was told or gave away itself."""

    server: RunningVariant
    database: SqliteDatabase
    log: Path
    secrets: list[str]

    def post(self, path: str, **body: object) -> requests.Response:
        """POST JSON."""
        return requests.post(self.server.base_url + path, json=body, timeout=SECONDS)

    def log_in(self, username: str, password: str) -> requests.Response:
        """Ask for a token, which is a secret from then on."""
        form = {"grant_type": "password", "username": username, "password": password}
        answer = requests.post(f"{self.server.base_url}/api/v1/token", data=form, timeout=SECONDS)
        if answer.ok:
            self.secrets.append(answer.json()["access_token"])
        return answer

    def hashes(self) -> list[str]:
        """The password hashes in the database."""
        with closing(sqlite3.connect(self.database.path)) as connection:
            return [row[0] for row in connection.execute("SELECT password_hash FROM users")]

    @contextmanager
    def without_addresses(self) -> Iterator[None]:
        """Let whatever reads or writes users fail for as long as the body runs."""
        with closing(sqlite3.connect(self.database.path)) as connection:
            connection.execute("ALTER TABLE users RENAME COLUMN email TO address")
            try:
                yield
            finally:
                connection.execute("ALTER TABLE users RENAME COLUMN address TO email")

    def found(self) -> list[str]:
        """The secrets that the log has."""
        text = self.log.read_text(errors="replace")
        return [secret for secret in [*self.secrets, *self.hashes()] if secret in text]


@pytest.fixture(scope="module", params=load_variants().values(), ids=lambda variant: variant.name)
def talk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    """A variant whose log is kept, with a Redis that nobody answers for."""
    key, log = new_secret_key(), tmp_path_factory.mktemp("log") / "server.log"
    settings = {
        "LOG_LEVEL": "debug",
        "SECRET_KEY": key,
        "RATE_LIMIT_STORAGE": f"redis://:{REDIS_PASSWORD}@127.0.0.1:1/0",
    }
    with (
        sqlite_database(ROWS) as database,
        running(request.param, database_url=database.url, environment=settings, log_path=log) as server,
    ):
        secrets = [key, PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, REDIS_PASSWORD, ADMIN_PASSWORD]
        yield Talk(server, database, log, secrets)


def test_no_secret_is_in_a_log(talk: Talk) -> None:
    name = {"username": "somebody", "email": "somebody@example.com", "name": "Somebody"}
    user = talk.post("/api/v1/users", **name, password=PASSWORD).json()
    assert talk.post("/api/v1/users", **name, password=PASSWORD).status_code == 409
    assert talk.post("/api/v1/users", **name, password=[PASSWORD]).status_code == 422
    assert talk.log_in("somebody", WRONG_PASSWORD).status_code == 401
    token = talk.log_in("somebody", PASSWORD).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    change = requests.patch(
        f"{talk.server.base_url}/api/v1/users/{user['id']}",
        json={"password": NEW_PASSWORD},
        headers=headers,
        timeout=SECONDS,
    )
    assert change.status_code == 200
    assert requests.get(f"{talk.server.base_url}/api/v1/users", headers=headers, timeout=SECONDS).status_code == 403
    assert talk.found() == []


def test_no_secret_is_in_the_log_of_a_failure(talk: Talk) -> None:
    assert talk.log_in(ADMIN_USERNAME, ADMIN_PASSWORD).status_code == 200
    name = {"username": "nobody", "email": "nobody@example.com", "name": "Nobody"}
    with talk.without_addresses():
        assert talk.post("/api/v1/users", **name, password=PASSWORD).status_code == 500
        assert talk.log_in(ADMIN_USERNAME, ADMIN_PASSWORD).status_code == 500
    # The trace was logged, or nothing would be shown by what is not in it.
    assert "internal_error" in talk.log.read_text()
    assert talk.found() == []


def test_a_token_of_one_variant_is_good_for_every_other() -> None:
    key = {"SECRET_KEY": new_secret_key()}
    with ExitStack() as stack:
        database = stack.enter_context(sqlite_database(ROWS))
        servers = {
            variant.name: stack.enter_context(running(variant, database_url=database.url, environment=key))
            for variant in load_variants().values()
        }
        form = {"grant_type": "password", "username": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
        for giver, taker in permutations(servers, 2):
            given = requests.post(f"{servers[giver].base_url}/api/v1/token", data=form, timeout=SECONDS).json()
            headers = {"Authorization": f"Bearer {given['access_token']}"}
            me = requests.get(f"{servers[taker].base_url}/api/v1/users/me", headers=headers, timeout=SECONDS)
            assert (me.status_code, me.json()["username"]) == (200, ADMIN_USERNAME), (giver, taker)

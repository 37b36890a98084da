"""The seed: the same rows in every run, and only the admin in production."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from blogapi.database import writing
from blogapi.passwords import verify_password
from blogapi.seed import DEMO_PASSWORD, seed
from blogapi.settings import Settings

KEY = "0123456789abcdef0123456789abcdef"
TABLES = {
    "users": "SELECT * FROM users ORDER BY id",
    "articles": "SELECT * FROM articles ORDER BY id",
    "article_tags": "SELECT * FROM article_tags ORDER BY article_id, tag",
}
Rows = dict[str, list[sqlite3.Row]]


@pytest.fixture
def seeded(
    migrated: Path, tmp_path: Path, open_database: Callable[[Path], Engine], make_settings: Callable[..., Settings]
) -> Callable[..., Rows]:
    """Seed a database by the settings given (one that is named twice is seeded twice) and read its rows."""

    def fill(name: str = "one", *, user_count: int = 60, article_count: int = 300, **values: object) -> Rows:
        path = tmp_path / name
        if not path.exists():
            shutil.copy(migrated, path)
        engine = open_database(path)
        try:
            with writing(engine) as connection:
                seed(connection, make_settings(**values), user_count=user_count, article_count=article_count)
        finally:
            engine.dispose()
        raw = sqlite3.connect(path)
        raw.row_factory = sqlite3.Row
        rows = {table: raw.execute(query).fetchall() for table, query in TABLES.items()}
        raw.close()
        return rows

    return fill


def without_hashes(rows: Rows) -> list[dict[str, object]]:
    """The rows of all tables but for the salted column."""
    dictionaries = [dict(row) for table in TABLES for row in rows[table]]
    return [{name: value for name, value in row.items() if name != "password_hash"} for row in dictionaries]


def test_two_databases_have_the_same_rows_but_for_the_hashes(seeded: Callable[..., Rows]) -> None:
    one, other = seeded("one"), seeded("other")
    assert without_hashes(one) == without_hashes(other)
    assert one["users"][1]["password_hash"] != other["users"][1]["password_hash"]


def test_the_default_is_500_users_and_10_000_articles(seeded: Callable[..., Rows], settings: Settings) -> None:
    rows = seeded(user_count=500, article_count=10_000)
    users, articles = rows["users"], rows["articles"]
    assert [row["id"] for row in users] == list(range(1, 501))
    assert [row["id"] for row in articles] == list(range(1, 10_001))
    names = ["admin", *(f"editor-{n:03}" for n in range(1, 51)), *(f"viewer-{n:03}" for n in range(1, 450))]
    assert [row["username"] for row in users] == names
    assert Counter(row["role"] for row in users) == {"admin": 1, "editor": 50, "viewer": 449}
    assert articles[0]["published"] == 1
    assert sum(row["published"] for row in articles) == 9091
    assert len({row["author_id"] for row in articles if not row["published"]}) == 50
    assert {row["author_id"] for row in articles} == set(range(2, 52))
    tags = Counter(row["article_id"] for row in rows["article_tags"])
    assert max(tags.values()) == 5
    assert 0 < 10_000 - len(tags) < 5_000
    assert defaults_of_seed() == (500, 10_000)


def defaults_of_seed() -> tuple[object, object]:
    defaults = seed.__kwdefaults__ or {}
    return defaults["user_count"], defaults["article_count"]


def test_what_is_seeded_keeps_the_rules_of_the_contract(seeded: Callable[..., Rows]) -> None:
    rows = seeded()
    for user in rows["users"]:
        assert user["is_active"] == 1
        assert user["age"] is None or 0 <= user["age"] <= 150
        assert user["email"] == f"{user['username']}@example.com"
        assert user["created_at"] == user["updated_at"]
    for article in rows["articles"]:
        assert article["title_folded"] == article["title"].casefold()
        assert 1 <= len(article["title"]) <= 200
        assert article["version"] == 1
    assert len({row["created_at"] for row in rows["articles"]}) == len(rows["articles"])


def test_the_accounts_open_with_the_documented_passwords(seeded: Callable[..., Rows], settings: Settings) -> None:
    users = seeded()["users"]
    for user, password in ((users[0], "admin-password"), (users[1], DEMO_PASSWORD), (users[-1], DEMO_PASSWORD)):
        assert verify_password(settings, password_hash=user["password_hash"], password=password)


def test_a_second_run_changes_nothing(seeded: Callable[..., Rows]) -> None:
    first = seeded("one")
    again = seeded("one", user_count=90, article_count=400, environment="production", secret_key=KEY)
    assert [list(map(tuple, rows)) for rows in again.values()] == [list(map(tuple, rows)) for rows in first.values()]


@pytest.mark.parametrize("environment", ["test", "production"])
def test_the_documented_admin_password_is_refused_outside_development(
    seeded: Callable[..., Rows], environment: str
) -> None:
    for values in ({}, {"admin_password": "admin-password"}):
        with pytest.raises(ValueError, match=r"^ADMIN_PASSWORD: ") as refused:
            seeded(environment=environment, secret_key=KEY, **values)
        assert "admin-password" not in str(refused.value)


def test_in_production_there_is_the_admin_only(seeded: Callable[..., Rows], settings: Settings) -> None:
    named = {"admin_username": "root", "admin_email": "root@example.org", "admin_password": "of-ones-own"}
    rows = seeded(environment="production", secret_key=KEY, **named)
    (admin,) = rows["users"]
    assert (admin["id"], admin["username"], admin["email"], admin["role"]) == (1, "root", "root@example.org", "admin")
    assert verify_password(settings, password_hash=admin["password_hash"], password="of-ones-own")
    assert (rows["articles"], rows["article_tags"]) == ([], [])


@pytest.mark.parametrize(("user_count", "article_count"), [(2, 5), (1, 0), (11, 1)])
def test_small_numbers_are_kept_to(seeded: Callable[..., Rows], user_count: int, article_count: int) -> None:
    rows = seeded(user_count=user_count, article_count=article_count)
    assert (len(rows["users"]), len(rows["articles"])) == (user_count, article_count)


def test_articles_without_an_editor_are_refused(seeded: Callable[..., Rows]) -> None:
    with pytest.raises(ValueError, match="users"):
        seeded(user_count=1, article_count=1)

"""Fills an empty database with readable, deterministic content: the same rows in every run and on every engine."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from blogapi.passwords import hash_password
from blogapi.settings import Settings
from blogapi.tables import article_tags, articles, users
from blogapi.timestamps import utc_now

DEMO_PASSWORD = "demo-password"  # noqa: S105 -- documented, and seeded outside production only
EDITOR_SHARE = 0.1
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 1000
_FIRST_NAMES = (
    "Ada",
    "Alan",
    "Barbara",
    "Donald",
    "Edsger",
    "Frances",
    "Grace",
    "Hedy",
    "John",
    "Leslie",
    "Radia",
    "Tim",
)
_LAST_NAMES = ("Allen", "Dijkstra", "Hamilton", "Hopper", "Knuth", "Lamarr", "Lamport", "Liskov", "Perlman", "Shannon")
_TOPICS = (
    "routing",
    "validation",
    "middleware",
    "sessions",
    "migrations",
    "indexes",
    "caching",
    "queues",
    "tokens",
    "forms",
)
_ANGLES = (
    "A field guide to",
    "Notes on",
    "What we learned about",
    "The quiet art of",
    "Ten mistakes with",
    "Rethinking",
)
_TAGS = ("api", "async", "database", "deployment", "design", "http", "orm", "performance", "python", "security", "sql")
_SENTENCES = (
    "Every framework answers the same question with a different accent.",
    "The request comes in, is taken apart, and leaves as a row.",
    "Measure first; the slow part is seldom where the argument is.",
    "A default is a decision that somebody else made for you.",
    "Errors are part of the interface, and deserve the same care.",
    "The index was there all along, in the wrong order.",
    "What is written once is mended once.",
    "Nobody reads the log until the night that everybody does.",
)


def seed(connection: Connection, settings: Settings, *, user_count: int = 500, article_count: int = 10_000) -> bool:
    """Fill the database if it has no users. In production only the first admin is made.

    Args:
        connection: in a transaction.
        settings: with the first admin's name, address and password.
        user_count: users in all, the admin among them.
        article_count: articles in all, about nine in ten published.

    Returns:
        Whether the database was empty, and so was filled.

    Raises:
        ValueError: where the admin's password is the documented one outside development, or articles have no editor.
    """
    if connection.execute(select(func.count()).select_from(users)).scalar_one():
        return False
    settings.check_seeding()
    if settings.environment != "production" and article_count > 0 and user_count < 2:
        raise ValueError("articles need at least 2 users: the admin and an editor")
    connection.execute(insert(users), [_admin(settings)])
    if settings.environment != "production":
        _insert(connection, users, _demo_users(settings, user_count - 1))
        _insert(connection, articles, _demo_articles(article_count, editors=_editor_count(user_count)))
        _insert(connection, article_tags, _demo_tags(article_count))
    return True


def _insert(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            connection.execute(insert(table), batch)
            batch.clear()
    if batch:
        connection.execute(insert(table), batch)


def _admin(settings: Settings) -> dict[str, Any]:
    return {
        "username": settings.admin_username,
        "email": settings.admin_email,
        "name": "Administrator",
        "age": None,
        "role": "admin",
        "is_active": True,
        "password_hash": hash_password(settings, settings.admin_password.get_secret_value()),
        "created_at": _EPOCH if settings.environment != "production" else utc_now(),
        "updated_at": _EPOCH if settings.environment != "production" else utc_now(),
    }


def _editor_count(user_count: int) -> int:
    return max(1, int(user_count * EDITOR_SHARE))


def _demo_users(settings: Settings, count: int) -> Iterator[dict[str, Any]]:
    # One hash for all: hashing each of them anew would take longer than all the rest.
    password_hash = hash_password(settings, DEMO_PASSWORD)
    chance = random.Random(500)  # noqa: S311 -- repeatable content, no secret
    editors = _editor_count(count + 1)
    for index in range(1, count + 1):
        role, number = ("editor", index) if index <= editors else ("viewer", index - editors)
        created_at = _EPOCH + timedelta(hours=index)
        yield {
            "username": f"{role}-{number:03}",
            "email": f"{role}-{number:03}@example.com",
            "name": f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}",
            "age": chance.choice([None, *range(18, 80)]),
            "role": role,
            "is_active": True,
            "password_hash": password_hash,
            "created_at": created_at,
            "updated_at": created_at,
        }


def _demo_articles(count: int, *, editors: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(10_000)  # noqa: S311 -- repeatable content, no secret
    for index in range(1, count + 1):
        title = f"{chance.choice(_ANGLES)} {chance.choice(_TOPICS)}, part {index}"
        created_at = _EPOCH + timedelta(days=30, minutes=index)
        yield {
            # The admin has id 1, the editors follow.
            "author_id": 2 + (index - 1) % editors,
            "title": title,
            "title_folded": title.casefold(),
            "content": " ".join(chance.choices(_SENTENCES, k=chance.randint(4, 12))),
            # Eleven has no factor in common with the number of editors: each has drafts.
            "published": index % 11 != 0,
            "created_at": created_at,
            "updated_at": created_at,
        }


def _demo_tags(article_count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(12)  # noqa: S311 -- repeatable content, no secret
    for article_id in range(1, article_count + 1):
        for tag in chance.sample(_TAGS, k=chance.randint(0, 5)):
            yield {"article_id": article_id, "tag": tag}

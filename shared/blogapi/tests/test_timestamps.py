"""Times: one format in JSON, one in the database, where text sorts as time; and what is shown of rows."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, create_engine, insert, select, text

from blogapi.records import Article, Author, User
from blogapi.representations import article_representation, token_representation, user_representation
from blogapi.timestamps import UtcDateTime, format_timestamp, utc_now

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))
TIMES = Table("times", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 1, 31, 9, 5, tzinfo=UTC), "2026-01-31T09:05:00.000000Z"),
        (datetime(2026, 12, 1, 23, 59, 59, 999999, tzinfo=UTC), "2026-12-01T23:59:59.999999Z"),
        (datetime(2026, 1, 1, 0, 0, 0, 10, tzinfo=UTC), "2026-01-01T00:00:00.000010Z"),
    ],
)
def test_a_time_is_rfc_3339_in_utc_with_six_digits(moment: datetime, expected: str) -> None:
    assert format_timestamp(moment) == expected


@given(MOMENTS)
def test_what_is_written_is_the_same_time(moment: datetime) -> None:
    written = format_timestamp(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", written)
    assert datetime.fromisoformat(written) == moment


@given(MOMENTS, MOMENTS)
def test_text_sorts_as_time(earlier: datetime, later: datetime) -> None:
    earlier, later = sorted([earlier, later])
    assert format_timestamp(earlier) <= format_timestamp(later)


def test_now_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC
    assert abs(utc_now() - datetime.now(timezone(timedelta(hours=3)))) < timedelta(minutes=1)


def stored(connection: Connection, moments: list[datetime]) -> list[tuple[datetime | None, str]]:
    """What is read back, and the text behind it, in the order of the text."""
    connection.execute(insert(TIMES), [{"at": moment} for moment in moments])
    values: list[datetime | None] = list(connection.execute(select(TIMES.c.at).order_by(TIMES.c.at)).scalars())
    texts: list[str] = list(connection.execute(text("SELECT at FROM times ORDER BY CAST(at AS TEXT)")).scalars())
    return list(zip(values, texts, strict=True))


@given(st.lists(MOMENTS, min_size=1, max_size=6), st.integers(-14 * 60, 14 * 60))
def test_sqlite_gives_times_back_and_sorts_them(moments: list[datetime], minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    local = [moment if moment.year in (1970, 9999) else moment.astimezone(zone) for moment in moments]
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        TIMES.create(connection)
        rows = stored(connection, local)
    engine.dispose()
    assert [value for value, _ in rows] == sorted(moments)
    assert all(value is not None and value.utcoffset() == timedelta(0) for value, _ in rows)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", written) for _, written in rows)


def test_a_time_without_a_zone_is_refused_and_null_is_null() -> None:
    kind, dialect = UtcDateTime(), create_engine("sqlite://").dialect
    with pytest.raises(ValueError, match="zone"):
        kind.process_bind_param(datetime(2026, 1, 1), dialect)
    impl = kind.dialect_impl(dialect)
    bind, result = impl.bind_processor(dialect), impl.result_processor(dialect, None)
    assert bind is not None
    assert result is not None
    assert bind(None) is None
    assert result(None) is None


NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
SHOWN = "2026-01-31T09:05:00.000000Z"


def test_a_user_is_shown_with_the_contracts_members_in_their_order() -> None:
    shown = user_representation(User(7, "ada", "ada@example.com", "Ada", None, "viewer", True, NOW, NOW, 1))
    assert list(shown.items()) == [
        ("id", 7),
        ("username", "ada"),
        ("email", "ada@example.com"),
        ("name", "Ada"),
        ("age", None),
        ("role", "viewer"),
        ("is_active", True),
        ("created_at", SHOWN),
        ("updated_at", SHOWN),
    ]


def test_an_article_is_shown_with_the_contracts_members_in_their_order() -> None:
    author = Author(7, "ada", "Ada", 1)
    shown = article_representation(Article(3, "Title", "Text.", True, ["a", "b"], author, 2, NOW, NOW))
    assert list(shown.items()) == [
        ("id", 3),
        ("title", "Title"),
        ("content", "Text."),
        ("published", True),
        ("tags", ["a", "b"]),
        ("author", {"id": 7, "username": "ada", "name": "Ada"}),
        ("version", 2),
        ("created_at", SHOWN),
        ("updated_at", SHOWN),
    ]


def test_a_token_is_shown_as_rfc_6749_asks_for() -> None:
    shown = token_representation("abc", expires_in=1800)
    assert shown == {"access_token": "abc", "token_type": "bearer", "expires_in": 1800}

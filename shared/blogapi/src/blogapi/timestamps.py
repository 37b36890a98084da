"""One type and one format of time for both engines: UTC, six fractional digits."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.types import TypeDecorator, TypeEngine

# Of `YYYY-MM-DDTHH:MM:SS.ffffff`, which the offset follows.
_DIGITS = 26


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def format_timestamp(moment: datetime) -> str:
    """Write an aware UTC time as RFC 3339, section 5.6, with six fractional digits and `Z`."""
    return moment.isoformat("T", "microseconds")[:_DIGITS] + "Z"


class _SqliteUtc(DATETIME):
    """UTC as text without an offset, which is put back by the parser: `replace(tzinfo=…)` costs six times as much."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        return lambda value: None if value is None else value.isoformat(" ", "microseconds")[:_DIGITS]

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return lambda value: None if value is None else datetime.fromisoformat(value + "+00:00")


_SQLITE_UTC = _SqliteUtc()  # type: ignore[no-untyped-call] # SQLAlchemy's DATETIME is not annotated


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. In SQLite it is text without offset, always with six fractional digits: it sorts as time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """Give each engine its own form."""
        return _SQLITE_UTC if dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time rather than guess its zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value if value is None else value.astimezone(UTC)

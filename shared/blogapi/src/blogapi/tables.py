"""The schema: one for all variants. Alembic's migrations own the database; a test holds these tables equal to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    func,
    text,
)

from blogapi import rules
from blogapi.timestamps import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

# SQLite counts rows only in a column that is INTEGER to the letter.
Id = BigInteger().with_variant(Integer, "sqlite")


def _code_points(length: int | None = None) -> String:
    """Text that compares by code point on both engines, whatever the database's locale."""
    kind = String(length) if length else Text()
    return kind.with_variant(type(kind)(length, collation="C"), "postgresql")


users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", _code_points(rules.USERNAME_MAX), nullable=False),
    Column("email", String(rules.EMAIL_MAX), nullable=False),
    Column("name", String(rules.NAME_MAX), nullable=False),
    Column("age", SmallInteger),
    Column("role", String(10), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("password_hash", String(200), nullable=False),
    # `version` counts every change of the row; `byline_version` those that an article shows (username, name).
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("byline_version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="role"),
    CheckConstraint(f"age BETWEEN {rules.AGE_MIN} AND {rules.AGE_MAX}", name="age"),
    sqlite_autoincrement=True,
)
Index("users_username_lower_key", func.lower(users.c.username), unique=True)
Index("users_email_lower_key", func.lower(users.c.email), unique=True)
Index("users_username_id_idx", users.c.username, users.c.id)
Index("users_created_at_id_idx", users.c.created_at, users.c.id)

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("author_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("title", _code_points(rules.TITLE_MAX), nullable=False),
    # Case-folded by Python, so that the search is the same on both engines, beyond ASCII too.
    Column("title_folded", _code_points(), nullable=False),
    Column("content", Text, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
Index("articles_created_at_id_idx", articles.c.created_at, articles.c.id)
Index("articles_published_created_at_id_idx", articles.c.published, articles.c.created_at, articles.c.id)
Index("articles_author_id_created_at_id_idx", articles.c.author_id, articles.c.created_at, articles.c.id)
Index("articles_author_id_published_idx", articles.c.author_id, articles.c.published)
Index("articles_title_id_idx", articles.c.title, articles.c.id)

article_tags = Table(
    "article_tags",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", _code_points(30), primary_key=True),
    sqlite_with_rowid=False,
)
Index("article_tags_tag_article_id_idx", article_tags.c.tag, article_tags.c.article_id)

comments = Table(
    "comments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("author_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
Index("comments_article_id_created_at_id_idx", comments.c.article_id, comments.c.created_at, comments.c.id)
Index("comments_author_id_idx", comments.c.author_id)

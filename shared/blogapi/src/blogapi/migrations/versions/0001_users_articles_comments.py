"""Users, articles with tags, and comments."""

import sqlalchemy as sa
from alembic import op

from blogapi.timestamps import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite counts rows only in a column that is INTEGER to the letter.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Compared by code point on both engines, whatever the database's locale.
_USERNAME = sa.String(50).with_variant(sa.String(50, collation="C"), "postgresql")
_TITLE = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
_FOLDED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TAG = sa.String(30).with_variant(sa.String(30, collation="C"), "postgresql")


def upgrade() -> None:
    _create_users()
    _create_articles()
    _create_comments()


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", _ID, nullable=False),
        sa.Column("username", _USERNAME, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("age", sa.SmallInteger()),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("byline_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name=op.f("users_role_check")),
        sa.CheckConstraint("age BETWEEN 0 AND 150", name=op.f("users_age_check")),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("users_username_lower_key", "users", [sa.text("lower(username)")], unique=True)
    op.create_index("users_email_lower_key", "users", [sa.text("lower(email)")], unique=True)
    op.create_index("users_username_id_idx", "users", ["username", "id"])
    op.create_index("users_created_at_id_idx", "users", ["created_at", "id"])


def _create_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", _ID, nullable=False),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("title", _TITLE, nullable=False),
        sa.Column("title_folded", _FOLDED, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="articles_author_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="articles_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("articles_created_at_id_idx", "articles", ["created_at", "id"])
    op.create_index("articles_published_created_at_id_idx", "articles", ["published", "created_at", "id"])
    op.create_index("articles_author_id_created_at_id_idx", "articles", ["author_id", "created_at", "id"])
    op.create_index("articles_title_id_idx", "articles", ["title", "id"])
    op.create_table(
        "article_tags",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("tag", _TAG, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="article_tags_article_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "tag", name="article_tags_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("article_tags_tag_article_id_idx", "article_tags", ["tag", "article_id"])


def _create_comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="comments_article_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="comments_author_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="comments_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("comments_article_id_created_at_id_idx", "comments", ["article_id", "created_at", "id"])
    op.create_index("comments_author_id_idx", "comments", ["author_id"])


def downgrade() -> None:
    for table in ("comments", "article_tags", "articles", "users"):
        op.drop_table(table)

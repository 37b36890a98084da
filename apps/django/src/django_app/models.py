# mypy: disable-error-code="var-annotated"
# The types of fields are known to django-stubs' mypy plugin only, which would have to start Django.
"""blogapi's tables as Django's models. Alembic owns the schema, so none is managed; a test holds them equal to it."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Lower

from blogapi import rules

# Unique without regard to case, and looked up by the index that makes it so.
models.CharField.register_lookup(Lower)


class UtcDateTimeField(models.DateTimeField):  # type: ignore[type-arg]  # is no generic class at run time
    """A time in UTC, which SQLite keeps as text: with six fractional digits always, while Django leaves out zeros.

    So text sorts as time, and is what SQLAlchemy writes.
    """

    def get_internal_type(self) -> str:
        """A type of its own, which `from_db_value` alone converts."""
        return type(self).__name__

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type in blogapi's tables."""
        return "datetime" if connection.vendor == "sqlite" else "timestamp with time zone"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Write a time for the database."""
        if isinstance(value, datetime) and connection.vendor == "sqlite":
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Any:
        """Read a time from the database."""
        return datetime.fromisoformat(f"{value}+00:00") if isinstance(value, str) else value


class User(models.Model):
    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=rules.USERNAME_MAX)
    email = models.CharField(max_length=rules.EMAIL_MAX)
    name = models.CharField(max_length=rules.NAME_MAX)
    age = models.SmallIntegerField(null=True)
    role = models.CharField(max_length=10)
    is_active = models.BooleanField()
    password_hash = models.CharField(max_length=200)
    version = models.IntegerField(db_default=1)
    byline_version = models.IntegerField(db_default=1)
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()

    class Meta:
        managed = False
        db_table = "users"
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="users_username_lower_key"),
            models.UniqueConstraint(Lower("email"), name="users_email_lower_key"),
        ]


class Article(models.Model):
    id = models.BigAutoField(primary_key=True)
    # DO_NOTHING, here and below: the database itself deletes what hangs on a row, in the same statement.
    author = models.ForeignKey(User, models.DO_NOTHING, related_name="articles")
    title = models.CharField(max_length=rules.TITLE_MAX)
    title_folded = models.TextField()
    content = models.TextField()
    published = models.BooleanField()
    version = models.IntegerField(db_default=1)
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()

    class Meta:
        managed = False
        db_table = "articles"


class ArticleTag(models.Model):
    pk = models.CompositePrimaryKey("article_id", "tag")
    article = models.ForeignKey(Article, models.DO_NOTHING, related_name="tags")
    tag = models.CharField(max_length=30)

    class Meta:
        managed = False
        db_table = "article_tags"


class Comment(models.Model):
    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(Article, models.DO_NOTHING, related_name="comments")
    author = models.ForeignKey(User, models.DO_NOTHING, related_name="comments")
    body = models.TextField()
    created_at = UtcDateTimeField()

    class Meta:
        managed = False
        db_table = "comments"

"""What goes out: serializers that name the fields for the description, and leave the writing to plain dictionaries."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from blogapi import rules
from blogapi.records import Article, Comment, User
from blogapi.representations import (
    JsonObject,
    article_representation,
    comment_representation,
    user_representation,
)
from django_app import schemas

TIMESTAMP_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"


class ReadSerializer(serializers.Serializer[Any]):
    """Base of what is only ever sent. Going through the fields one by one would cost ten times as much (README)."""


@extend_schema_field({"type": "string", "format": "date-time", "pattern": TIMESTAMP_PATTERN})
class TimestampField(serializers.DateTimeField):
    """A time in UTC, always with six fractional digits."""


class UserSerializer(ReadSerializer):
    """A user, without a word of its password."""

    id = serializers.IntegerField(min_value=1, max_value=rules.ID_MAX)
    username = schemas.Username()
    email = schemas.Email()
    name = schemas.Name()
    age = schemas.Age()
    role = schemas.Role()
    is_active = serializers.BooleanField()
    created_at = TimestampField()
    updated_at = TimestampField()

    def to_representation(self, instance: User) -> JsonObject:
        return user_representation(instance)


class AuthorSerializer(ReadSerializer):
    """The byline of an article or a comment."""

    id = serializers.IntegerField(min_value=1, max_value=rules.ID_MAX)
    username = schemas.Username()
    name = schemas.Name()


class ArticleSerializer(ReadSerializer):
    """An article with its byline and its sorted tags."""

    id = serializers.IntegerField(min_value=1, max_value=rules.ID_MAX)
    title = schemas.Title()
    content = schemas.Content()
    published = serializers.BooleanField()
    tags = schemas.Tags()
    author = AuthorSerializer()
    version = serializers.IntegerField(min_value=1)
    created_at = TimestampField()
    updated_at = TimestampField()

    def to_representation(self, instance: Article) -> JsonObject:
        return article_representation(instance)


class CommentSerializer(ReadSerializer):
    """A comment with its byline."""

    id = serializers.IntegerField(min_value=1, max_value=rules.ID_MAX)
    article_id = serializers.IntegerField(min_value=1, max_value=rules.ID_MAX)
    author = AuthorSerializer()
    body = schemas.CommentText()
    created_at = TimestampField()

    def to_representation(self, instance: Comment) -> JsonObject:
        return comment_representation(instance)


class TokenRequest(ReadSerializer):
    """The form of a log-in, for the description; `blogapi.login` reads it."""

    grant_type = serializers.ChoiceField(choices=["password"])
    username = serializers.CharField(min_length=1)
    password = serializers.CharField(min_length=1)


class TokenSerializer(ReadSerializer):
    """A token (RFC 6749, 5.1)."""

    access_token = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["bearer"])
    expires_in = serializers.IntegerField(min_value=1)


class PongSerializer(ReadSerializer):
    """The answer to a ping."""

    pong = serializers.ChoiceField(choices=[True])


class RootSerializer(ReadSerializer):
    """What the service says of itself."""

    name = serializers.ChoiceField(choices=["blog-api"])
    version = serializers.CharField()
    framework = serializers.CharField()
    framework_version = serializers.CharField()
    docs = serializers.ChoiceField(choices=["/docs"])
    openapi = serializers.ChoiceField(choices=["/openapi.json"])


class AliveSerializer(ReadSerializer):
    """The process runs."""

    status = serializers.ChoiceField(choices=["ok"])


class ReadySerializer(ReadSerializer):
    """Requests can be served."""

    status = serializers.ChoiceField(choices=["ready", "degraded"])

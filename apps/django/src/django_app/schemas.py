"""What comes in: bodies and queries, read by DRF's parsers and serializers, with every fault told at once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from blogapi import rules
from blogapi.problems import FAULT_DETAILS, Fault, Problem, fault, pointer
from blogapi.queries import query_pairs
from django_app.fields import (
    CursorField,
    QueryBooleanField,
    QueryIntegerField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictEmailField,
    StrictIntegerField,
    StrictListField,
)

Values = dict[str, Any]
# DRF's and Django's codes where they are not the contract's.
_CODES = {
    "required": "missing",
    "null": "type",
    "min_length": "too_short",
    "max_length": "too_long",
    "min_value": "too_small",
    "max_value": "too_large",
}


Username = partial(
    StrictCharField, min_length=rules.USERNAME_MIN, max_length=rules.USERNAME_MAX, pattern=rules.USERNAME_PATTERN
)
Email = partial(StrictEmailField, max_length=rules.EMAIL_MAX)
Name = partial(StrictCharField, min_length=rules.NAME_MIN, max_length=rules.NAME_MAX, trim_whitespace=True)
Age = partial(StrictIntegerField, min_value=rules.AGE_MIN, max_value=rules.AGE_MAX, allow_null=True)
Password = partial(StrictCharField, min_length=rules.PASSWORD_MIN, max_length=rules.PASSWORD_MAX)
Role = partial(StrictChoiceField, choices=rules.ROLES)
Title = partial(StrictCharField, min_length=rules.TITLE_MIN, max_length=rules.TITLE_MAX, trim_whitespace=True)
Content = partial(StrictCharField, min_length=rules.CONTENT_MIN, max_length=rules.CONTENT_MAX)
CommentText = partial(StrictCharField, min_length=rules.COMMENT_MIN, max_length=rules.COMMENT_MAX, trim_whitespace=True)
Tag = partial(StrictCharField, pattern=rules.TAG_PATTERN)


@extend_schema_field(
    {
        "type": "array",
        "maxItems": rules.TAGS_MAX,
        "uniqueItems": True,
        "items": {"type": "string", "pattern": rules.TAG_PATTERN},
    }
)
class TagsField(StrictListField):
    """Tags, each of which is checked."""

    child = Tag()


Tags = partial(TagsField, max_length=rules.TAGS_MAX)
Limit = partial(QueryIntegerField, min_value=rules.LIMIT_MIN, max_value=rules.LIMIT_MAX, default=rules.LIMIT_DEFAULT)
AuthorId = partial(QueryIntegerField, min_value=1, max_value=rules.ID_MAX, default=None)


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that tells of what it does not know."""

    def to_internal_value(self, data: Mapping[str, Any]) -> Values:
        unknown = [ErrorDetail(FAULT_DETAILS["unknown"], "unknown")]
        errors: dict[str, Any] = {name: unknown for name in data if name not in self.fields}
        try:
            values: Values = super().to_internal_value(data)
        except ValidationError as error:
            found: Any = error.detail
            raise ValidationError({**errors, **found}) from error
        if errors:
            raise ValidationError(errors)
        return values


class UserReplace(StrictSerializer):
    """All that a user may say of itself; an absent age is no age."""

    username = Username()
    email = Email()
    name = Name()
    age = Age(default=None)


class UserCreate(UserReplace):
    """A registration."""

    password = Password()


class UserUpdate(StrictSerializer):
    """A merge patch (RFC 7396) of a user: what is absent stays, and only age can be taken away by null."""

    username = Username(required=False)
    email = Email(required=False)
    name = Name(required=False)
    age = Age(required=False)
    password = Password(required=False)
    role = Role(required=False)
    is_active = StrictBooleanField(required=False)


class ArticleReplace(StrictSerializer):
    """All that an author may say of an article."""

    title = Title()
    content = Content()
    published = StrictBooleanField(default=False)
    tags = Tags(default=list)


class ArticleCreate(ArticleReplace):
    """A new article."""


class ArticleUpdate(StrictSerializer):
    """A merge patch (RFC 7396) of an article: what is absent stays."""

    title = Title(required=False)
    content = Content(required=False)
    published = StrictBooleanField(required=False)
    tags = Tags(required=False)


class CommentCreate(StrictSerializer):
    """A new comment."""

    body = CommentText()


class PageQuery(StrictSerializer):
    """The slice of a list that is wanted."""

    skip = QueryIntegerField(min_value=0, max_value=rules.ID_MAX, default=0)
    limit = Limit()


class UserListQuery(PageQuery):
    """The query of `GET /api/v1/users`."""

    sort = StrictChoiceField(choices=rules.USER_SORTS, default=rules.SORT_DEFAULT)


class ArticleListQuery(PageQuery):
    """The query of `GET /api/v1/articles`."""

    sort = StrictChoiceField(choices=rules.ARTICLE_SORTS, default=rules.SORT_DEFAULT)
    author_id = AuthorId()
    tag = Tag(default=None)
    published = QueryBooleanField(default=None)
    q = StrictCharField(min_length=rules.SEARCH_MIN, max_length=rules.SEARCH_MAX, default=None)


class CommentListQuery(PageQuery):
    """The query of `GET /api/v1/articles/{id}/comments`."""


class ArticleKeysetQuery(StrictSerializer):
    """The query of `GET /api/v2/articles`; `after` is read as the cursor that it is."""

    limit = Limit()
    after = CursorField(default=None)
    tag = Tag(default=None)
    author_id = AuthorId()


def request_body(request: Request) -> Any:
    """Read the body as the action's parsers do; DRF calls none for an empty one, and takes it for `{}`."""
    if request.stream is not None:
        return request.data
    negotiator: Any = request.negotiator
    parser = negotiator.select_parser(request, request.parsers)
    return parser.parse(BytesIO(), request.content_type, request.parser_context)


def validate_body(schema: type[StrictSerializer], payload: Any) -> Values:
    """Hold a parsed body against a schema; every fault is told."""
    if not isinstance(payload, dict):
        raise Problem("validation_failed", faults=[fault("", "type", "an object")])
    serializer: Any = schema(data=payload)
    if not serializer.is_valid():
        raise Problem("validation_failed", faults=_body_faults(serializer.errors))
    values: Values = serializer.validated_data
    return values


def list_query(schema: type[StrictSerializer], request: Request) -> Values:
    """Read the request's query; every fault is told."""
    pairs = raw_query(request)
    counts = Counter(name for name, _ in pairs)
    serializer: Any = schema(data=dict(pairs))
    serializer.is_valid()
    duplicate = [ErrorDetail(FAULT_DETAILS["duplicate"], "duplicate")]
    repeated = {name: duplicate for name, count in counts.items() if count > 1 and name in serializer.fields}
    if errors := {**serializer.errors, **repeated}:
        faults = [_fault(f"query:{name}", details[0]) for name, details in errors.items()]
        raise Problem("validation_failed", faults=faults)
    values: Values = serializer.validated_data
    return values


def raw_query(request: Request) -> list[tuple[str, str]]:
    """The query's names and values in their order."""
    return query_pairs(request.META["QUERY_STRING"])


def _body_faults(errors: Any, *location: str | int) -> Iterator[Fault]:
    if isinstance(errors, dict):
        for name, below in errors.items():
            yield from _body_faults(below, *location, name)
    else:
        yield _fault(pointer(location), errors[0])


def _fault(place: str, detail: ErrorDetail) -> Fault:
    code = str(detail.code)
    return Fault(place, str(detail), _CODES.get(code, code))

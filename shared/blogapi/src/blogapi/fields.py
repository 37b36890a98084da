"""What a member of a body or a parameter of a query may be. Texts are checked for their characters first."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from blogapi import rules
from blogapi.cursors import parse_cursor

_INTEGER = re.compile(r"-?[0-9]+")
# Longer literals are out of every range; turning them into numbers could take long.
_INTEGER_DIGITS_MAX = 20


def _safe(value: object) -> object:
    if isinstance(value, str) and rules.has_unsafe_characters(value):
        raise PydanticCustomError("characters", "")
    return value


def _safe_trimmed(value: object) -> object:
    _safe(value)
    return value.strip() if isinstance(value, str) else value


def _email(value: str) -> str:
    if not rules.email_is_valid(value):
        raise PydanticCustomError("email", "")
    return value


def _cursor(value: str) -> str:
    try:
        parse_cursor(value)
    except ValueError as error:
        raise PydanticCustomError("cursor", "") from error
    return value


def _unique_sorted(tags: list[str]) -> list[str]:
    if len(set(tags)) < len(tags):
        raise PydanticCustomError("duplicate", "")
    return sorted(tags)


def _integer_literal(value: object) -> object:
    if isinstance(value, str):
        if _INTEGER.fullmatch(value) is None:
            raise PydanticCustomError("int_type", "")
        digits = value.lstrip("-").lstrip("0")[:_INTEGER_DIGITS_MAX] or "0"
        return -int(digits) if value.startswith("-") else int(digits)
    return value


def _boolean_literal(value: object) -> object:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise PydanticCustomError("bool_type", "")
        return value == "true"
    return value


# The outermost validator runs first: a bad character is told before a bad length.
_SAFE = BeforeValidator(_safe)
_SAFE_TRIMMED = BeforeValidator(_safe_trimmed)
Username = Annotated[
    str,
    StringConstraints(min_length=rules.USERNAME_MIN, max_length=rules.USERNAME_MAX, pattern=rules.USERNAME_PATTERN),
    _SAFE,
]
Email = Annotated[
    str,
    StringConstraints(max_length=rules.EMAIL_MAX),
    AfterValidator(_email),
    _SAFE,
    WithJsonSchema({"type": "string", "maxLength": rules.EMAIL_MAX, "pattern": rules.EMAIL_PATTERN}),
]
Name = Annotated[str, StringConstraints(min_length=rules.NAME_MIN, max_length=rules.NAME_MAX), _SAFE_TRIMMED]
Age = Annotated[int, Field(ge=rules.AGE_MIN, le=rules.AGE_MAX)]
Password = Annotated[str, StringConstraints(min_length=rules.PASSWORD_MIN, max_length=rules.PASSWORD_MAX), _SAFE]
Role = Annotated[Literal["viewer", "editor", "admin"], _SAFE]
Title = Annotated[str, StringConstraints(min_length=rules.TITLE_MIN, max_length=rules.TITLE_MAX), _SAFE_TRIMMED]
Content = Annotated[str, StringConstraints(min_length=rules.CONTENT_MIN, max_length=rules.CONTENT_MAX), _SAFE]
Comment = Annotated[str, StringConstraints(min_length=rules.COMMENT_MIN, max_length=rules.COMMENT_MAX), _SAFE_TRIMMED]
After = Annotated[
    str, AfterValidator(_cursor), _SAFE, WithJsonSchema({"type": "string", "pattern": rules.CURSOR_PATTERN})
]
Tag = Annotated[str, StringConstraints(pattern=rules.TAG_PATTERN), _SAFE]
Tags = Annotated[
    list[Tag],
    Field(max_length=rules.TAGS_MAX, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique_sorted),
]
Search = Annotated[str, StringConstraints(min_length=rules.SEARCH_MIN, max_length=rules.SEARCH_MAX), _SAFE]
UserSort = Annotated[Literal["username", "-username", "created_at", "-created_at"], _SAFE]
ArticleSort = Annotated[Literal["created_at", "-created_at", "title", "-title"], _SAFE]
_INTEGER_LITERAL = BeforeValidator(_integer_literal)
Id = Annotated[int, Field(ge=1, le=rules.ID_MAX), _INTEGER_LITERAL]
Skip = Annotated[int, Field(ge=0, le=rules.ID_MAX), _INTEGER_LITERAL]
Limit = Annotated[int, Field(ge=rules.LIMIT_MIN, le=rules.LIMIT_MAX), _INTEGER_LITERAL]
QueryBoolean = Annotated[bool, BeforeValidator(_boolean_literal)]

"""The bodies and queries that the API takes, strictly: no coercion, no unknown members, every fault told at once."""

import re
from collections import Counter
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from blogapi import rules
from blogapi.cursors import parse_cursor
from blogapi.faults import body_fault, query_fault, query_fault_repeated
from blogapi.problems import Fault, Problem
from blogapi.records import Cursor

Model = TypeVar("Model", bound=BaseModel)

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


def _absent() -> Any:
    # Never looked at: what a merge patch leaves out is not among its `model_fields_set`.
    return None


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
_INTEGER_LITERAL = BeforeValidator(_integer_literal)
QueryBoolean = Annotated[bool, BeforeValidator(_boolean_literal)]


class Body(BaseModel):
    """Base of what is sent in a body."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class UserReplace(Body):
    """All that a user may say of itself; an absent age is no age."""

    username: Username
    email: Email
    name: Name
    age: Age | None = None


class UserCreate(UserReplace):
    """A registration."""

    password: Password


class UserUpdate(Body):
    """A merge patch (RFC 7396) of a user: what is absent stays, and only age can be taken away by null."""

    username: Username = Field(default_factory=_absent)
    email: Email = Field(default_factory=_absent)
    name: Name = Field(default_factory=_absent)
    age: Age | None = None
    password: Password = Field(default_factory=_absent)
    role: Role = Field(default_factory=_absent)
    is_active: bool = Field(default_factory=_absent)


class ArticleReplace(Body):
    """All that an author may say of an article."""

    title: Title
    content: Content
    published: bool = False
    tags: Tags = Field(default_factory=list, json_schema_extra={"default": []})


class ArticleCreate(ArticleReplace):
    """A new article."""


class ArticleUpdate(Body):
    """A merge patch (RFC 7396) of an article: what is absent stays."""

    title: Title = Field(default_factory=_absent)
    content: Content = Field(default_factory=_absent)
    published: bool = Field(default_factory=_absent)
    tags: Tags = Field(default_factory=_absent)


class CommentCreate(Body):
    """A new comment."""

    body: Comment


class PageQuery(BaseModel):
    """The slice of a list that is wanted."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    skip: Annotated[int, Field(ge=0, le=rules.ID_MAX), _INTEGER_LITERAL] = 0
    limit: Annotated[int, Field(ge=rules.LIMIT_MIN, le=rules.LIMIT_MAX), _INTEGER_LITERAL] = rules.LIMIT_DEFAULT


class UserListQuery(PageQuery):
    """The query of `GET /api/v1/users`."""

    sort: Annotated[Literal["username", "-username", "created_at", "-created_at"], _SAFE] = "-created_at"


class ArticleListQuery(PageQuery):
    """The query of `GET /api/v1/articles`."""

    sort: Annotated[Literal["created_at", "-created_at", "title", "-title"], _SAFE] = "-created_at"
    author_id: Annotated[int, Field(ge=1, le=rules.ID_MAX), _INTEGER_LITERAL] | None = None
    tag: Tag | None = None
    published: QueryBoolean | None = None
    q: Search | None = None


class CommentListQuery(PageQuery):
    """The query of `GET /api/v1/articles/{id}/comments`."""


class ArticleKeysetQuery(BaseModel):
    """The query of `GET /api/v2/articles`."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    limit: Annotated[int, Field(ge=rules.LIMIT_MIN, le=rules.LIMIT_MAX), _INTEGER_LITERAL] = rules.LIMIT_DEFAULT
    after: After | None = None
    tag: Tag | None = None
    author_id: Annotated[int, Field(ge=1, le=rules.ID_MAX), _INTEGER_LITERAL] | None = None

    @property
    def cursor(self) -> Cursor | None:
        """What `after` means."""
        return None if self.after is None else parse_cursor(self.after)


def validate_body(model: type[Model], value: object) -> Model:
    """Hold a parsed body against a model.

    Raises:
        Problem: `validation_failed` with every fault.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise validation_problem([body_fault(entry) for entry in error.errors(include_url=False)]) from error


def validate_query(model: type[Model], pairs: list[tuple[str, str]]) -> Model:
    """Hold a parsed query (see `queries.query_pairs`) against a model.

    Raises:
        Problem: `validation_failed` with every fault, also for a parameter given twice.
    """
    parameters = dict(pairs)
    names = [name for name, _ in pairs]
    repeated = {name for name, count in Counter(names).items() if count > 1 and name in model.model_fields}
    faults = [query_fault_repeated(name) for name in repeated]
    try:
        parsed = model.model_validate(parameters)
    except ValidationError as error:
        found = [query_fault(entry) for entry in error.errors(include_url=False)]
        faults += [entry for entry in found if entry.pointer.removeprefix("query:") not in repeated]
    if faults:
        raise validation_problem(faults)
    return parsed


def validation_problem(faults: list[Fault]) -> Problem:
    """Make the problem that lists the faults."""
    return Problem("validation_failed", faults=faults)

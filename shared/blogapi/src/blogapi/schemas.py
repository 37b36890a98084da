"""The bodies and queries that the API takes, strictly: no coercion, no unknown members, every fault told at once."""

from collections import Counter
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blogapi import rules
from blogapi.cursors import parse_cursor
from blogapi.faults import body_fault, query_fault, query_fault_repeated
from blogapi.fields import (
    After,
    Age,
    ArticleSort,
    Comment,
    Content,
    Email,
    Id,
    Limit,
    Name,
    Password,
    QueryBoolean,
    Role,
    Search,
    Skip,
    Tag,
    Tags,
    Title,
    Username,
    UserSort,
)
from blogapi.problems import Fault, Problem
from blogapi.records import Cursor

Model = TypeVar("Model", bound=BaseModel)


def _absent() -> Any:
    # Never looked at: what a merge patch leaves out is not among its `model_fields_set`.
    return None


class Strict(BaseModel):
    """Base of all that is read: no coercion, no unknown members, and nothing of what was sent in an error."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Body(Strict):
    """Base of what is sent in a body."""


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


class PageQuery(Strict):
    """The slice of a list that is wanted."""

    skip: Skip = 0
    limit: Limit = rules.LIMIT_DEFAULT


class UserListQuery(PageQuery):
    """The query of `GET /api/v1/users`."""

    sort: UserSort = "-created_at"


class ArticleListQuery(PageQuery):
    """The query of `GET /api/v1/articles`."""

    sort: ArticleSort = "-created_at"
    author_id: Id | None = None
    tag: Tag | None = None
    published: QueryBoolean | None = None
    q: Search | None = None


class CommentListQuery(PageQuery):
    """The query of `GET /api/v1/articles/{id}/comments`."""


class ArticleKeysetQuery(Strict):
    """The query of `GET /api/v2/articles`."""

    limit: Limit = rules.LIMIT_DEFAULT
    after: After | None = None
    tag: Tag | None = None
    author_id: Id | None = None

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

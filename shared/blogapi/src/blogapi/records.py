"""What the store gives: plain immutable rows with names, no session behind them."""

from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class User(NamedTuple):
    """A row of `users` without its password hash; `version` counts its changes."""

    id: int
    username: str
    email: str
    name: str
    age: int | None
    role: str
    is_active: bool
    created_at: datetime
    updated_at: datetime
    version: int


class Author(NamedTuple):
    """The part of a user that an article shows; `byline_version` counts the changes of that part."""

    id: int
    username: str
    name: str
    byline_version: int


class Actor(NamedTuple):
    """Who sends the request, as the database has it now."""

    id: int
    username: str
    name: str
    byline_version: int
    role: str
    is_active: bool

    @property
    def byline(self) -> Author:
        """What is shown of the actor as the author of something."""
        return Author(self.id, self.username, self.name, self.byline_version)

    @property
    def is_admin(self) -> bool:
        """Whether the actor may do what only admins may."""
        return self.role == "admin"


class Credentials(NamedTuple):
    """What a log-in is checked against."""

    id: int
    password_hash: str
    is_active: bool


class Article(NamedTuple):
    """A row of `articles` with its author and its sorted tags."""

    id: int
    title: str
    content: str
    published: bool
    tags: list[str]
    author: Author
    version: int
    created_at: datetime
    updated_at: datetime


class Comment(NamedTuple):
    """A row of `comments` with its author."""

    id: int
    article_id: int
    author: Author
    body: str
    created_at: datetime


class Cursor(NamedTuple):
    """Where a page of newest-first rows ended: its last row's place in the order."""

    created_at: datetime
    id: int


class Slice(NamedTuple, Generic[T]):
    """Some rows of a list that is not counted, and where the next ones begin; None at the end."""

    items: list[T]
    next: Cursor | None


class Page(NamedTuple, Generic[T]):
    """A slice of a list, and how many rows the list has in all."""

    items: list[T]
    total: int

"""What the store gives: plain immutable rows with names, no session behind them."""

from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class User(NamedTuple):
    """A row of `users` without its password hash."""

    id: int
    username: str
    email: str
    name: str
    age: int | None
    role: str
    is_active: bool
    created_at: datetime
    updated_at: datetime


class Actor(NamedTuple):
    """Who sends the request, as the database has it now."""

    id: int
    username: str
    name: str
    role: str
    is_active: bool

    @property
    def is_admin(self) -> bool:
        """Whether the actor may do what only admins may."""
        return self.role == "admin"


class Credentials(NamedTuple):
    """What a log-in is checked against."""

    id: int
    password_hash: str
    is_active: bool


class Author(NamedTuple):
    """The part of a user that an article shows."""

    id: int
    username: str
    name: str


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


class Page(NamedTuple, Generic[T]):
    """A slice of a list, and how many rows the list has in all."""

    items: list[T]
    total: int

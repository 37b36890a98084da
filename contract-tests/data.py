"""Users, articles and comments for tests, under names that nobody else uses."""

from itertools import count
from typing import Any

from answer import Json
from client import Client, Connections

PASSWORD = "correct horse battery"


class Member(Client):
    """A user of the API, as the client that acts as that user. It logs in with its first request."""

    def __init__(self, base_url: str, user: dict[str, Json], password: str, connections: Connections) -> None:
        super().__init__(base_url, None, connections)
        self.user = user
        self.password = password

    @property
    def token(self) -> str:
        """The user's token."""
        if self._token is None:
            anonymous = Client(self.base_url, None, self.connections)
            answer = anonymous.login(self.username, self.password).expect(200)
            self._token = str(answer.body["access_token"])
        return self._token

    @property
    def id(self) -> int:
        """The user's id."""
        return int(self.user["id"])

    @property
    def username(self) -> str:
        """The user's username, as it was when the member was made."""
        return str(self.user["username"])

    @property
    def path(self) -> str:
        """The path of the user."""
        return f"/api/v1/users/{self.id}"


class Factory:
    """Makes users, articles and comments.

    Args:
        admin: the first administrator.
        prefix: starts every name; another one for each run and each worker.
    """

    def __init__(self, admin: Member, prefix: str) -> None:
        self.admin = admin
        self.prefix = prefix
        self._numbers = count(1)
        self._anonymous = admin.with_token(None)

    def unique(self, stem: str = "x") -> str:
        """A name of `[a-z0-9-]`, at most 30 characters, that was not there before."""
        return f"{self.prefix}-{stem}{next(self._numbers)}"

    def registration(self, **members: Any) -> dict[str, Json]:
        """The body of a valid registration, with some members of the caller's."""
        name = self.unique("u")
        body = {"username": name, "email": f"{name}@example.com", "name": "Ada Lovelace", "age": 36}
        return {**body, "password": PASSWORD, **members}

    def user(self, **members: Any) -> dict[str, Json]:
        """Register a user; what was answered."""
        user: dict[str, Json] = self._anonymous.post("/api/v1/users", self.registration(**members)).expect(201).body
        return user

    def member(self, role: str = "viewer", **members: Any) -> Member:
        """Register a user with a role; the client that acts as that user."""
        user = self.user(**members)
        if role != "viewer":
            user = self.admin.patch(f"/api/v1/users/{user['id']}", {"role": role}).expect(200).body
        return Member(self.admin.base_url, user, members.get("password", PASSWORD), self.admin.connections)

    def article(self, author: Client, **members: Any) -> dict[str, Json]:
        """Create an article, published unless the caller says otherwise; what was answered."""
        body = {"title": self.unique("Title "), "content": "Some content.", "published": True, "tags": ["b", "a"]}
        article: dict[str, Json] = author.post("/api/v1/articles", {**body, **members}).expect(201).body
        return article

    def articles(self, author: Client, *titles: str, **members: Any) -> list[dict[str, Json]]:
        """Create an article for each title."""
        return [self.article(author, title=title, **members) for title in titles]

    def comment(self, author: Client, article: dict[str, Json], body: str = "A comment.") -> dict[str, Json]:
        """Comment on an article; what was answered."""
        comment: dict[str, Json] = author.post(comments_of(article), {"body": body}).expect(201).body
        return comment


def path_of(article: dict[str, Json]) -> str:
    """The path of an article."""
    return f"/api/v1/articles/{article['id']}"


def comments_of(article: dict[str, Json]) -> str:
    """The path of an article's comments."""
    return f"{path_of(article)}/comments"


def path_of_comment(comment: dict[str, Json]) -> str:
    """The path of a comment."""
    return f"/api/v1/articles/{comment['article_id']}/comments/{comment['id']}"

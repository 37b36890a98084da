"""What every sequence finds: users of each role with their tokens, and articles that are worth searching."""

# ruff: noqa: RUF001 - letters that look like others are what is tried

import json
from dataclasses import dataclass, field
from typing import Any

from fleet import Fleet
from request import FORM_TYPE, JSON_TYPE, NEWEST, Request
from tokens import forged, wrong_tokens
from wire import Answer

from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME

TOKEN_PATH = "/api/v1/token"
PASSWORD = "correct horse battery"
ADMIN = "admin"
# name → role; the name is the username too.
ROLES = {
    "editor": "editor",
    "other_editor": "editor",
    "viewer": "viewer",
    "other_viewer": "viewer",
    "demoted": "editor",
    "second_admin": "admin",
    "inactive": "editor",
    "gone": "editor",
}
INACTIVE = ("inactive", "second_admin")
# author → title, published, tags; what is written by `demoted` belongs to a viewer afterwards.
ARTICLES: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = (
    ("editor", "Straße 100%_\\ of it", True, ("a", "b-1")),
    ("editor", "STRASSE of drafts", False, ("a",)),
    ("other_editor", "İstanbul, ǰ and ﬁ", True, ()),
    ("other_editor", "i̇stanbul again", False, ("b-1",)),
    ("editor", "Ωmega ΣΑΣ σας", True, ("z" * 30,)),
    ("editor", "ωmega σασ", True, ("0", "a", "b-1")),
    ("demoted", "Of a viewer", True, ("a",)),
    ("demoted", "Draft of a viewer", False, ("a",)),
    ("editor", "\U00010400 beyond the basic plane", True, ()),
    ("editor", "\uffee in the basic plane", True, ()),
    ("editor", "!", True, ("twice",)),
    ("other_editor", "!", True, ("twice",)),
    ("editor", "\uffff", True, ("twice",)),
    ("other_editor", "\uffff", False, ("twice",)),
)


# Enough for one article to be sent as gzip.
LONG = 80
# author, and the article's place in `ARTICLES`: own articles and others', drafts among them.
COMMENTS: tuple[tuple[str, int], ...] = (
    ("viewer", 0), ("editor", 0), ("other_editor", 0), ("demoted", 0), ("viewer", 0), ("admin", 0),
    ("viewer", 2), ("editor", 2), ("editor", 1), ("admin", 1), ("demoted", 6), ("demoted", 7), ("other_editor", 13),
)  # fmt: skip
# Over HTTP no two things are made in the same instant; so many articles and comments are given one time past it.
TIES = 6


class WorldError(Exception):
    """The servers do not do what a sequence supposes; the message has the request and the answer."""


@dataclass
class World:
    """The common start of all sequences.

    Args:
        users: ids by name, `admin` among them.
        articles: ids in the order of `ARTICLES`.
        comments: ids in the order of `COMMENTS`.
        tokens: by the name of the caller; `NEWEST` is the last log-in's.
        since: the latest time in the database.
    """

    users: dict[str, int]
    articles: list[int]
    tokens: dict[str, str]
    since: str
    comments: list[int] = field(default_factory=list)

    @property
    def next_user(self) -> int:
        """The id of the user that a sequence registers first."""
        return max(self.users.values()) + 1

    @property
    def next_article(self) -> int:
        """The id of the article that a sequence writes first."""
        return max(self.articles) + 1

    @property
    def next_comment(self) -> int:
        """The id of the comment that a sequence writes first."""
        return max(self.comments) + 1

    def log_in(self, fleet: Fleet) -> None:
        """Get new tokens, each from another server than the one before: all must be good for all."""
        for index, name in enumerate(name for name in self.users if name not in (*INACTIVE, "gone")):
            self.tokens[name] = _token(fleet, index, name, PASSWORD)


def make_world(fleet: Fleet) -> World:
    """Make users and articles on the first server, and give its state to all.

    Raises:
        WorldError: a server refused.
    """
    world = World({ADMIN: 1}, [], {ADMIN: _token(fleet, 0, ADMIN_USERNAME, ADMIN_PASSWORD)}, "")
    _ask(fleet, "PATCH", "/api/v1/users/1", {"password": PASSWORD}, world)
    for name, role in ROLES.items():
        user = {"username": name, "email": f"{name}@example.com", "name": name.title(), "password": PASSWORD}
        world.users[name] = _ask(fleet, "POST", "/api/v1/users", user, world)["id"]
        _ask(fleet, "PATCH", _user(world, name), {"role": role}, world)
        world.tokens[name] = forged(fleet.secret_key, world.users[name])
    for author, title, published, tags in ARTICLES:
        body: dict[str, Any] = {
            "title": title,
            "content": f"About {title}. " * LONG,
            "published": published,
            "tags": list(tags),
        }
        world.articles.append(_ask(fleet, "POST", "/api/v1/articles", body, world, caller=author)["id"])
    for author, place in COMMENTS:
        path = f"/api/v1/articles/{world.articles[place]}/comments"
        world.comments.append(_ask(fleet, "POST", path, {"body": f"Says {author}"}, world, caller=author)["id"])
    _ask(fleet, "PATCH", _user(world, "demoted"), {"role": "viewer"}, world)
    for name in INACTIVE:
        _ask(fleet, "PATCH", _user(world, name), {"is_active": False}, world)
    _ask(fleet, "DELETE", _user(world, "gone"), None, world)
    fleet.tie("articles", world.articles[-TIES:])
    fleet.tie("comments", world.comments[:TIES])
    world.since = fleet.take_snapshot()
    world.tokens |= wrong_tokens(fleet.secret_key, world.users["editor"])
    world.tokens |= {"new_user": forged(fleet.secret_key, world.next_user), NEWEST: "none"}
    fleet.reset()
    return world


def bare_world(fleet: Fleet) -> World:
    """The seeded databases as they are, and nobody logged in: for servers that would soon refuse to make anything."""
    world = World({}, [], {}, fleet.take_snapshot())
    fleet.reset()
    return world


def log_in_request(username: str, password: str) -> Request:
    """Ask for a token. Neither argument may need encoding, but for spaces."""
    form = f"grant_type=password&username={username}&password={password.replace(' ', '+')}"
    return Request("POST", TOKEN_PATH, headers=(("Content-Type", FORM_TYPE),), body=form.encode())


def token_of(request: Request, answer: Answer) -> str | None:
    """The token that an answer gives, if the request asked for one."""
    if answer.status != 200 or (request.method, request.target) != ("POST", TOKEN_PATH):
        return None
    return str(json.loads(answer.body)["access_token"])


def _user(world: World, name: str) -> str:
    return f"/api/v1/users/{world.users[name]}"


def _token(fleet: Fleet, index: int, username: str, password: str) -> str:
    request = log_in_request(username, password)
    answer = fleet.ask_one(index, request, {})
    if (token := token_of(request, answer)) is None:
        raise WorldError(f"{request.curl()} → {answer}")
    return token


def _ask(fleet: Fleet, method: str, path: str, body: Any, world: World, *, caller: str = ADMIN) -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = Request(method, path, caller, (("Content-Type", JSON_TYPE),), body=content)
    answer = fleet.ask_one(0, request, world.tokens)
    if not 200 <= answer.status < 300:
        raise WorldError(f"{request.curl()} → {answer}")
    return json.loads(answer.body) if answer.body else None

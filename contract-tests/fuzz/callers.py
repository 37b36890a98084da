"""The users as whom a variant is played against: made before, and still there with their roles afterwards."""

import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME

ANONYMOUS = "anonymous"
ROLES = ("admin", "editor", "viewer", ANONYMOUS)
# Ids of the users whose tokens the runs use, separated by commas: no run may change or delete one of them.
PROTECTED_VARIABLE = "FUZZ_PROTECTED_USERS"
PASSWORD = "correct horse battery"
TIMEOUT_SECONDS = 10


class CallerError(Exception):
    """A user could not be made, or is not what it was."""


@dataclass(frozen=True)
class Caller:
    """A user with a role, and its token; the anonymous caller has none."""

    role: str
    user_id: int = 0
    token: str = field(default="", repr=False)


def make_callers(base_url: str) -> list[Caller]:
    """Register a user for each role; the first administrator stays apart."""
    admin = _token(base_url, ADMIN_USERNAME, ADMIN_PASSWORD)
    callers = []
    for role in ROLES[:-1]:
        name = f"fuzz-{role}"
        user = {"username": name, "email": f"{name}@example.com", "name": name, "password": PASSWORD}
        user_id = _ask(base_url, "POST", "/api/v1/users", body=user)["id"]
        _ask(base_url, "PATCH", f"/api/v1/users/{user_id}", token=admin, body={"role": role})
        callers.append(Caller(role, user_id, _token(base_url, name, PASSWORD)))
    return [*callers, Caller(ANONYMOUS)]


def check_callers(base_url: str, callers: Sequence[Caller]) -> None:
    """See that every user is still there: a run whose token was refused would have tried nothing.

    Raises:
        CallerError: one is not, or has another role.
    """
    for caller in callers:
        if caller.role != ANONYMOUS:
            user = _ask(base_url, "GET", "/api/v1/users/me", token=caller.token)
            if (user["id"], user["role"]) != (caller.user_id, caller.role):
                raise CallerError(f"the {caller.role} has become {user}")


def _token(base_url: str, username: str, password: str) -> str:
    form = urlencode({"grant_type": "password", "username": username, "password": password}).encode()
    request = urllib.request.Request(f"{base_url}/api/v1/token", form)  # noqa: S310 - a loopback URL of our own
    return str(_answer(request)["access_token"])


def _ask(base_url: str, method: str, path: str, *, token: str = "", body: Any = None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    url = base_url + path
    return _answer(urllib.request.Request(url, data, headers, method=method))  # noqa: S310 - as above


def _answer(request: urllib.request.Request) -> Any:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - as above
            return json.load(response)
    except OSError as error:
        raise CallerError(f"{request.get_method()} {request.full_url}: {error}") from error

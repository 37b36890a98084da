"""The token request's form (RFC 6749, 4.3.2)."""

from typing import NamedTuple

from blogapi.problems import Problem
from blogapi.rules import has_unsafe_characters

FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"


class Login(NamedTuple):
    """What a caller says of itself; `username` is a username or an e-mail address."""

    username: str
    password: str


def read_login(pairs: list[tuple[str, str]]) -> Login:
    """Hold the form's parameters against RFC 6749: none twice (3.2), the password grant, unknown ones ignored.

    Raises:
        Problem: `invalid_request` with its `error` member.
    """
    # A parameter without a value counts as left out (RFC 6749, 3.2).
    names = [name for name, value in pairs if value]
    for name in ("grant_type", "username", "password"):
        if names.count(name) != 1:
            raise _invalid("invalid_request", f"The parameter {name} must be given exactly once.")
    form = dict(pair for pair in pairs if pair[1])
    if form["grant_type"] != "password":
        raise _invalid("unsupported_grant_type", "The parameter grant_type must be password.")
    return Login(_safe(form["username"]), _safe(form["password"]))


def invalid_credentials() -> Problem:
    """The one answer to a wrong name, a wrong password and an inactive account."""
    return Problem("invalid_credentials", extra={"error": "invalid_grant"})


def _safe(value: str) -> str:
    # Nobody has the empty name or password, and what no registration takes need not reach database or hasher.
    return "" if has_unsafe_characters(value) else value


def _invalid(error: str, detail: str) -> Problem:
    return Problem("invalid_request", detail, extra={"error": error})

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
    given = [pair for pair in pairs if pair[1]]
    if _single(given, "grant_type") != "password":
        raise _invalid("unsupported_grant_type", "The parameter grant_type must be password.")
    return Login(_safe(_single(given, "username")), _safe(_single(given, "password")))


def invalid_credentials() -> Problem:
    """The one answer to a wrong name, a wrong password and an inactive account."""
    return Problem("invalid_credentials", extra={"error": "invalid_grant"})


def _single(pairs: list[tuple[str, str]], name: str) -> str:
    values = [value for given, value in pairs if given == name]
    if len(values) != 1:
        raise _invalid("invalid_request", f"The parameter {name} must be given exactly once.")
    return values[0]


def _safe(value: str) -> str:
    # Nobody has the empty name or password, and what no registration takes need not reach database or hasher.
    return "" if has_unsafe_characters(value) else value


def _invalid(error: str, detail: str) -> Problem:
    return Problem("invalid_request", detail, extra={"error": error})

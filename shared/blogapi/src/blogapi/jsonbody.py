"""Strict JSON in (RFC 8259, with RFC 7493's refusal of duplicate members), compact JSON out."""

import json
import re
from typing import Any, NoReturn

import orjson

from blogapi.problems import Problem
from blogapi.rules import without_surrogates

NESTING_MAX = 64
INTEGER_DIGITS_MAX = 4300
# Each unknown member is a fault to be listed: a body full of them would cost seconds.
MEMBERS_MAX = 1000
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def parse_json(body: bytes) -> Any:
    """Read a request's body.

    Args:
        body: as received.

    Returns:
        The value, whatever its type.

    Raises:
        Problem: `malformed_json`, for everything that is not JSON in UTF-8, also `NaN`, a byte order mark, a member
            given twice and nesting over 64.
    """
    try:
        text = body.decode("utf-8")
        # Looked at first, for the parser's own recursion would fail at a depth that depends on the caller's.
        _check_nesting(text)
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed_json", _reason(error)) from error


def dump_json(value: Any) -> bytes:
    """Write a value as compact JSON in UTF-8."""
    return orjson.dumps(value)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"The body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}."
    if isinstance(error, UnicodeDecodeError):
        return "The body is not UTF-8."
    return "The body is no JSON that this service takes: " + str(error)


def _check_nesting(text: str) -> None:
    if text.count("[") + text.count("{") <= NESTING_MAX:
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > NESTING_MAX:
            raise ValueError(f"it is nested deeper than {NESTING_MAX}.")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MEMBERS_MAX:
        raise ValueError(f"an object has more than {MEMBERS_MAX} members.")
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a member is given twice.")
    return {without_surrogates(name): value for name, value in pairs}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value.")


def _integer(literal: str) -> int:
    if len(literal.lstrip("-")) > INTEGER_DIGITS_MAX:
        raise ValueError(f"an integer has more than {INTEGER_DIGITS_MAX} digits.")
    return int(literal)


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_refuse_constant, parse_int=_integer)

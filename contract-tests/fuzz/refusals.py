"""Refusals of requests that fit the OpenAPI description: what no JSON schema can say. Everything else is a failure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

LOCAL_PART_MAX = 64


@dataclass(frozen=True)
class Exchange:
    """A request that fits the description and was refused, with what was answered.

    Args:
        headers: names of those that were sent.
        body: as it was drawn, JSON or another value.
        query: the parameters, as they were drawn.
        errors: the faults of a 422.
    """

    headers: frozenset[str]
    body: Any
    status: int
    errors: tuple[Mapping[str, str], ...] = ()
    query: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """A fault with which the contract may refuse a value that fits the description, and what value that has to be."""

    reason: str
    code: str
    fits: Callable[[str, Any], bool]


FAULTS = (
    Fault(
        "4.5: 1.0 is an integer for JSON Schema (2020-12 core, 4.2.1), and none for the contract",
        "type",
        lambda _pointer, value: isinstance(value, float) and value.is_integer(),
    ),
    Fault(
        "4.6: NUL and unpaired surrogates are characters for JSON Schema",
        "characters",
        lambda _pointer, value: any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in str(value)),
    ),
    Fault(
        "3.4: the pattern of an address does not count what stands before its @",
        "invalid",
        lambda pointer, value: pointer == "/email" and str(value).find("@") > LOCAL_PART_MAX,
    ),
    Fault(
        "18.4: a cursor that fits the pattern may never have been given out",
        "invalid",
        lambda pointer, _value: pointer == "query:after",
    ),
)


def is_by_design(seen: Exchange) -> bool:
    """Tell whether a request that fits the description may be refused as it was."""
    if seen.status == 412:
        # 13.5, 13.6: which tag a resource has, or has not, no schema knows.
        return not seen.headers.isdisjoint({"if-match", "if-none-match"})
    return seen.status == 422 and bool(seen.errors) and all(_may_be_found(error, seen) for error in seen.errors)


def _may_be_found(error: Mapping[str, str], seen: Exchange) -> bool:
    pointer = error["pointer"]
    place, _, name = pointer.partition(":")
    value = seen.query.get(name) if place == "query" else value_at(seen.body, pointer)
    return any(fault.code == error["code"] and fault.fits(pointer, value) for fault in FAULTS)


def value_at(body: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901); None where there is none."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict):
            body = body.get(name)
        elif isinstance(body, list) and name.isdecimal() and int(name) < len(body):
            body = body[int(name)]
        else:
            return None
    return body

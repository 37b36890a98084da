"""Faults: pydantic's errors in the contract's words."""

from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from blogapi.problems import Fault, fault, pointer


def body_fault(error: ErrorDetails) -> Fault:
    """Translate an error of pydantic in a body into the contract's words."""
    return _translate(pointer(error["loc"]), error)


def query_fault(error: ErrorDetails) -> Fault:
    """Translate an error of pydantic in a query into the contract's words."""
    return _translate(f"query:{error['loc'][0]}", error)


def query_fault_repeated(name: str) -> Fault:
    """The fault of a parameter that is given more than once."""
    return fault(f"query:{name}", "duplicate")


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _listed(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")


_Limit = Callable[[dict[str, Any]], str]
# pydantic's error type → the contract's code, and what completes its sentence.
_TRANSLATIONS: dict[str, tuple[str, _Limit]] = {
    "missing": ("missing", lambda _: ""),
    "extra_forbidden": ("unknown", lambda _: ""),
    "string_type": ("type", lambda _: "a string"),
    "int_type": ("type", lambda _: "an integer"),
    "bool_type": ("type", lambda _: "true or false"),
    "list_type": ("type", lambda _: "an array"),
    "model_type": ("type", lambda _: "an object"),
    "model_attributes_type": ("type", lambda _: "an object"),
    "dict_type": ("type", lambda _: "an object"),
    "string_unicode": ("characters", lambda _: ""),
    "characters": ("characters", lambda _: ""),
    "string_too_short": ("too_short", lambda context: _counted(context["min_length"], "character")),
    "string_too_long": ("too_long", lambda context: _counted(context["max_length"], "character")),
    "too_long": ("too_long", lambda context: _counted(context["max_length"], "item")),
    "greater_than_equal": ("too_small", lambda context: str(context["ge"])),
    "less_than_equal": ("too_large", lambda context: str(context["le"])),
    "string_pattern_mismatch": ("invalid", lambda context: "text that fits " + context["pattern"]),
    "literal_error": ("invalid", lambda context: "one of " + _listed(context["expected"])),
    "email": ("invalid", lambda _: "an e-mail address"),
    "cursor": ("invalid", lambda _: "what `next` of a page was"),
    "duplicate": ("duplicate", lambda _: ""),
}


def _translate(place: str, error: ErrorDetails) -> Fault:
    kind = error["type"]
    if kind == "literal_error" and not isinstance(error["input"], str):
        return fault(place, "type", "a string")
    code, limit = _TRANSLATIONS[kind]
    return fault(place, code, limit(error.get("ctx", {})))

"""The headers of each response for the document: no signature names them, so they are told by their components' names.

The components themselves are those of the contract's document.
"""

from collections.abc import Collection
from typing import Any

Described = dict[str, Any]
Responses = dict[int | str, Described]


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


# Of header → component. `uncounted` is what is told before, or without, a look at the limits.
EVERY = _same(
    "X-Request-ID",
    "Server-Timing",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Content-Security-Policy",
    "Strict-Transport-Security",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Expose-Headers",
    "Vary",
)
AGREED = _same("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "API-Version")
UNCOUNTED = {**EVERY, "Content-Encoding": "Content-Encoding", "Cache-Control": "NoStore"}
API = {**UNCOUNTED, **AGREED}
COUNTED = {name: component for name, component in API.items() if name != "API-Version"}
BODILESS = {**EVERY, **AGREED, "Cache-Control": "Private"}
CHANGED = {**API, "Cache-Control": "Private"}
# An error's headers follow from the latest of its codes in the order of the checks, and from its status.
UNCOUNTED_CODES = {"bad_host", "method_not_allowed", "not_ready"}
UNVERSIONED_CODES = UNCOUNTED_CODES | {"unsupported_version", "rate_limited"}
BY_STATUS = {
    401: _same("WWW-Authenticate"),
    405: _same("Allow"),
    415: _same("Accept"),
    429: _same("Retry-After"),
    503: _same("Retry-After"),
}


def described(headers: dict[str, str]) -> Described:
    return {"headers": {name: {"$ref": f"#/components/headers/{component}"} for name, component in headers.items()}}


def one(cache_control: str) -> Responses:
    """Describe the reading of one resource, and the 304 in its place."""
    own = {"Cache-Control": cache_control, "Vary": "VaryOfOne", "ETag": "ETag"}
    return {200: described({**API, **own}), 304: described({**BODILESS, **own})}


def many(cache_control: str, *own: str) -> Responses:
    """Describe the reading of a list."""
    return {200: described({**API, "Cache-Control": cache_control, "Vary": "VaryOfMany", **_same(*own)})}


def problem_headers(status: int, codes: Collection[str]) -> Described:
    """Describe the headers of an error that has one of some codes."""
    agreed = UNCOUNTED if UNCOUNTED_CODES.issuperset(codes) else COUNTED if UNVERSIONED_CODES.issuperset(codes) else API
    return described({**agreed, **BY_STATUS.get(status, {})})


# Who may see what an answer tells: the caller alone, or everybody where no token was sent.
OWN = "Private"
PUBLIC = "PrivateOrPublic"
ANSWERED: Responses = {200: described(API)}
ALIVE: Responses = {200: described(UNCOUNTED)}
PAGE: Responses = {200: described({**COUNTED, "Cache-Control": "NoCache"})}
DOCS: Responses = {
    200: described({**COUNTED, "Cache-Control": "NoCache", "Content-Security-Policy": "DocsPolicy"}),
}
MODIFIED: Responses = {200: described(CHANGED)}
CREATED: Responses = {201: described({**CHANGED, "Location": "Location"})}
DELETED: Responses = {204: described(BODILESS)}

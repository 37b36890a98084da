"""Problem details (RFC 9457): every error that the API knows, the exception that carries one, and its JSON."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

MEDIA_TYPE = "application/problem+json"
REALM = 'Bearer realm="blog-api"'


class Kind(NamedTuple):
    """What is fixed for a problem's code. `explanation` is for the page behind `type`."""

    status: int
    title: str
    explanation: str


KINDS: dict[str, Kind] = {
    "malformed_json": Kind(
        400,
        "Malformed JSON",
        "The body is no JSON text in UTF-8 (RFC 8259). NaN and Infinity, a byte order mark, a member given twice, "
        "and nesting deeper than 64 are refused too.",
    ),
    "bad_host": Kind(400, "Host not allowed", "The Host header names a host that this service does not answer for."),
    "unsupported_version": Kind(
        400, "Unsupported API version", "The API-Version header names a version that this path does not speak."
    ),
    "invalid_request": Kind(
        400,
        "Invalid token request",
        "The form of the token request is not what RFC 6749, section 4.3.2, asks for; the member `error` has its code.",
    ),
    "not_authenticated": Kind(401, "Not authenticated", "This needs a bearer token, and the request has none."),
    "invalid_token": Kind(
        401,
        "Invalid token",
        "The bearer token is malformed, expired, not for this service, or its user is gone or inactive.",
    ),
    "invalid_credentials": Kind(
        401, "Invalid credentials", "No active account has this name and this password; which is wrong is not told."
    ),
    "forbidden": Kind(403, "Forbidden", "The token is valid, but its user may not do this."),
    "not_found": Kind(404, "Not found", "Nothing is here, or nothing that the caller may know of."),
    "method_not_allowed": Kind(
        405, "Method not allowed", "The path exists under other methods; the Allow header lists them."
    ),
    "not_acceptable": Kind(406, "Not acceptable", "The answer is JSON, and the Accept header excludes JSON."),
    "username_taken": Kind(409, "Username taken", "Another user has this username, in whatever case."),
    "email_taken": Kind(409, "E-mail address taken", "Another user has this address, in whatever case."),
    "last_admin": Kind(409, "Last admin", "The last active admin can be neither deleted, deactivated nor demoted."),
    "precondition_failed": Kind(
        412,
        "Precondition failed",
        "The resource has changed since the entity tag of If-Match was given, or has the one of If-None-Match.",
    ),
    "body_too_large": Kind(413, "Body too large", "The body is larger than this service takes."),
    "unsupported_media_type": Kind(
        415, "Unsupported media type", "The Content-Type header does not name the media type that is wanted here."
    ),
    "validation_failed": Kind(
        422,
        "Validation failed",
        "The request was understood, but not all of its values are valid. The member `errors` lists each fault with a "
        "pointer to its place: a JSON pointer (RFC 6901) into the body, or query:NAME for a parameter.",
    ),
    "rate_limited": Kind(
        429, "Too many requests", "The limit of requests is used up; Retry-After says in how many seconds one passes."
    ),
    "internal_error": Kind(
        500, "Internal error", "The service failed. The fault is logged under the request's id, given as request_id."
    ),
    "not_ready": Kind(503, "Not ready", "The service cannot do its work at present."),
    "database_unavailable": Kind(503, "Database unavailable", "The database does not answer; try again later."),
}

FAULT_DETAILS: dict[str, str] = {
    "missing": "is required",
    "unknown": "is not known here",
    "type": "must be {limit}",
    "too_short": "must have at least {limit}",
    "too_long": "must have at most {limit}",
    "too_small": "must be at least {limit}",
    "too_large": "must be at most {limit}",
    "invalid": "must be {limit}",
    "characters": "must not contain NUL, unpaired surrogates or bytes that are no UTF-8",
    "duplicate": "must not repeat",
}


class Fault(NamedTuple):
    """One thing wrong with a request's values."""

    pointer: str
    detail: str
    code: str


def fault(pointer: str, code: str, limit: str = "") -> Fault:
    """Make a fault; `limit` completes the sentence of `FAULT_DETAILS[code]`, for example `8 characters`."""
    return Fault(pointer, FAULT_DETAILS[code].format(limit=limit), code)


def pointer(location: Iterable[str | int]) -> str:
    """Write a location in a JSON document as a JSON pointer (RFC 6901, section 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


class Problem(Exception):
    """Raised wherever a request cannot be answered as asked; each variant renders it in one place.

    Args:
        code: a key of `KINDS`.
        detail: a sentence on this occurrence; the kind's title where there is none to say.
        faults: for `validation_failed`, all that is wrong.
        headers: to be sent with it.
        extra: members beside those of every problem.
    """

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.title, explanation = KINDS[code]
        self.detail = detail or explanation
        self.faults = sorted(faults)
        self.headers = {"Cache-Control": "no-store", **_default_headers(self.status, code), **(headers or {})}
        self.extra = dict(extra or {})

    def body(self, request_id: str) -> dict[str, Any]:
        """The members of the problem's JSON object, in the contract's order."""
        members: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
            **self.extra,
        }
        if self.code == "validation_failed":
            members["errors"] = [entry._asdict() for entry in self.faults]
        return members


def _default_headers(status: int, code: str) -> dict[str, str]:
    # RFC 9110, 15.5.2, wants a challenge with every 401; RFC 6750, 3.1, names the error only where a token was sent.
    if code == "invalid_token":
        return {"WWW-Authenticate": f'{REALM}, error="invalid_token", error_description="The token is not valid"'}
    if status == 401:
        return {"WWW-Authenticate": REALM}
    return {"Retry-After": "1"} if status == 503 else {}


def method_not_allowed(allow: Iterable[str]) -> Problem:
    """The problem of a path that exists under the methods `allow` only (RFC 9110, 15.5.6)."""
    return Problem("method_not_allowed", headers={"Allow": allow_header(allow)})


def allow_header(methods: Iterable[str]) -> str:
    """Write the Allow header's value: each method once, in alphabetical order."""
    return ", ".join(sorted(set(methods)))

"""The headers of each response in the OpenAPI document: what middleware and errors add, no serializer can say."""

from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings

from blogapi import cors
from blogapi.caching import NO_STORE, cache_headers, is_resource
from blogapi.http import security_headers
from blogapi.problems import MEDIA_TYPE

Schema = dict[str, Any]

# Problems that are told before the request is counted, and before its API-Version is agreed on.
_UNCOUNTED = frozenset(("bad_host", "method_not_allowed", "not_ready"))
_UNVERSIONED = _UNCOUNTED | {"rate_limited", "unsupported_version"}
_OF_ERRORS = {401: "WWW-Authenticate", 405: "Allow", 415: "Accept", 429: "Retry-After", 503: "Retry-After"}
_RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def _header(description: str, *, required: bool = True, kind: str = "string", **schema: Any) -> Schema:
    return {"description": description, "required": required, "schema": {"type": kind, **schema}}


_EVERY = {
    "X-Request-ID": _header(
        "The request's own id where it is a good one, else a new UUID.", pattern="^[A-Za-z0-9._-]{1,128}$"
    ),
    "Server-Timing": _header("How long the service took, in milliseconds.", pattern=r"^app;dur=[0-9]+(\.[0-9]+)?$"),
    **{
        name: _header("The same for every answer.", const=value)
        for name, value in security_headers(settings.BLOGAPI).items()
        if name != "Strict-Transport-Security"
    },
    "Strict-Transport-Security": _header(
        "Only where the service is set up for it.", required=False, pattern="^max-age=[1-9][0-9]*$"
    ),
    "Access-Control-Allow-Origin": _header(
        "The request's `Origin`, where it may read the answer.", required=False, pattern="^https?://[^/, ]+$"
    ),
    "Access-Control-Allow-Credentials": _header(
        "Beside Access-Control-Allow-Origin, where the service is set up for it.", required=False, const="true"
    ),
    "Access-Control-Expose-Headers": _header(
        "Beside Access-Control-Allow-Origin.", required=False, const=", ".join(cors.EXPOSED_HEADERS)
    ),
}
HEADERS: Schema = {
    **_EVERY,
    "DocsPolicy": _header(
        "What the page loads is the service's own.", pattern="^default-src 'none'; [^/]*; frame-ancestors 'none'$"
    ),
    "Vary": _header("What of the request decided on the answer, each name once.", required=False),
    "VaryOfMany": _header("Another caller may see another list.", pattern="Authorization"),
    "VaryOfOne": _header(
        "Another caller may not see this, and each form has a tag of its own.",
        pattern="Accept-Encoding.*Authorization|Authorization.*Accept-Encoding",
    ),
    "Content-Encoding": _header(
        "Of 1,024 bytes or more, where Accept-Encoding takes gzip.", required=False, const="gzip"
    ),
    "RateLimit-Limit": _header(
        "Requests that the limit allows, if there is one.", required=False, kind="integer", minimum=1
    ),
    "RateLimit-Remaining": _header("How many of them are left.", required=False, kind="integer", minimum=0),
    "RateLimit-Reset": _header(
        "The seconds until the oldest one is forgotten.", required=False, kind="integer", minimum=1
    ),
    "API-Version": _header("The version that was asked for and agreed on.", required=False, enum=["1", "2"]),
    "ETag": _header("Another after every change of the representation.", pattern='^"[!#-~]+"$'),
    "Location": _header(
        "The path of what was created.",
        pattern="^/api/v1/(users|articles|articles/[1-9][0-9]*/comments)/[1-9][0-9]*$",
    ),
    "Link": _header(
        "`first`, `prev`, `next` and `last` as they apply (RFC 8288).",
        required=False,
        pattern='^<[^>]+>; rel="first"(, <[^>]+>; rel="prev")?(, <[^>]+>; rel="next")?, <[^>]+>; rel="last"$',
    ),
    "Allow": _header("Exactly the methods that the path takes.", pattern="^[A-Z]+(, [A-Z]+)*$"),
    "Accept": _header("The media types that the operation takes."),
    "WWW-Authenticate": _header(
        "RFC 6750, section 3.",
        pattern='^Bearer realm="blog-api"(, error="invalid_token", error_description="[^"]+")?$',
    ),
    "Retry-After": _header("The seconds after which it is worth trying again.", kind="integer", minimum=1),
    "NoStore": _header("The answer is not to be kept.", const=NO_STORE),
}


def complete_responses(document: Schema) -> None:
    """Give each response its headers, and make components of the errors, which operations have in common."""
    document["components"] |= {"headers": HEADERS, "responses": {}}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, response in list(operation["responses"].items()):
                codes = _codes(response)
                own = _of_error(int(status), codes) if codes else _of_success(path, method.upper(), status, operation)
                response["headers"] = {**{name: _reference(name) for name in (*_EVERY, "Vary")}, **dict(own)}
                if codes:
                    operation["responses"][status] = _shared(document, ".".join(codes), response)


def _shared(document: Schema, name: str, response: Schema) -> Schema:
    document["components"]["responses"][name] = response
    return {"$ref": f"#/components/responses/{name}"}


def _of_error(status: int, codes: Collection[str]) -> Iterator[tuple[str, Schema]]:
    yield "Cache-Control", _reference("NoStore")
    names = ["Content-Encoding", *([_OF_ERRORS[status]] if status in _OF_ERRORS else [])]
    names += _RATE if not _UNCOUNTED.issuperset(codes) else ()
    names += ["API-Version"] if not _UNVERSIONED.issuperset(codes) else []
    for name in names:
        yield name, _reference(name)


def _of_success(path: str, method: str, status: str, operation: Schema) -> Iterator[tuple[str, Schema]]:
    is_read, is_tagged = method == "GET" and is_resource(path), "304" in operation["responses"]
    applies = {
        "Content-Encoding": status not in ("204", "304"),
        "Location": status == "201",
        "ETag": is_tagged,
        "Link": any(parameter["name"] == "skip" for parameter in operation["parameters"]),
        "API-Version": path.startswith("/api/"),
        **dict.fromkeys(_RATE, not path.startswith(("/health", "/metrics"))),
    }
    for name in [name for name, is_there in applies.items() if is_there]:
        yield name, _reference(name)
    yield "Cache-Control", _cache_control(path, method, operation.get("security", [{}]))
    if is_read:
        yield "Vary", _reference("VaryOfOne" if is_tagged else "VaryOfMany")
    if path == "/docs":
        yield "Content-Security-Policy", _reference("DocsPolicy")


def _cache_control(path: str, method: str, security: list[Schema]) -> Schema:
    tokens = [bool(scheme) for scheme in security]
    values = {cache_headers(method, path, has_token=has_token)["Cache-Control"] for has_token in tokens}
    return _header("Whose cache may keep the answer.", enum=sorted(values))


def _codes(response: Schema) -> list[str]:
    schema = response.get("content", {}).get(MEDIA_TYPE, {}).get("schema", {})
    parts = schema.get("oneOf", [schema] if schema else [])
    return [code for part in parts for code in part["allOf"][1]["properties"]["code"]["enum"]]


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}

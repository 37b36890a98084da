"""Holds each answer against the contract's OpenAPI document, whatever a test asks: its status, headers and body.

`HEAD` is held like `GET`. What the document says in prose only has rules here: `OPTIONS`, unknown paths and methods,
and the files of the docs page.
"""

import gzip
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import yaml
from jsonschema_rs import Draft202012Validator

from answer import Answer

Node = dict[str, Any]
DOCUMENT_FILE = Path(__file__).parents[1] / "shared" / "blogapi" / "src" / "blogapi" / "openapi.yaml"
# A target in absolute form stands behind the server's own scheme and host.
_PATH = re.compile(r"(?:https?://[^/?#]*?)+(?=[/?#]|$)([^?#]*)")
_ID = "[1-9][0-9]{0,18}"
_ID_MAX = 2**63 - 1
_INTEGER = re.compile(r"0|[1-9][0-9]*")
_GZIP = b"\x1f\x8b"
_PREFLIGHT = ("Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age")
_RATES = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class Header(NamedTuple):
    """What a header of an answer has to be."""

    is_required: bool
    is_integer: bool
    validator: Draft202012Validator


class Rule(NamedTuple):
    """What an answer of one status has to be: `bodies` by media type, where None takes anything; {} is no body."""

    headers: Mapping[str, Header]
    bodies: Mapping[str, Draft202012Validator | None]


Rules = Mapping[int, Rule]


def check(answer: Answer) -> None:
    """Hold an answer against the document.

    Raises:
        AssertionError: with the whole exchange.
    """
    __tracebackhide__ = True
    rules = _rules(_path(answer), answer.sent.method)
    rule = rules.get(answer.status)
    if rule is None:
        raise answer.fail(f"a status of the OpenAPI document: {sorted(rules)}", f"status {answer.status}")
    _check_headers(answer, rule)
    _check_body(answer, rule)


def _check_headers(answer: Answer, rule: Rule) -> None:
    __tracebackhide__ = True
    given = {name.lower(): answer.headers[name] for name in answer.headers}
    for name, header in rule.headers.items():
        value = given.get(name.lower())
        if value is None and header.is_required:
            raise answer.fail(f"header {name}, as the OpenAPI document says", f"header {name}: None")
        if value is not None and not _fits(header, value):
            raise answer.fail(f"header {name} to fit its schema in the OpenAPI document", f"header {name}: {value}")
    surplus = (_own_names() & given.keys()) - {name.lower() for name in rule.headers}
    if surplus:
        names = sorted(name for name in answer.headers if name.lower() in surplus)
        raise answer.fail("no header that the OpenAPI document does not give this answer", f"headers {names}")


def _fits(header: Header, value: str) -> bool:
    if header.is_integer:
        return _INTEGER.fullmatch(value) is not None and header.validator.is_valid(int(value))
    return header.validator.is_valid(value)


def _check_body(answer: Answer, rule: Rule) -> None:
    __tracebackhide__ = True
    media_type = answer.headers.get("Content-Type", "").partition(";")[0]
    if media_type not in (rule.bodies or ("",)):
        raise answer.fail(f"a media type of the OpenAPI document: {sorted(rule.bodies)}", f"Content-Type {media_type}")
    validator = rule.bodies.get(media_type)
    if not rule.bodies or answer.sent.method == "HEAD":
        if answer.content:
            raise answer.fail("no body", f"{len(answer.content)} bytes")
    elif validator is not None and not validator.is_valid(value := _json(answer)):
        error = next(iter(validator.iter_errors(value)))
        place = "".join(f"/{part}" for part in error.instance_path)
        raise answer.fail("a body that fits its schema in the OpenAPI document", f"{error.message} at {place!r}")


@lru_cache
def _document() -> Node:
    # At the first answer: the process that only hands out tests to others needs none of it.
    document: Node = yaml.load(DOCUMENT_FILE.read_bytes(), Loader=yaml.CSafeLoader)
    return document


def _components() -> Node:
    components: Node = _document()["components"]
    return components


def _json(answer: Answer) -> Any:
    # A client takes the gzip off; what was read from a socket still has it.
    return json.loads(gzip.decompress(answer.content)) if answer.content.startswith(_GZIP) else answer.body


def _path(answer: Answer) -> str:
    match = _PATH.match(answer.sent.url)
    return unquote(match[1], errors="surrogateescape") if match else ""


@lru_cache(maxsize=4096)
def _rules(path: str, method: str) -> Rules:
    """The statuses that a method of a path may answer with."""
    item = next((item for pattern, item in _items() if _matches(pattern, path)), None)
    if item is None:
        return _assets() if path.startswith("/docs/") else _unknown(404, "NotFound")
    if method == "OPTIONS":
        return {**_unknown(413, "BodyTooLarge"), 204: _options()}
    operation = item.get("get" if method == "HEAD" else method.lower())
    if not isinstance(operation, dict):
        return _unknown(405, "MethodNotAllowed")
    return _operation(operation["operationId"])


def _matches(pattern: re.Pattern[str], path: str) -> bool:
    match = pattern.fullmatch(path)
    return match is not None and all(int(value) <= _ID_MAX for value in match.groups())


@lru_cache
def _items() -> list[tuple[re.Pattern[str], Node]]:
    """Each path of the document: what it matches, ids being groups, and what it has."""
    items = []
    for template, item in _document()["paths"].items():
        literal = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
        pattern = re.sub(r"\{\w+_id\}", f"({_ID})", literal).replace("{code}", "[^/]+")
        items.append((re.compile(pattern), item))
    return items


@lru_cache
def _operation(operation_id: str) -> Rules:
    operations = [operation for _, item in _items() for operation in item.values() if isinstance(operation, dict)]
    (found,) = [operation for operation in operations if operation["operationId"] == operation_id]
    references = {int(status): answer["$ref"].rpartition("/")[2] for status, answer in found["responses"].items()}
    return {status: _component(name) for status, name in references.items()}


@lru_cache
def _component(name: str) -> Rule:
    response = _components()["responses"][name]
    bodies = {media_type: _body(media["schema"]) for media_type, media in response.get("content", {}).items()}
    return Rule(_headers(response["headers"]), bodies)


def _body(schema: Node) -> Draft202012Validator | None:
    # A page is text, not JSON.
    return None if schema == {"type": "string"} else _validator(schema)


def _headers(headers: Node) -> dict[str, Header]:
    return {name: _header(header["$ref"].rpartition("/")[2]) for name, header in headers.items()}


@lru_cache
def _header(component: str) -> Header:
    header = _components()["headers"][component]
    is_integer = header["schema"]["type"] == "integer"
    return Header(header.get("required", False), is_integer, _validator(header["schema"]))


def _validator(schema: Node) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": {"schemas": _components()["schemas"]}})


def _unknown(status: int, component: str) -> Rules:
    """What is answered before a request is counted (11.3), and so without rates (16.3)."""
    rules = {400: _component("BadHost"), 413: _component("BodyTooLarge"), status: _component(component)}
    return {code: Rule(_without_rates(rule.headers), rule.bodies) for code, rule in rules.items()}


def _without_rates(headers: Mapping[str, Header]) -> dict[str, Header]:
    return {name: header for name, header in headers.items() if name not in _RATES}


def _options() -> Rule:
    anything = Header(is_required=False, is_integer=False, validator=_validator({"type": "string"}))
    known = _headers({**_components()["x-headers"]["every"], "Allow": {"$ref": "#/components/headers/Allow"}})
    return Rule({**known, **dict.fromkeys(_PREFLIGHT, anything)}, {})


def _assets() -> Rules:
    media_types = ("text/css", "text/javascript", "image/png")
    found = Rule(_component("Page").headers, dict.fromkeys(media_types))
    return {**_operation("problem_page"), 200: found}


@lru_cache
def _own_names() -> frozenset[str]:
    """Every header that the contract speaks of, where the document gives it to an answer or not; in small letters."""
    responses = _components()["responses"].values()
    names = frozenset(_PREFLIGHT).union(*(response["headers"] for response in responses))
    return frozenset(name.lower() for name in names)

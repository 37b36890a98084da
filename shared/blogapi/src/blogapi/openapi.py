"""The contract as an OpenAPI document: served where none is generated, compared with where one is."""

import json
from functools import lru_cache, partial, reduce
from importlib.resources import files
from typing import Any

import yaml

from blogapi.jsonbody import dump_json

Node = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Told to people and tools, not checked: with them or without, a value is as good (JSON Schema 2020-12, 7.2.1 and 9).
_ANNOTATIONS = frozenset(
    ("title", "description", "example", "examples", "format", "readOnly", "writeOnly", "deprecated", "$comment")
)
_SCHEMA_MAPS = ("properties", "patternProperties", "dependentSchemas")
_SCHEMAS = ("items", "additionalProperties", "not", "contains", "propertyNames")
_SCHEMA_LISTS = ("anyOf", "oneOf")
# In which lists are put whose order means nothing.
_order = partial(json.dumps, sort_keys=True)


def openapi_document() -> Node:
    """Read `openapi.yaml`."""
    text = (files("blogapi") / "openapi.yaml").read_text(encoding="utf-8")
    document: Node = yaml.load(text, Loader=yaml.CSafeLoader)
    # Only the anchors of the file itself.
    del document["components"]["x-headers"]
    return document


@lru_cache
def openapi_json() -> bytes:
    """The document as JSON, made at the first call: reading YAML would slow every start."""
    return dump_json(openapi_document())


def resolved(document: Node, node: Node) -> Node:
    """What a reference of the document leads to, over others; a node that is none is given back."""
    while "$ref" in node:
        node = _target(document, node["$ref"])
    return node


def normalised(document: Node) -> Node:
    """Reduce an OpenAPI 3.1 document to what binds client and service, so that two that mean the same are equal.

    References are resolved and a path's parameters become those of its operations; whatever is for people or names a
    component is left out (descriptions, titles, examples, tags, links, servers, `info`, `format`, extensions); lists
    whose order means nothing are sorted; of several ways to say a thing one is taken: `enum` for `const`, a list of
    types for `anyOf` with null, one object for an `allOf` of objects, no `type` beside `enum`, no `default` or null for
    a parameter that is absent, nothing for OpenAPI's own defaults.

    Args:
        document: whose schemas do not contain themselves.

    Returns:
        `{path: {method: operation}}`; an operation has `operationId` and, where there are any, `parameters`,
        `requestBody`, `responses` and `security`.
    """
    return {
        path: {
            method: _operation(document, item[method], item.get("parameters", []))
            for method in METHODS
            if method in item
        }
        for path, item in document["paths"].items()
    }


def _operation(document: Node, operation: Node, of_path: list[Node]) -> Node:
    parameters = [resolved(document, parameter) for parameter in (*of_path, *operation.get("parameters", []))]
    # The operation's own comes last, and is the one that counts (OpenAPI 3.1, 4.8.9).
    by_name = {(parameter["in"], parameter["name"]): _parameter(document, parameter) for parameter in parameters}
    body = operation.get("requestBody")
    return _without_empty(
        {
            "operationId": operation.get("operationId"),
            "parameters": [by_name[name] for name in sorted(by_name)],
            "requestBody": _message(document, body) if body else None,
            "responses": {str(status): _message(document, answer) for status, answer in operation["responses"].items()},
            "security": _security(document, operation.get("security", document.get("security")) or []),
        }
    )


def _parameter(document: Node, parameter: Node) -> Node:
    schema = _not_null(_schema(document, parameter.get("schema", {})))
    required = {"required": True} if parameter.get("required") else {}
    return {"name": parameter["name"], "in": parameter["in"], **required, "schema": schema}


def _not_null(schema: Node) -> Node:
    # Nobody can send null in a path, a query or a header: it is how a generator writes that a parameter may be absent.
    found = {name: value for name, value in schema.items() if name != "default" or value is not None}
    if "enum" in found:
        found["enum"] = [value for value in found["enum"] if value is not None]
    if isinstance(found.get("type"), list):
        kinds = [kind for kind in found["type"] if kind != "null"]
        found["type"] = kinds[0] if len(kinds) == 1 else kinds
    return found


def _message(document: Node, message: Node) -> Node:
    """A request body or a response."""
    found = resolved(document, message)
    headers = {name: resolved(document, header) for name, header in found.get("headers", {}).items()}
    return _without_empty(
        {
            "required": found.get("required"),
            "headers": {
                name: _without_empty(
                    {"required": header.get("required"), "schema": _schema(document, header.get("schema", {}))}
                )
                for name, header in headers.items()
            },
            "content": {
                media_type: _schema(document, media.get("schema", {}))
                for media_type, media in found.get("content", {}).items()
            },
        }
    )


def _security(document: Node, requirements: list[Node]) -> list[Any]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    told = [
        sorted(([_without_notes(schemes[name]), scopes] for name, scopes in each.items()), key=_order)
        for each in requirements
    ]
    return [] if told == [[]] else sorted(told, key=_order)


def _schema(document: Node, schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    schema = _without_notes(schema)
    parts = [_schema(document, part) for part in schema.pop("allOf", [])]
    if "$ref" in schema:
        parts.append(_schema(document, _target(document, schema.pop("$ref"))))
    return _plain_schema(reduce(_merged, parts, _with_subschemas(document, schema)))


def _with_subschemas(document: Node, schema: Node) -> Node:
    found = dict(schema)
    for keyword in _SCHEMA_MAPS:
        if keyword in found:
            found[keyword] = {name: _schema(document, part) for name, part in found[keyword].items()}
    for keyword in _SCHEMAS:
        if keyword in found:
            found[keyword] = _schema(document, found[keyword])
    for keyword in _SCHEMA_LISTS:
        if keyword in found:
            found[keyword] = sorted((_schema(document, part) for part in found[keyword]), key=_order)
    if "const" in found:
        found["enum"] = [found.pop("const")]
    return _plain_schema(found)


def _plain_schema(schema: Node) -> Node:
    found = _nullable(schema)
    if "enum" in found:
        # Each value has its type; another one would let none of them through.
        found.pop("type", None)
        found["enum"] = sorted(found["enum"], key=_order)
    if isinstance(found.get("type"), list):
        found["type"] = sorted(found["type"])
    if "required" in found:
        found["required"] = sorted(set(found["required"]))
    if found.get("additionalProperties") in ({}, True):
        del found["additionalProperties"]
    return {name: value for name, value in found.items() if name != "required" or value}


def _nullable(schema: Node) -> Node:
    """`anyOf` of null and something else as one schema with a list of types."""
    branches = schema.get("anyOf", [])
    others = [branch for branch in branches if branch != {"type": "null"}]
    if len(branches) != 2 or len(others) != 1 or not {"type", "enum"} & set(others[0]):
        return dict(schema)
    (other,) = others
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    if "enum" in other:
        return {**other, **rest, "enum": [*other["enum"], None]}
    kinds = other["type"] if isinstance(other["type"], list) else [other["type"]]
    return {**other, **rest, "type": [*kinds, "null"]}


def _merged(first: Node, second: Node) -> Node:
    """Two schemas that both have to hold as one; what neither contradicts nor adds to the other stays an `allOf`."""
    found = dict(first)
    for keyword, value in second.items():
        if keyword not in found or found[keyword] == value or keyword == "default":
            found.setdefault(keyword, value)
        elif keyword == "properties":
            found[keyword] = {**found[keyword], **_merged_members(found[keyword], value)}
        elif keyword == "required":
            found[keyword] = [*found[keyword], *value]
        elif keyword == "enum":
            found[keyword] = [entry for entry in found[keyword] if entry in value]
        else:
            found["allOf"] = [*found.get("allOf", []), {keyword: value}]
    return _plain_schema(found)


def _merged_members(first: Node, second: Node) -> Node:
    return {name: _merged(first[name], part) if name in first else part for name, part in second.items()}


def _target(document: Node, reference: str) -> Node:
    names = [name.replace("~1", "/").replace("~0", "~") for name in reference.removeprefix("#/").split("/")]
    found: Node = reduce(lambda node, name: node[name], names, document)
    return found


def _without_notes(node: Node) -> Node:
    return {name: value for name, value in node.items() if name not in _ANNOTATIONS and not name.startswith("x-")}


def _without_empty(node: Node) -> Node:
    return {name: value for name, value in node.items() if name == "schema" or value}

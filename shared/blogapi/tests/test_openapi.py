"""The OpenAPI document: valid, whole, and each operation with all its answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from blogapi.openapi import openapi_document, openapi_json, resolved

Json = dict[str, Any]
DOCUMENT = openapi_document()
USERS, ARTICLES = "/api/v1/users", "/api/v1/articles"
COMMENTS = f"{ARTICLES}/{{article_id}}/comments"
OPERATIONS = {
    "user_create": ("post", USERS),
    "user_list": ("get", USERS),
    "user_me": ("get", f"{USERS}/me"),
    "user_get": ("get", f"{USERS}/{{user_id}}"),
    "user_replace": ("put", f"{USERS}/{{user_id}}"),
    "user_update": ("patch", f"{USERS}/{{user_id}}"),
    "user_delete": ("delete", f"{USERS}/{{user_id}}"),
    "article_list": ("get", ARTICLES),
    "article_create": ("post", ARTICLES),
    "article_get": ("get", f"{ARTICLES}/{{article_id}}"),
    "article_replace": ("put", f"{ARTICLES}/{{article_id}}"),
    "article_update": ("patch", f"{ARTICLES}/{{article_id}}"),
    "article_delete": ("delete", f"{ARTICLES}/{{article_id}}"),
    "comment_list": ("get", COMMENTS),
    "comment_create": ("post", COMMENTS),
    "comment_get": ("get", f"{COMMENTS}/{{comment_id}}"),
    "comment_delete": ("delete", f"{COMMENTS}/{{comment_id}}"),
    "article_slice": ("get", "/api/v2/articles"),
    "token_create": ("post", "/api/v1/token"),
    "ping": ("get", "/api/v1/ping"),
    "root": ("get", "/"),
    "health": ("get", "/health"),
    "health_live": ("get", "/health/live"),
    "health_ready": ("get", "/health/ready"),
    "metrics": ("get", "/metrics"),
    "openapi": ("get", "/openapi.json"),
    "docs": ("get", "/docs"),
    "problem_page": ("get", "/problems/{code}"),
}
SERVICE = {name for name, (_, path) in OPERATIONS.items() if not path.startswith("/api/")}
PUBLIC = SERVICE | {"user_create", "token_create", "ping"}
OPTIONAL = {"article_list", "article_get", "article_slice", "comment_list", "comment_get"}
CREATE = {"user_create", "article_create", "comment_create"}
PAGES = {"user_list", "article_list", "comment_list"}
MANY = PAGES | {"article_slice"}
ONE = {"user_me", "user_get", "article_get", "comment_get"}
CHANGE = {name for name, (method, _) in OPERATIONS.items() if method in ("put", "patch", "delete")}
CONDITIONAL = ONE | CHANGE
UNCOUNTED = {"health", "health_live", "health_ready", "metrics"}
WITH_TOKEN: list[Json] = [{"bearerAuth": []}, {"passwordFlow": []}]


def operation(name: str) -> Json:
    method, path = OPERATIONS[name]
    found: Json = DOCUMENT["paths"][path][method]
    return found


def objects(node: object) -> Iterator[Json]:
    """All objects of a part of the document."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(part)


def test_it_is_valid() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_it_is_served_as_the_same_json() -> None:
    assert json.loads(openapi_json()) == DOCUMENT


def test_it_names_the_licence_and_no_host() -> None:
    assert DOCUMENT["info"]["license"] == {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    assert "servers" not in DOCUMENT
    assert re.search(rb"https?://|localhost", openapi_json()) is None


def test_no_text_was_cut_by_a_comma_of_yaml() -> None:
    assert [key for node in objects(DOCUMENT) for key in node if " " in key] == []
    empty = [node for node in objects(DOCUMENT) if None in node.values()]
    assert [set(node) for node in empty if not {"default", "age", "next"} & set(node)] == []


def test_it_has_the_contracts_operations_and_no_others() -> None:
    named = {
        entry["operationId"]: (method, path)
        for path, item in DOCUMENT["paths"].items()
        for method, entry in item.items()
        if method != "parameters"
    }
    assert named == OPERATIONS


def test_every_component_is_there_and_used() -> None:
    used = {node["$ref"] for node in objects(DOCUMENT) if "$ref" in node}
    kinds = {kind: set(parts) for kind, parts in DOCUMENT["components"].items() if kind != "securitySchemes"}
    assert used == {f"#/components/{kind}/{name}" for kind, names in kinds.items() for name in names}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_described_in_sentences(name: str) -> None:
    described = operation(name)
    assert described["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
    assert re.fullmatch(r"[A-Z][^.]+", described["summary"])
    assert re.fullmatch(r"[A-Z`].*\.", described["description"])


def test_parameters_headers_and_responses_are_described_in_sentences() -> None:
    for kind in ("parameters", "headers", "responses", "requestBodies", "securitySchemes"):
        for part in DOCUMENT["components"][kind].values():
            assert re.fullmatch(r"[A-Z`].*[.`]", part["description"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_token_is_needed_optional_or_not_looked_at(name: str) -> None:
    expected = None if name in PUBLIC else [{}, *WITH_TOKEN] if name in OPTIONAL else WITH_TOKEN
    assert operation(name).get("security") == expected


def test_the_docs_page_can_fetch_a_token() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert (schemes["bearerAuth"]["type"], schemes["bearerAuth"]["scheme"]) == ("http", "bearer")
    assert schemes["passwordFlow"]["flows"] == {"password": {"tokenUrl": OPERATIONS["token_create"][1], "scopes": {}}}


def is_of_resource(name: str) -> bool:
    return name.startswith(("user_", "article_", "comment_"))


def expected_statuses(name: str) -> set[str]:
    """The statuses that the contract's rules give an operation."""
    method, path = OPERATIONS[name]
    writes = method in ("post", "put", "patch")
    rules = {
        "201" if name in CREATE else "204" if method == "delete" else "200": True,
        "304": name in ONE,
        "401": name not in PUBLIC or name == "token_create",
        "403": name not in PUBLIC | OPTIONAL | {"user_me", "comment_create"},
        "404": "{" in path,
        "406": name not in SERVICE or path == "/" or path.startswith("/health"),
        "409": name in ("user_create", "user_replace", "user_update", "user_delete"),
        "412": name in CONDITIONAL,
        "415": writes,
        "422": name in MANY or (is_of_resource(name) and writes),
        "429": name not in UNCOUNTED,
        "503": is_of_resource(name) or name in ("token_create", "health_ready"),
    }
    return {"400", "405", "413", "500"} | {status for status, applies in rules.items() if applies}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_every_status_that_it_answers(name: str) -> None:
    assert set(operation(name)["responses"]) == expected_statuses(name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_conditions_are_taken_where_there_is_a_tag(name: str) -> None:
    taken = {resolved(DOCUMENT, entry)["name"] for entry in operation(name).get("parameters", [])}
    assert taken & {"If-Match", "If-None-Match"} == ({"If-Match", "If-None-Match"} if name in CONDITIONAL else set())


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_path_of_the_api_takes_its_own_version(name: str) -> None:
    path = OPERATIONS[name][1]
    of_path = [resolved(DOCUMENT, entry) for entry in DOCUMENT["paths"][path]["parameters"]]
    versions = [entry["schema"]["enum"] for entry in of_path if entry["name"] == "API-Version"]
    assert versions == ([[path[len("/api/v")]]] if path.startswith("/api/") else [])


LINKED = {
    "user_create": {"user_get", "user_replace", "user_update", "user_delete"},
    "article_create": {
        *("article_get", "article_replace", "article_update", "article_delete"),
        *("comment_list", "comment_create"),
    },
    "comment_create": {"comment_get", "comment_delete"},
}


@pytest.mark.parametrize("name", LINKED)
def test_a_creation_leads_to_what_can_be_done_with_the_new_resource(name: str) -> None:
    answer = resolved(DOCUMENT, operation(name)["responses"]["201"])
    links = {link["operationId"]: link["parameters"] for link in answer["links"].values()}
    assert set(links) == LINKED[name]
    shown = answer["content"]["application/json"]["schema"]
    for target, parameters in links.items():
        assert set(parameters) == set(re.findall(r"\{(\w+)\}", OPERATIONS[target][1]))
        for expression in parameters.values():
            assert expression.removeprefix("$response.body#/") in resolved(DOCUMENT, shown)["properties"]

"""The OpenAPI document: valid, whole, and each operation with all its answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from blogapi.openapi import openapi_document, openapi_json
from blogapi.problems import KINDS

Json = dict[str, Any]
DOCUMENT = openapi_document()
USERS, ARTICLES = "/api/v1/users", "/api/v1/articles"
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
    "token_create": ("post", "/api/v1/token"),
    "ping": ("get", "/api/v1/ping"),
    "root": ("get", "/"),
    "health": ("get", "/health"),
    "health_live": ("get", "/health/live"),
    "health_ready": ("get", "/health/ready"),
    "openapi": ("get", "/openapi.json"),
    "docs": ("get", "/docs"),
    "problem_page": ("get", "/problems/{code}"),
}
SERVICE = {name for name, (_, path) in OPERATIONS.items() if not path.startswith("/api/")}
PUBLIC = SERVICE | {"user_create", "token_create", "ping"}
OPTIONAL = {"article_list", "article_get"}
WITH_TOKEN: list[Json] = [{"bearerAuth": []}, {"passwordFlow": []}]


def resolve(node: Json) -> Json:
    """What a reference leads to."""
    while "$ref" in node:
        target = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


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


def codes_of(response: Json) -> set[str]:
    """The problem codes that a response names, in its own schema or those that it refers to."""
    codes: set[str] = set()
    schemas = [response["content"]["application/problem+json"]["schema"]]
    while schemas:
        schema = schemas.pop()
        if "$ref" in schema and not schema["$ref"].endswith("/Problem"):
            schemas.append(resolve(schema))
        schemas += schema.get("allOf", []) + schema.get("oneOf", [])
        code = schema.get("properties", {}).get("code", {})
        codes |= set(code.get("enum", [])) | ({code["const"]} if "const" in code else set())
    return codes


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
    assert [set(node) for node in empty if not {"default", "age"} & set(node)] == []


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


def expected_statuses(name: str) -> set[str]:
    """The statuses that the contract's rules give an operation."""
    method, path = OPERATIONS[name]
    success = {"user_create": "201", "article_create": "201"}.get(name, "204" if method == "delete" else "200")
    statuses = {success, "400", "405", "413", "500"}
    writes, of_resource = method in ("post", "put", "patch"), name.startswith(("user_", "article_"))
    if name not in SERVICE or path == "/" or path.startswith("/health"):
        statuses.add("406")
    if name not in PUBLIC or name == "token_create":
        statuses.add("401")
    if name not in PUBLIC | OPTIONAL | {"user_me"}:
        statuses.add("403")
    if path.endswith("}"):
        statuses.add("404")
    if name in ("user_create", "user_replace", "user_update", "user_delete"):
        statuses.add("409")
    if writes:
        statuses.add("415")
    if (of_resource and writes) or name.endswith("_list"):
        statuses.add("422")
    if of_resource or name in ("token_create", "health_ready"):
        statuses.add("503")
    return statuses


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_every_status_that_it_answers(name: str) -> None:
    assert set(operation(name)["responses"]) == expected_statuses(name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_has_its_headers_and_its_codes(name: str) -> None:
    for status, reference in operation(name)["responses"].items():
        response = resolve(reference)
        headers = set(response["headers"])
        expected = {"X-Request-ID", "Server-Timing"} | ({"Cache-Control"} if status >= "400" else set())
        expected |= {"401": {"WWW-Authenticate"}, "405": {"Allow"}, "415": {"Accept"}, "503": {"Retry-After"}}.get(
            status, {"Location"} if status == "201" else set()
        )
        expected |= {"Link"} if name.endswith("_list") and status == "200" else set()
        expected |= {"Cache-Control"} if name == "token_create" else set()
        expected |= {"API-Version"} if name not in SERVICE and status < "400" else set()
        assert headers - {"API-Version"} == expected - {"API-Version"}
        assert headers >= expected
        if status >= "400":
            assert list(response["content"]) == ["application/problem+json"]
            assert {str(KINDS[code].status) for code in codes_of(response)} == {status}
        if status == "204":
            assert "content" not in response


def test_the_answers_name_every_code_that_there_is() -> None:
    answers = [response for response in DOCUMENT["components"]["responses"].values() if "content" in response]
    problems = [answer for answer in answers if "application/problem+json" in answer["content"]]
    assert set().union(*map(codes_of, problems)) == set(KINDS)

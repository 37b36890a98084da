"""The generated OpenAPI document says what the contract's own says, and each part of it comes from where it should."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from blogapi.openapi import normalised, openapi_document, resolved
from blogapi.problems import KINDS
from django_app import openapi
from django_app.openapi import openapi_json


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document."""
    parsed: dict[str, Any] = json.loads(openapi_json())
    return parsed


def actions(patterns: list[URLPattern | URLResolver]) -> set[str]:
    """The actions of all routes."""
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= actions(pattern.url_patterns)
        else:
            view: Any = pattern.callback
            found |= set(view.actions.values())
    return found


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """All operations."""
    return [operation for item in document["paths"].values() for operation in item.values()]


def test_the_generator_has_nothing_to_complain_of(document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    openapi._made.cache_clear()
    openapi_json()
    assert capsys.readouterr().err == ""
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())


def test_the_operations_of_a_path_are_in_order(document: dict[str, Any]) -> None:
    """Every process gives the same bytes, whatever order its sets have."""
    order = ("get", "post", "put", "patch", "delete")
    for item in document["paths"].values():
        assert list(item) == [method for method in order if method in item]


def test_one_thread_at_a_time_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    making = Lock()

    def made() -> bytes:
        assert making.acquire(blocking=False)
        time.sleep(0.01)
        making.release()
        return b"{}"

    monkeypatch.setattr(openapi, "_made", made)
    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(openapi_json) for _ in range(4)]
    assert {answer.result() for answer in answers} == {b"{}"}


def test_it_means_what_the_contracts_document_means(document: dict[str, Any]) -> None:
    own, contract = normalised(document), normalised(openapi_document())
    assert set(own) == set(contract)
    for path, item in contract.items():
        assert own[path] == item


def test_each_action_is_an_operation_of_its_name(document: dict[str, Any]) -> None:
    named = [operation["operationId"] for operation in operations(document)]
    assert sorted(named) == sorted(actions(get_resolver().url_patterns) - {"docs_asset"})


def test_each_error_is_a_problem_of_known_codes(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                schema = resolved(document, response)["content"]["application/problem+json"]["schema"]
                for form in schema.get("oneOf", [schema]):
                    _, own = form["allOf"]
                    assert {KINDS[code].status for code in own["properties"]["code"]["enum"]} == {int(status)}


def test_security_is_as_the_permission_classes_say(document: dict[str, Any]) -> None:
    token: list[dict[str, list[str]]] = [{"bearerAuth": []}, {"passwordFlow": []}]
    security = {operation["operationId"]: operation.get("security") for operation in operations(document)}
    assert security["article_get"] == security["article_slice"] == [*token, {}]
    assert security["article_create"] == security["comment_delete"] == security["user_me"] == token
    assert security["ping"] == security["token_create"] == security["user_create"] is None

"""The document that FastAPI generates, held against the contract's."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from blogapi.openapi import openapi_document
from blogapi.settings import Settings
from fastapi_app.main import create_app

Operations = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    """The document of the application."""
    return create_app(Settings()).openapi()


def _operations(document: dict[str, Any]) -> Operations:
    return {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def _told(operation: dict[str, Any]) -> dict[str, Any]:
    security = [sorted(scheme) for scheme in operation.get("security", [])]
    names = {name: operation[name] for name in ("operationId", "summary", "tags")}
    return {**names, "security": sorted(security), "statuses": sorted(operation["responses"])}


def test_the_document_is_openapi(generated: dict[str, Any]) -> None:
    validate(generated)


def test_the_document_has_the_contracts_operations_and_statuses(generated: dict[str, Any]) -> None:
    own, contract = _operations(generated), _operations(openapi_document())
    assert {key: _told(own[key]) for key in own} == {key: _told(contract[key]) for key in contract}


def test_an_error_is_described_as_a_problem_and_nothing_else(generated: dict[str, Any]) -> None:
    for operation in _operations(generated).values():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]

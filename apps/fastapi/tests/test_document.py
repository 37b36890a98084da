"""The document that FastAPI generates, held against the contract's."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from blogapi.openapi import normalised, openapi_document, resolved
from blogapi.settings import Settings
from fastapi_app.main import create_app

Operations = dict[tuple[str, str], dict[str, Any]]


CONTRACT = openapi_document()
METHODS_AND_PATHS = sorted((method, path) for path, item in normalised(CONTRACT).items() for method in item)


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    """The document of the application."""
    return create_app(Settings()).openapi()


@pytest.fixture(scope="module")
def meanings(generated: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What binds client and service: as generated, and as the contract has it."""
    return normalised(generated), normalised(CONTRACT)


def _operations(document: dict[str, Any]) -> Operations:
    return {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def _names(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {key: (operation["tags"], operation["summary"]) for key, operation in _operations(document).items()}


def test_the_document_is_openapi(generated: dict[str, Any]) -> None:
    validate(generated)


def test_the_document_has_the_contracts_operations(generated: dict[str, Any]) -> None:
    assert sorted(_operations(generated)) == METHODS_AND_PATHS
    assert _names(generated) == _names(CONTRACT)


@pytest.mark.parametrize(("method", "path"), METHODS_AND_PATHS)
def test_an_operation_means_what_the_contract_says(
    meanings: tuple[dict[str, Any], dict[str, Any]], method: str, path: str
) -> None:
    own, contract = meanings
    assert own[path][method] == contract[path][method]


def test_an_error_is_described_as_a_problem_and_nothing_else(generated: dict[str, Any]) -> None:
    for operation in _operations(generated).values():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(resolved(generated, response)["content"]) == ["application/problem+json"]

"""What HTTP cannot bring about: routes that the suite does not name, and failures of what finishes an answer."""

import pytest
from django.test import Client
from django.urls import get_resolver

from blogapi.openapi import openapi_document
from django_app import errors, middleware
from django_app.observation import observer, route_templates

FAILURE = 'http_requests_total{method="GET",route="/api/v1/ping",status="500"}'


def raising(*_: object, **__: object) -> None:
    """Fail."""
    raise RuntimeError


def counted() -> dict[str, float]:
    """The numbers of requests; the observer is the process's, and so that of other tests too."""
    lines = (observer.metrics_text() or b"").decode().splitlines()
    found = (line.rpartition(" ") for line in lines)
    return {name: float(value) for name, _, value in found if name.startswith("http_requests_")}


def growth(before: dict[str, float]) -> dict[str, float]:
    """What the numbers grew by."""
    return {name: value - before.get(name, 0) for name, value in counted().items() if value != before.get(name)}


def test_the_routes_are_named_as_the_contracts_document_names_them() -> None:
    templates = route_templates(get_resolver().url_patterns)
    assert set(templates.values()) == {*openapi_document()["paths"], "/docs/{name}"}


def test_an_answer_whose_finishing_fails_is_counted_once_and_leaves_those_in_progress(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counted()
    client.raise_request_exception = False
    monkeypatch.setattr(middleware, "_with_length", raising)
    assert client.get("/api/v1/ping").status_code == 500
    assert growth(before) == {FAILURE: 1}
    assert counted()["http_requests_in_progress"] == 0


def test_a_failure_that_even_its_handler_fails_at_is_counted_too(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counted()
    monkeypatch.setattr(middleware, "_with_length", raising)
    monkeypatch.setattr(errors, "error_response", raising)
    # Where gunicorn gives an answer of its own.
    with pytest.raises(RuntimeError):
        client.get("/api/v1/ping")
    assert growth(before) == {FAILURE: 1}
    assert counted()["http_requests_in_progress"] == 0

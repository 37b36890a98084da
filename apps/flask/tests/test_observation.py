"""What HTTP cannot bring about: routes that the suite does not name, and failures of what finishes an answer."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blogapi.openapi import openapi_document
from flask_app import caching
from flask_app.observation import route_templates


def raising(*_: object) -> None:
    """Fail."""
    raise RuntimeError


def counted(app: Flask) -> list[str]:
    """The numbers of requests."""
    lines = app.extensions["observer"].metrics_text().decode().splitlines()
    return [line for line in lines if line.startswith(("http_requests_total", "http_requests_in_progress"))]


def test_the_routes_are_named_as_the_contracts_document_names_them(app: Flask) -> None:
    assert set(route_templates(app).values()) == {*openapi_document()["paths"], "/docs/{name}"}


def test_an_answer_whose_finishing_fails_is_counted_once_and_leaves_those_in_progress(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "compress_response", raising)
    assert client.get("/api/v1/ping").status_code == 500
    assert counted(app) == [
        'http_requests_total{method="GET",route="/api/v1/ping",status="500"} 1.0',
        "http_requests_in_progress 0.0",
    ]

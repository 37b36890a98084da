"""Origins: which ones flask-cors takes for one that is allowed, and what it leaves to be told."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blogapi.cors import EXPOSED_HEADERS
from blogapi.settings import Settings

PING = "/api/v1/ping"
ALLOWED = ("https://app.example", "http://[::1]:3000")
PREFLIGHT = {"Origin": ALLOWED[0], "Access-Control-Request-Method": "PUT"}


@pytest.fixture
def make_client(make_app: Callable[..., Flask], settings: Settings) -> Callable[..., FlaskClient]:
    """Make a caller of an application with allowed origins."""

    def make(**changes: object) -> FlaskClient:
        return make_app(settings.model_copy(update={"cors_origins": ALLOWED, **changes})).test_client()

    return make


def access_control(client: FlaskClient, path: str, method: str = "GET", **headers: str) -> dict[str, str]:
    """The headers of an answer that tell a browser what its page may see."""
    answer = client.open(path, method=method, headers=headers)
    prefix = "Access-Control-"
    return {name.removeprefix(prefix): value for name, value in answer.headers if name.startswith(prefix)}


@pytest.mark.parametrize("origin", ALLOWED)
def test_an_allowed_origin_is_named(make_client: Callable[..., FlaskClient], origin: str) -> None:
    assert access_control(make_client(), PING, Origin=origin) == {
        "Allow-Origin": origin,
        "Expose-Headers": ", ".join(EXPOSED_HEADERS),
    }


@pytest.mark.parametrize(
    "origin",
    ["https://APP.example", "https://app-example", "https://app.example.evil.example", "http://:", "null", ""],
)
def test_what_only_looks_like_an_allowed_origin_is_not_named(
    make_client: Callable[..., FlaskClient], origin: str
) -> None:
    client = make_client()
    assert access_control(client, PING, Origin=origin) == {}
    assert client.get(PING, headers={"Origin": origin}).headers.getlist("Vary") == ["Origin"]


def test_without_origins_nobody_is_named(client: FlaskClient) -> None:
    assert access_control(client, PING, Origin=ALLOWED[0]) == {}
    assert access_control(client, PING, "OPTIONS", **PREFLIGHT) == {}
    assert "Vary" not in client.get(PING, headers={"Origin": ALLOWED[0]}).headers


def test_credentials_go_with_the_origin(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client(cors_credentials=True)
    assert access_control(client, PING, Origin=ALLOWED[0])["Allow-Credentials"] == "true"
    assert access_control(client, PING, "OPTIONS", **PREFLIGHT)["Allow-Credentials"] == "true"
    assert access_control(client, PING, Origin="https://evil.example") == {}


def test_a_preflight_is_told_all_and_logged_nowhere(
    make_client: Callable[..., FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client()
    with caplog.at_level(logging.INFO):
        told = access_control(client, PING, "OPTIONS", **PREFLIGHT)
    assert set(told) == {"Allow-Origin", "Allow-Methods", "Allow-Headers", "Max-Age"}
    assert caplog.records == []
    assert set(access_control(client, "/nowhere", "OPTIONS", **PREFLIGHT)) == {"Allow-Origin"}
    assert set(access_control(client, PING, **PREFLIGHT)) == {"Allow-Origin", "Expose-Headers"}


def test_a_failure_can_be_read_by_its_page(
    make_client: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("blogapi.store.articles.article_get")
    answer = make_client().get("/api/v1/articles/1", headers={"Origin": ALLOWED[0]})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (500, ALLOWED[0])

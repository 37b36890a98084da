"""What of cross-origin requests depends on settings that a running server cannot be asked for."""

import pytest
from django.test import Client, override_settings

ORIGIN = "https://app.example.com"
PATHS = {"/api/v1/articles/1": 200, "/api/v1/users": 401, "/nowhere": 404}


def answers(**settings: object) -> list[dict[str, str]]:
    """The headers of answers to a request from the origin."""
    with override_settings(**settings):
        # A handler of its own, which asks the middleware anew whether it is used.
        client = Client(headers={"host": "localhost", "origin": ORIGIN})
        found = {path: client.get(path) for path in PATHS}
    assert {path: answer.status_code for path, answer in found.items()} == PATHS
    return [{name.lower(): value for name, value in answer.items()} for answer in found.values()]


def test_without_origins_nothing_is_said() -> None:
    for headers in answers():
        assert not [name for name in headers if name.startswith("access-control-")]
        assert "origin" not in headers.get("vary", "").lower()


@pytest.mark.parametrize(("is_set", "told"), [(True, "true"), (False, None)])
def test_credentials_are_as_the_settings_say(is_set: bool, told: str | None) -> None:
    for headers in answers(CORS_ALLOWED_ORIGINS=[ORIGIN], CORS_ALLOW_CREDENTIALS=is_set):
        assert headers["access-control-allow-origin"] == ORIGIN
        assert headers.get("access-control-allow-credentials") == told


@pytest.mark.parametrize("origin", [f"{ORIGIN}/", f"{ORIGIN}:443", ORIGIN.upper(), "https://evil.example", "null", ""])
def test_an_origin_is_compared_exactly(origin: str) -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=[ORIGIN]):
        answer = Client(headers={"host": "localhost", "origin": origin}).get("/api/v1/ping")
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]

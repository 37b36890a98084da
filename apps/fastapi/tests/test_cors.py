"""What of cross-origin requests depends on settings that a running server cannot be asked for."""

from collections.abc import Callable
from typing import Any

import pytest

Play = Callable[[Callable[[Any], Any]], None]
ORIGIN = "https://app.example.com"
PATHS = {"/api/v1/articles/1": 200, "/api/v1/users": 401, "/nowhere": 404}


def _cross_origin(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def test_without_origins_nothing_is_said(play: Play) -> None:
    async def scenario(call: Any) -> None:
        for path, status in PATHS.items():
            answer = await call("GET", path, headers={"Origin": ORIGIN})
            assert (answer.status, _cross_origin(answer)) == (status, {})
            assert "Origin" not in answer.headers.get("vary", "")

    play(scenario)


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"cors_origins": (ORIGIN,), "cors_credentials": True}, "true"),
        ({"cors_origins": (ORIGIN,), "cors_credentials": False}, None),
    ],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_credentials_are_as_the_settings_say(play: Play, told: str | None, method: str) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}

    async def scenario(call: Any) -> None:
        for path in PATHS:
            fields = _cross_origin(await call(method, path, headers=headers))
            assert fields["access-control-allow-origin"] == ORIGIN
            assert fields.get("access-control-allow-credentials") == told

    play(scenario)


@pytest.mark.parametrize("overrides", [{"cors_origins": (ORIGIN,)}])
def test_the_methods_of_a_preflight_are_on_no_other_response(play: Play) -> None:
    async def scenario(call: Any) -> None:
        headers = {"Origin": f" {ORIGIN} ", "Access-Control-Request-Method": "PUT"}
        told = {
            path: "access-control-allow-methods" in (await call("OPTIONS", path, headers=headers)).headers
            for path in PATHS
        }
        assert told == {path: status != 404 for path, status in PATHS.items()}

    play(scenario)


@pytest.mark.parametrize("overrides", [{"cors_origins": (ORIGIN,)}])
def test_a_failure_inside_is_told_to_the_origin_too(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("blogapi.store.articles.article_get", fail)

    async def scenario(call: Any) -> None:
        answer = await call("GET", "/api/v1/articles/1", headers={"Origin": ORIGIN})
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (500, ORIGIN)

    play(scenario)

"""A server without CORS_ORIGINS (15.1)."""

import pytest

from clauses import clause
from client import Client

PREFLIGHT = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
ORIGINS = ["https://app.example", "http://localhost:3000", "null", "*", "http://127.0.0.1"]


@clause("15.1")
@pytest.mark.no_cors
@pytest.mark.any_limits
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/v1/articles/0"])
def test_without_origins_no_access_is_controlled(anonymous: Client, origin: str, path: str) -> None:
    for answer in (
        anonymous.get(path, headers={"Origin": origin}),
        anonymous.options(path, headers={**PREFLIGHT, "Origin": origin}),
        anonymous.post(path, headers={"Origin": origin}),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")], answer
        assert "origin" not in answer.headers.get("Vary", "").lower(), answer

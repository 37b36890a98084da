"""What is counted of a request that is never answered."""

from collections.abc import Callable
from typing import Any

import pytest

Play = Callable[[Callable[[Any], Any]], None]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/api/v1/users", "application/json"), ("/api/v1/token", "application/x-www-form-urlencoded")],
)
def test_a_client_that_goes_away_before_its_body_is_complete_is_counted_as_499(
    play: Play, path: str, media_type: str
) -> None:
    headers = [(b"host", b"localhost"), (b"content-type", media_type.encode()), (b"content-length", b"9")]

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    async def scenario(call: Any) -> None:
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        await call.app(scope, receive, send)
        lines = (await call("GET", "/metrics")).content.decode().splitlines()
        assert f'http_requests_total{{method="POST",route="{path}",status="499"}} 1.0' in lines
        # The reading.
        assert "http_requests_in_progress 1.0" in lines

    play(scenario)

"""What is counted of a request that is never answered."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Service

    Serving = Callable[..., AbstractAsyncContextManager[Service]]

PATIENCE_SECONDS = 30
BEGUN = (
    b"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
)


async def metrics(served: "Service") -> list[str]:
    """The lines of `/metrics`."""
    answer = await served.fetch("/metrics")
    return answer.body.decode().splitlines()


def test_a_client_that_goes_away_before_its_body_is_complete_is_counted_as_499(serving: "Serving") -> None:
    counted = 'http_requests_total{method="POST",route="/api/v1/users",status="499"} 1.0'

    async def scenario() -> None:
        async with serving() as served, asyncio.timeout(PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(BEGUN)
            # The reading, and what has begun.
            while "http_requests_in_progress 2.0" not in await metrics(served):
                await asyncio.sleep(0)
            writer.close()
            while counted not in (lines := await metrics(served)):
                await asyncio.sleep(0)
            assert "http_requests_in_progress 1.0" in lines

    asyncio.run(scenario())

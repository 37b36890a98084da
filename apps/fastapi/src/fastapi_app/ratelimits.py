"""Rate limits beside the event loop: who is counted, and where the counting may wait."""

from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fastapi import Request

from blogapi.ratelimits import RateLimiter, Scope, rate_key, rate_limits, rate_scope
from blogapi.settings import Settings

T = TypeVar("T")
# For a storage that is asked over a network. Not Starlette's own threads: a limit would wait behind passwords.
THREADS = 4


class RateLimits:
    """The counters of this process, or what it knows of those that all share."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limited = set(rate_limits(settings))
        self._limiter = RateLimiter(settings)
        self._threads = ThreadPoolExecutor(THREADS, "rate-limits") if self._limiter.blocks else None

    async def check(self, request: Request) -> None:
        """Count a routed request and leave its headers for the response.

        Raises:
            Problem: `rate_limited`.
        """
        scope = rate_scope(request.method, request.scope["path"])
        # Without a limit not even the key, for which a token is read, is worked out.
        if scope not in self._limited:
            return
        key = self._key(scope, request)
        state = await self._call(lambda: self._limiter.hit(scope, key))
        if state is not None:
            request.state.headers.update(state.headers())
            state.check()

    async def is_working(self) -> bool:
        return await self._call(self._limiter.is_working)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def _key(self, scope: Scope, request: Request) -> str:
        headers = request.headers
        return rate_key(
            self._settings,
            scope,
            peer=request.client.host if request.client else None,
            forwarded_for=headers.get("X-Forwarded-For"),
            authorization=headers.get("Authorization"),
        )

    async def _call(self, function: Callable[[], T]) -> T:
        if self._threads is None:
            return function()
        return await get_running_loop().run_in_executor(self._threads, function)


async def check_rate(request: Request) -> None:
    """Count a request against its limit.

    Raises:
        Problem: `rate_limited`.
    """
    rate_limits: RateLimits = request.app.state.rate_limits
    await rate_limits.check(request)

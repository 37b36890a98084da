"""Rate limits beside the event loop: who is counted, and where the counting may wait."""

from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fastapi import Request

from blogapi.clients import address_key, client_address, client_key
from blogapi.ratelimits import RateLimiter, Scope, rate_scope
from blogapi.settings import RATE_LIMIT_OFF, Settings

T = TypeVar("T")
# For a storage that is asked over a network. Not Starlette's own threads: a limit would wait behind passwords.
THREADS = 4


class RateLimits:
    """The counters of this process, or what it knows of those that all share."""

    def __init__(self, settings: Settings) -> None:
        limits: dict[Scope, str] = {"default": settings.rate_limit_default, "token": settings.rate_limit_token}
        self._settings = settings
        self._limited = {scope for scope, limit in limits.items() if limit != RATE_LIMIT_OFF}
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
        key = self._key(request, scope)
        state = await self._call(lambda: self._limiter.hit(scope, key))
        if state is not None:
            request.state.headers.update(state.headers())
            state.check()

    async def is_working(self) -> bool:
        return await self._call(self._limiter.is_working)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def _key(self, request: Request, scope: Scope) -> str:
        peer = request.client.host if request.client else None
        forwarded_for = request.headers.get("X-Forwarded-For")
        address = client_address(self._settings, peer=peer, forwarded_for=forwarded_for)
        if scope == "token":
            return address_key(address)
        return client_key(self._settings, authorization=request.headers.get("Authorization"), address=address)

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

"""Rate limits: who sends a request, and how many it has left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop

from blogapi.ratelimits import RateLimiter, RateState, Scope, rate_key, rate_limits, rate_scope
from blogapi.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
# As many requests wait for a silent Redis at once; others have the event loop, and passwords their own threads.
THREADS = 4


class RateLimits:
    """Counts requests: at once in memory, in threads where that waits for a network."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limiter = RateLimiter(settings)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="rate-limits")
        self._limited = set(rate_limits(settings))

    async def hit(self, request: HTTPServerRequest) -> RateState | None:
        """Count a routed request; None where it is not limited, or cannot be counted at present."""
        scope = rate_scope(str(request.method), request.path)
        if scope is None or scope not in self._limited:
            return None
        return await self._call(self._limiter.hit, scope, self._key(scope, request))

    async def is_working(self) -> bool:
        """Ask whether requests can be counted at present."""
        return await self._call(self._limiter.is_working)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown()

    def _key(self, scope: Scope, request: HTTPServerRequest) -> str:
        headers = request.headers
        return rate_key(
            self._settings,
            scope,
            peer=request.remote_ip,
            forwarded_for=headers.get("X-Forwarded-For"),
            authorization=headers.get("Authorization"),
        )

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if not self._limiter.blocks:
            return function(*args, **kwargs)
        return await IOLoop.current().run_in_executor(self._threads, lambda: function(*args, **kwargs))

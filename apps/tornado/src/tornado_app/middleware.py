"""What every request is held against before its handler's method."""

import sys
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from tornado.web import RequestHandler, stream_request_body

from blogapi.http import check_declared_size, check_host
from blogapi.negotiation import negotiate
from blogapi.observation import UNMATCHED
from blogapi.problems import Problem, allow_header, method_not_allowed
from blogapi.settings import Settings
from tornado_app.cors import preflight_headers
from tornado_app.database import Database
from tornado_app.errors import ProblemHandler
from tornado_app.ratelimits import RateLimits
from tornado_app.settings import current_settings

if TYPE_CHECKING:
    from tornado.concurrent import Future


def _implements(handler: type[RequestHandler], method: str) -> bool:
    return getattr(handler, method.lower()) is not getattr(RequestHandler, method.lower())


# Streaming is Tornado's way to look at a request before its body is read; what is small enough is collected here.
@stream_request_body
class BaseHandler(ProblemHandler):
    """The base of every handler."""

    methods: frozenset[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        methods = {name for name in ("GET", "POST", "PUT", "PATCH", "DELETE") if _implements(cls, name)}
        cls.methods = frozenset(methods | ({"HEAD"} if "GET" in methods else set()))

    def initialize(self, route: str = UNMATCHED) -> None:
        super().initialize(route)
        self.body = bytearray()
        # Whether a response now would come before the body has been read.
        self.early = True

    @property
    def config(self) -> Settings:
        return current_settings(self)

    @property
    def database(self) -> Database:
        database: Database = self.settings["database"]
        return database

    @property
    def rate_limits(self) -> RateLimits:
        rate_limits: RateLimits = self.settings["rate_limits"]
        return rate_limits

    async def prepare(self) -> None:
        """Refuse in the contract's order: host, size, route, rate, version, Accept."""
        self.check_envelope()
        if self.request.method in self.methods:
            await self.check_rate()
            headers = self.request.headers
            accept, version = headers.get("Accept"), headers.get("API-Version")
            self.lasting |= negotiate(self.request.path, accept=accept, version=version)
        self.early = False

    def check_envelope(self) -> None:
        """Refuse what no route would take."""
        check_host(self.config, self.request.headers.get("Host"))
        check_declared_size(self.config, self.request.headers.get("Content-Length"))
        # Tornado has found it already, but in the contract's order a route is looked for now.
        self.observation.route = self.route

    async def check_rate(self) -> None:
        """Count the request, and refuse one too many."""
        state = await self.rate_limits.hit(self.request)
        if state is not None:
            self.lasting |= state.headers()
            state.check()

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        self.body += chunk
        return self.answer_early() if self.body_too_large() else None

    async def answer_early(self) -> None:
        """Run the method now, for it refuses the body where the contract's order has it, and needs no more of it."""
        self.early = True
        try:
            result = getattr(self, str(self.request.method).lower())(*self.path_args, **self.path_kwargs)
            if result is not None:
                await result
            self.finish()
        except Exception:
            self.log_exception(*sys.exc_info())
            self.send_error(exc_info=sys.exc_info())

    def body_too_large(self) -> bool:
        return len(self.body) > self.config.max_body_bytes

    def whole_body(self) -> bytes:
        """The request's body, if it is not too large."""
        if self.body_too_large():
            raise Problem("body_too_large")
        return bytes(self.body)

    def head(self, *args: str, **kwargs: str) -> Awaitable[None] | None:
        return self.get(*args, **kwargs)

    def options(self, **_arguments: str) -> None:
        self.set_header("Allow", allow_header({*self.methods, "OPTIONS"}))
        self.set_headers(preflight_headers(self.config, self.request))
        self.set_status(204)

    def refused_method(self) -> Problem:
        try:
            # A method that Tornado has never heard of does not get as far as prepare().
            self.check_envelope()
        except Problem as problem:
            return problem
        return method_not_allowed({*self.methods, "OPTIONS"})

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> "Future[None]":
        if self.early or self.settings["stopping"].is_set():
            self.set_header("Connection", "close")
        return super().finish(chunk)

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        # Tornado's answers 400 where a path is no UTF-8; nothing is found under what this gives.
        return value.decode(errors="surrogateescape")


class NotFoundHandler(BaseHandler):
    """Answers every method where there is no route."""

    def options(self, **_arguments: str) -> None:
        raise Problem("not_found")

    def refused_method(self) -> Problem:
        refusal = super().refused_method()
        return Problem("not_found") if refusal.status == 405 else refusal

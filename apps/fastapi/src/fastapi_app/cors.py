"""Cross-origin requests: Starlette's middleware, where the contract asks for more than it does."""

from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from blogapi.cors import EXPOSED_HEADERS, PREFLIGHT_HEADERS
from blogapi.settings import Settings

NO_HEADERS = Headers()


class CrossOriginMiddleware(CORSMiddleware):
    """Starlette's own answers a preflight itself, whatever its path, and tells foreign origins what is exposed."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            allow_origins=settings.cors_origins,
            allow_credentials=settings.cors_credentials,
            expose_headers=EXPOSED_HEADERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self.is_allowed_origin(headers.get("Origin", "")):
            await self.simple_response(scope, receive, send, NO_HEADERS)
        elif scope["method"] == "OPTIONS" and "Access-Control-Request-Method" in headers:
            await self.app(scope, receive, partial(self.send_preflight, send=send, origin=headers["Origin"]))
        else:
            await self.simple_response(scope, receive, send, headers)

    async def send_preflight(self, message: Message, send: Send, origin: str) -> None:
        """Add to the application's own answer to OPTIONS what a browser asks for; an unknown path stays a 404."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self.allow_explicit_origin(headers, origin)
            if self.allow_credentials:
                headers["Access-Control-Allow-Credentials"] = "true"
            if message["status"] == 204:
                headers.update(PREFLIGHT_HEADERS)
        await send(message)

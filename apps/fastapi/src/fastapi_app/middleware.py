"""What every request is held against before its handler, and every response carries after it."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from blogapi.http import check_declared_size, check_host, request_id, security_headers, server_timing
from blogapi.logs import log_internal_error
from blogapi.negotiation import negotiate
from blogapi.problems import Problem
from blogapi.settings import Settings
from fastapi_app.caching import finished
from fastapi_app.errors import problem_response
from fastapi_app.ratelimits import check_rate
from fastapi_app.schemas import ApiRequest

RawHeaders = list[tuple[bytes, bytes]]


class HeaderLinesMiddleware:
    """Around all others: the request's header lines as RFC 9110 has them, which httptools gives as they came."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["headers"] = _combined(scope["headers"])
        await self.app(scope, receive, send)


class ContractMiddleware:
    """Around the whole application, so that a failure of any part of it is answered with all headers too."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.headers = _encoded(security_headers(settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given, state, answered = Headers(scope=scope), scope["state"], False
        state["request_id"] = request_id(given.get("X-Request-ID"))
        # What a route settles for the response, be that a success or an error.
        state["headers"] = {}

        async def send_with_headers(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                message["headers"] = self._completed(message["headers"], state)
            await send(message)

        try:
            check_request(self.settings, scope["path"], given)
            await self.app(_as_get(scope), receive, send_with_headers)
        except ClientDisconnect:
            return
        except Exception as error:
            if answered:
                raise
            if not isinstance(error, Problem):
                log_internal_error(error, request_id=state["request_id"])
                error = Problem("internal_error")
            await (await problem_response(Request(scope), error))(scope, receive, send_with_headers)

    def _completed(self, headers: RawHeaders, state: dict[str, Any]) -> RawHeaders:
        names = {name for name, _ in headers}
        return [
            *headers,
            *(header for header in self.headers if header[0] not in names),
            *_encoded(state["headers"]),
            (b"x-request-id", state["request_id"].encode()),
            (b"server-timing", server_timing(state["observation"].started).encode()),
        ]


def check_request(settings: Settings, path: str, headers: Headers) -> None:
    """Refuse what needs no route: host, size."""
    check_host(settings, headers.get("Host"))
    check_declared_size(settings, headers.get("Content-Length"))
    # The `$` that ends Starlette's pattern of a route matches before a newline too.
    if path.endswith("\n"):
        raise Problem("not_found")


class ApiRoute(APIRoute):
    """A route around whose handler is what the contract asks for before the token and after the success."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_checked(request: Request) -> Response:
            request.state.observation.route = request.app.state.route_templates[self.name]
            await check_rate(request)
            accept, version = request.headers.get("Accept"), request.headers.get("API-Version")
            request.scope["state"]["headers"].update(negotiate(request.scope["path"], accept=accept, version=version))
            response = await handle(ApiRequest(request.scope, request.receive))
            return await finished(request, response)

        return handle_checked


def _combined(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    # 5.3: lines of one name are one list; 5.5: white space around a value is none of it. Else the first of two tokens
    # would be taken, and `API-Version: 1 ` for another version than 1.
    fields: dict[bytes, bytes] = {}
    for name, value in headers:
        fields[name] = fields[name] + b", " + value.strip() if name in fields else value.strip()
    return list(fields.items())


def _as_get(scope: Scope) -> Scope:
    # FastAPI's routes take no HEAD. The server leaves the body out, for its own scope still says HEAD.
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _encoded(headers: dict[str, str]) -> RawHeaders:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

"""What the operator sees of each request: told to the process's observer as it begins and as it ends."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from blogapi.observation import Observation, Observer

# As nginx has it, for a client that went away before it was answered.
CLIENT_CLOSED_REQUEST = 499
INTERNAL_ERROR = 500


class ObservationMiddleware:
    """Around all that answers. It needs each header on one line, so `HeaderLinesMiddleware` is around it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        observer: Observer = scope["app"].state.observer
        traceparent = headers.get(b"traceparent")
        observation = observer.begin(traceparent.decode("latin-1") if traceparent else None)
        scope.setdefault("state", {})["observation"] = observation
        # What is left when the application ends without an answer: it gives one to all but those who went away.
        status, has_ended = CLIENT_CLOSED_REQUEST, False

        def end() -> None:
            nonlocal has_ended
            has_ended = True
            _end(observer, observation, scope, headers, status)

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif not message.get("more_body", False):
                # Whoever has the whole answer finds it counted.
                end()
            await send(message)

        try:
            await self.app(scope, receive, send_observed)
        except BaseException:
            status = INTERNAL_ERROR
            raise
        finally:
            if not has_ended:
                end()


def route_templates(app: FastAPI) -> dict[str, str]:
    """The routes' paths as the document has them, by the routes' names, which are those of its operations."""
    return {str(route.name): str(route.path_format) for route in iter_route_contexts(app.routes)}


def _end(observer: Observer, observation: Observation, scope: Scope, headers: dict[bytes, bytes], status: int) -> None:
    client, forwarded_for = scope.get("client"), headers.get(b"x-forwarded-for")
    observer.end(
        observation,
        method=scope["method"],
        path=scope["path"],
        status=status,
        request_id=scope["state"]["request_id"],
        peer=client[0] if client else None,
        forwarded_for=forwarded_for.decode("latin-1") if forwarded_for else None,
    )

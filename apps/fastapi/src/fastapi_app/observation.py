"""What the operator sees of each request: told to the process's observer as it begins and as it ends."""

from asyncio import get_running_loop
from contextlib import suppress
from io import BytesIO
from select import PIPE_BUF
from typing import TYPE_CHECKING, BinaryIO

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from blogapi.observation import Observation, Observer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

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


class TurnOutput(BytesIO):
    """Takes the lines of one turn of the event loop, and writes them together when the turn is over.

    Writing lets go of the GIL. Within a turn a thread of the database takes it, which has just been given a query, and
    the answers that are being made wait until it comes back. After a turn the loop lets go of the GIL anyway.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._loop = get_running_loop()

    def write(self, line: "ReadableBuffer") -> int:
        """Keep a line until the turn is over."""
        # What is longer may be torn in a pipe where several processes write (pipe(7)).
        if self.tell() + memoryview(line).nbytes > PIPE_BUF:
            self._write_out()
        if not self.tell():
            self._loop.call_soon(self._write_out)
        return super().write(line)

    def _write_out(self) -> None:
        lines = self.getvalue()
        self.seek(0)
        self.truncate()
        # As where lines are written at once: a full disk is no reason to fail anything.
        with suppress(OSError):
            self._file.write(lines)
            self._file.flush()


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

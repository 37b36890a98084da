"""Stands before the application, for what Tornado decides where there is no handler yet."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote, unquote_to_bytes

from tornado.httputil import HTTPHeaders, HTTPInputError, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

# Reserved for what does not exist (RFC 2606, 2), so that no setting allows it by its name.
NO_HOST = "host.invalid"


class FrontDoor(HTTPMessageDelegate):
    """Passes one request on to the application."""

    def __init__(self, application: HTTPMessageDelegate, *, on_request: Callable[[], None]) -> None:
        self._application = application
        self._on_request = on_request

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        self._on_request()
        if isinstance(start_line, RequestStartLine):
            start_line = start_line._replace(path=_origin_form(start_line.path, headers))
        try:
            return self._application.headers_received(start_line, headers)
        except HTTPInputError:
            # Tornado answers a missing, repeated or malformed Host with an empty 400; this one comes to a handler.
            headers["Host"] = NO_HOST
            return self._application.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._application.data_received(chunk)

    def finish(self) -> None:
        self._application.finish()

    def on_connection_close(self) -> None:
        self._application.on_connection_close()


def _origin_form(target: str, headers: HTTPHeaders) -> str:
    if "://" in target and not target.startswith("/"):
        # The absolute form, which every server must take; its host counts more than the header (RFC 9112, 3.2.2).
        headers["Host"], _, path = target.partition("://")[2].partition("/")
        target = "/" + path
    path, mark, query = target.partition("?")
    # Routes are matched with the path as it was sent: nothing may be encoded in it that need not be.
    return (quote(unquote_to_bytes(path)) if "%" in path else path) + mark + query

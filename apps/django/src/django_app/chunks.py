"""Bodies without a declared size, which Django does not read under WSGI: for it they are empty."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def is_chunked(environ: dict[str, Any]) -> bool:
    """Tell whether the body comes in chunks; servers refuse a request that declares its size as well."""
    return "HTTP_TRANSFER_ENCODING" in environ


class ChunkedBodies:
    """WSGI middleware that lets Django read a chunked body, up to one byte more than is allowed.

    The server ends the body where the chunks end; who reads one byte too many knows that it is too large.
    """

    def __init__(self, application: "WSGIApplication", *, max_body_bytes: int) -> None:
        self._application = application
        self._readable = str(max_body_bytes + 1)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if is_chunked(environ):
            environ["CONTENT_LENGTH"] = self._readable
        return self._application(environ, start_response)

"""What every response carries, and the form that its body is sent in."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from blogapi.caching import cache_headers
from blogapi.compression import accepts_gzip, compress, is_compressible
from blogapi.etags import gzip_tag, is_not_modified
from blogapi.http import server_timing
from blogapi.jsonbody import dump_json
from blogapi.negotiation import JSON
from blogapi.observation import UNMATCHED
from tornado_app.cors import origin_headers
from tornado_app.observation import ObservedHandler
from tornado_app.settings import current_settings
from tornado_app.threads import in_thread

if TYPE_CHECKING:
    from tornado.concurrent import Future

# Compressing this much takes a millisecond.
SMALL_BYTES = 64 * 1024


class ResponseHandler(ObservedHandler):
    """Completes every response, whoever writes it."""

    def initialize(self, route: str = UNMATCHED) -> None:
        super().initialize(route)
        # What is kept when an error takes the place of a response, and Tornado clears all other headers.
        self.lasting: dict[str, str] = {}
        self.has_token = False

    def clear(self) -> None:
        # The representation's tag, for a handler of GET to set.
        self.tag: str | None = None
        self.is_compressed = False
        self.varies = {"Origin"} if current_settings(self).cors_origins else set()
        super().clear()

    def set_default_headers(self) -> None:
        # Tornado's own names its version.
        self.clear_header("Server")
        self.set_headers(self.settings["response_headers"])
        self.set_header("X-Request-ID", self.request_id)
        self.set_headers(origin_headers(current_settings(self), self.request))

    def set_headers(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            self.set_header(name, value)

    def write(self, chunk: str | bytes | dict[str, Any]) -> None:
        if isinstance(chunk, dict):
            self.write_as(JSON, dump_json(chunk))
        else:
            super().write(chunk)

    def write_as(self, media_type: str, body: bytes) -> None:
        """Write a body, which is all of it, compressed where that is wanted."""
        super().write(compress(body) if self._set_content_headers(media_type, body) else body)

    async def write_long(self, media_type: str, body: bytes, *, encoder: Callable[[bytes], bytes] = compress) -> None:
        """Write a body, which is all of it, and may be too long to be compressed on the event loop."""
        if self._set_content_headers(media_type, body):
            body = encoder(body) if len(body) <= SMALL_BYTES else await in_thread(encoder, body)
        super().write(body)

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> "Future[None]":
        self.set_headers(self.lasting)
        if self.get_status() < 400:
            self._set_cache_headers()
        if self.varies:
            self.set_header("Vary", ", ".join(sorted(self.varies)))
        self.set_header("Server-Timing", server_timing(self.observation.started))
        return super().finish(chunk)

    def compute_etag(self) -> str | None:
        # Tornado asks for a 200 to GET or HEAD only; its own tag is a hash of the body, the same for both forms.
        return gzip_tag(self.tag) if self.tag is not None and self.is_compressed else self.tag

    def check_etag_header(self) -> bool:
        # Tornado's knows neither If-Match nor that the two forms are of one representation.
        return self.tag is not None and is_not_modified(self.request.headers, self.tag)

    def _set_content_headers(self, media_type: str, body: bytes) -> bool:
        """Describe a body, and tell whether it is to be compressed."""
        self.set_header("Content-Type", media_type)
        if is_compressible(media_type, length=len(body)):
            self.varies.add("Accept-Encoding")
            self.is_compressed = accepts_gzip(self.request.headers.get("Accept-Encoding", ""))
        if self.is_compressed:
            self.set_header("Content-Encoding", "gzip")
        return self.is_compressed

    def _set_cache_headers(self) -> None:
        headers = cache_headers(str(self.request.method), self.request.path, has_token=self.has_token)
        if "Vary" in headers:
            self.varies.add(headers.pop("Vary"))
        if self.tag is not None:
            self.varies.add("Accept-Encoding")
        self.set_headers(headers)

"""Cross-origin requests (Fetch): which headers tell a browser whose pages may read a response."""

from tornado.httputil import HTTPServerRequest

from blogapi.cors import EXPOSED_HEADERS, PREFLIGHT_HEADERS
from blogapi.settings import Settings

_EXPOSED = {"Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS)}


def origin_headers(settings: Settings, request: HTTPServerRequest) -> dict[str, str]:
    """What every response to a request of an allowed origin carries."""
    origin = request.headers.get("Origin") if settings.cors_origins else None
    if origin is None or origin not in settings.cors_origins:
        return {}
    headers = {"Access-Control-Allow-Origin": origin}
    if settings.cors_credentials:
        headers["Access-Control-Allow-Credentials"] = "true"
    return headers if _asks_first(request) else headers | _EXPOSED


def preflight_headers(settings: Settings, request: HTTPServerRequest) -> dict[str, str]:
    """What a known path answers to OPTIONS beside that, where a browser asks before it sends the request itself."""
    is_preflight = _asks_first(request) and request.headers.get("Origin") in settings.cors_origins
    return PREFLIGHT_HEADERS if is_preflight else {}


def _asks_first(request: HTTPServerRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers

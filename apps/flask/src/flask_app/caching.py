"""Entity tags, and what an answer tells caches."""

from functools import lru_cache

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue

from blogapi.caching import cache_headers, join_vary
from blogapi.etags import is_not_modified
from blogapi.representations import JsonObject
from flask_app.compression import compress_response

CONDITIONS = ("If-Match", "If-None-Match")
# The combinations are few.
_join_vary = lru_cache(join_vary)


def conditions() -> dict[str, str]:
    """What the request is made conditional on. Werkzeug's headers are no Mapping as `typing` has it."""
    headers = request.headers
    return {name: value for name in CONDITIONS if (value := headers.get(name)) is not None}


def tagged(representation: JsonObject, tag: str) -> ResponseReturnValue:
    """Answer with a resource and its entity tag, or with 304; that keeps its body here, whose size decides on gzip.

    Raises:
        Problem: `precondition_failed`.
    """
    return representation, 304 if is_not_modified(conditions(), tag) else 200, {"ETag": tag}


def register(app: Flask) -> None:
    """Finish every response."""
    # On every answer, whoever asks, or on none.
    origin = "Origin" if app.extensions["settings"].cors_origins else None

    @app.after_request
    def finish_response(response: Response) -> Response:
        has_forms = compress_response(response) or "ETag" in response.headers
        own = _cache_headers(response)
        vary = _join_vary(own.pop("Vary", None), "Accept-Encoding" if has_forms else None, origin)
        response.headers.extend({**own, "Vary": vary} if vary else own)
        return response


def _cache_headers(response: Response) -> dict[str, str]:
    if response.status_code >= 300 and response.status_code != 304:
        return {}
    return cache_headers(request.method, request.path, has_token="has_token" in g)

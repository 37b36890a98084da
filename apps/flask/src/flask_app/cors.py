"""Cross-origin requests: flask-cors decides whose they are, and what a preflight is told is ours."""

import logging
import re

from flask import Flask, Response, request
from flask_cors import CORS

from blogapi.cors import EXPOSED_HEADERS, PREFLIGHT_HEADERS


def register(app: Flask) -> None:
    """Answer the allowed origins, if there are any; `Vary` is written with all its names by `caching`."""
    settings = app.extensions["settings"]
    if not settings.cors_origins:
        return
    # It has a line for each OPTIONS.
    logging.getLogger("flask_cors").setLevel(logging.WARNING)
    # The last hook to be registered is the first to run.
    app.after_request(_complete_preflight)
    CORS(
        app,
        # A string would be compared ignoring case, and `http://[::1]` be taken for a regular expression.
        origins=re.compile(rf"(?:{'|'.join(map(re.escape, settings.cors_origins))})\Z"),
        # None: it would name them to some preflights only, and on errors too.
        methods=(),
        expose_headers=", ".join(EXPOSED_HEADERS),
        supports_credentials=settings.cors_credentials,
        always_send=False,
        vary_header=False,
        intercept_exceptions=False,
    )


def _complete_preflight(response: Response) -> Response:
    headers = response.headers
    is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if is_preflight and "Access-Control-Allow-Origin" in headers:
        del headers["Access-Control-Expose-Headers"]
        # An unknown path has no preflight.
        if response.status_code == 204:
            headers.update(PREFLIGHT_HEADERS)
    return response

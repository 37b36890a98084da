"""What every request is held against before its view, and every response carries after it."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound

from blogapi.http import check_declared_size, check_host, request_id, security_headers, server_timing
from blogapi.negotiation import negotiate
from flask_app import caching, cors, observation
from flask_app.ratelimits import RateLimits
from flask_app.settings import current_settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def register(app: Flask) -> None:
    """Run the hooks around every request, also one that no route matches."""
    settings = app.extensions["settings"]
    common = security_headers(settings)
    policy = common.pop("Content-Security-Policy")

    # The last to be registered is the first to run.
    @app.after_request
    def add_headers(response: Response) -> Response:
        # The docs page brings its own policy. Nothing else is sent twice, so that nothing need be looked for.
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.extend(
            [*common.items(), *g.headers.items(), ("Server-Timing", server_timing(g.observation.started))]
        )
        return response

    app.before_request(check_request)
    RateLimits(settings).register(app)
    app.before_request(check_negotiation)
    cors.register(app)
    caching.register(app)


def check_request() -> None:
    """Refuse in the contract's order: host, size, route."""
    settings, given, environ = current_settings(), request.headers, request.environ
    g.request_id = request_id(given.get("X-Request-ID"))
    g.headers = {"X-Request-ID": g.request_id}
    check_host(settings, _host(environ))
    check_declared_size(settings, given.get("Content-Length"))
    # Werkzeug routes `//x` like `/x`.
    if environ["PATH_INFO"].startswith("//"):
        raise NotFound
    g.observation.route = observation.route()
    if request.routing_exception is not None:
        raise request.routing_exception


def check_negotiation() -> None:
    """Refuse what the client and the path do not agree on: version, Accept."""
    # The answer to OPTIONS has no body to negotiate.
    if request.method != "OPTIONS":
        given = request.headers
        agreed = negotiate(request.path, accept=given.get("Accept"), version=given.get("API-Version"))
        g.headers.update(agreed)


def _host(environ: "WSGIEnvironment") -> str | None:
    # RFC 9112, 3.2.2: the host of an absolute-form target stands for whatever the Host header says.
    target: str = environ.get("RAW_URI", "/")
    return environ.get("HTTP_HOST") if target.startswith(("/", "*")) else urlsplit(target).netloc

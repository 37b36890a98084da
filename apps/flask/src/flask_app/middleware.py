"""What every request is held against before its view, and every response carries after it."""

import time

from flask import Flask, Response, g, request

from blogapi.http import check_declared_size, check_host, request_id, security_headers, server_timing
from blogapi.negotiation import negotiate
from flask_app.settings import current_settings


def register(app: Flask) -> None:
    """Run the hooks around every request, also one that no route matches."""
    headers = security_headers(app.extensions["settings"])

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-ID"] = g.request_id
        response.headers["Server-Timing"] = server_timing(g.started)
        response.headers.update(g.get("agreed", {}))
        return response

    app.before_request(check_request)


def check_request() -> None:
    """Refuse in the contract's order: host, size, route, version, Accept."""
    g.started = time.perf_counter()
    g.request_id = request_id(request.headers.get("X-Request-ID"))
    check_host(current_settings(), request.headers.get("Host"))
    check_declared_size(current_settings(), request.headers.get("Content-Length"))
    if request.routing_exception is not None:
        raise request.routing_exception
    g.agreed = negotiate(
        request.path, accept=request.headers.get("Accept"), version=request.headers.get("API-Version")
    )

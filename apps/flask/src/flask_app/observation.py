"""What the operator sees of each request: hooks around all others, and the routes as the contract names them."""

import re

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wsgi import get_path_info

from blogapi.observation import UNMATCHED, Observer

_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


def register(app: Flask) -> None:
    """Observe every request; before any other hook is registered, for it is the first to run and the last."""
    observer: Observer = app.extensions["observer"]

    @app.before_request
    def begin() -> None:
        g.observation = observer.begin(request.headers.get("traceparent"))
        # Of an answer that the hook below is not shown, since one before it failed.
        g.status = 500

    @app.after_request
    def note_status(response: Response) -> Response:
        g.status = response.status_code
        return response

    # Flask calls it once a request, whatever happened, and before the server has the answer's first byte.
    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        environ = request.environ
        observer.end(
            g.observation,
            method=request.method,
            # `request.path` has one slash where several are at its start.
            path=get_path_info(environ),
            status=g.status,
            request_id=g.request_id,
            peer=environ.get("REMOTE_ADDR"),
            forwarded_for=environ.get("HTTP_X_FORWARDED_FOR"),
        )


def route_templates(app: Flask) -> dict[str, str]:
    """The routes' paths as the document has them, by Flask's own templates."""
    return {rule.rule: _VARIABLE.sub(r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}


def route() -> str:
    """The path's template, whether the route takes the request's method or not."""
    rule = request.url_rule
    if rule is None and isinstance(request.routing_exception, MethodNotAllowed):
        adapter = current_app.create_url_adapter(request)
        # Which Flask adds to every route.
        rule, _ = adapter.match(method="OPTIONS", return_rule=True) if adapter else (None, {})
    return current_app.extensions["route_templates"][rule.rule] if rule else UNMATCHED

"""The one place where errors become responses."""

from flask import Flask, Response, current_app, g
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import (
    BadHost,
    ClientDisconnected,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

from blogapi.database import is_unavailable
from blogapi.jsonbody import dump_json
from blogapi.logs import log_database_unavailable, log_internal_error
from blogapi.problems import MEDIA_TYPE, Problem, method_not_allowed

_CODES: dict[type[HTTPException], str] = {
    BadHost: "bad_host",
    ClientDisconnected: "malformed_json",
    NotFound: "not_found",
    RequestEntityTooLarge: "body_too_large",
}


def register(app: Flask) -> None:
    """Answer every exception with problem details."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(MethodNotAllowed, _method_not_allowed)
    app.register_error_handler(RateLimitExceeded, _rate_limited)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _failure)


def problem_response(problem: Problem) -> Response:
    body = dump_json(problem.body(g.request_id))
    return Response(body, problem.status, problem.headers, mimetype=MEDIA_TYPE)


def _method_not_allowed(error: MethodNotAllowed) -> Response:
    return problem_response(method_not_allowed(error.valid_methods or ()))


def _rate_limited(_: RateLimitExceeded) -> Response:
    current_app.extensions["rate_limits"].add_headers()
    # They are not there where the storage has gone away since.
    seconds = g.headers.get("RateLimit-Reset", "1")
    return problem_response(Problem("rate_limited", headers={"Retry-After": seconds}))


def _http_exception(error: HTTPException) -> Response:
    code = _CODES.get(type(error))
    return problem_response(Problem(code)) if code else _failure(error)


def _failure(error: Exception) -> Response:
    if is_unavailable(error):
        log_database_unavailable(error, request_id=g.request_id)
        return problem_response(Problem("database_unavailable"))
    log_internal_error(error, request_id=g.request_id)
    return problem_response(Problem("internal_error"))

"""The one place where errors become responses."""

from flask import Flask, Response, current_app, g
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import BadHost, ClientDisconnected, HTTPException, MethodNotAllowed, NotFound
from werkzeug.exceptions import RequestEntityTooLarge as BodyTooLarge

from blogapi.database import is_unavailable
from blogapi.jsonbody import dump_json
from blogapi.logs import log_internal_error
from blogapi.problems import MEDIA_TYPE, Problem, method_not_allowed

_CODES: dict[type[HTTPException], str] = {
    BadHost: "bad_host",
    ClientDisconnected: "malformed_json",
    NotFound: "not_found",
    BodyTooLarge: "body_too_large",
}


def register(app: Flask) -> None:
    """Answer every exception with problem details."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(MethodNotAllowed, _method_not_allowed)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeoutError, _database_unavailable)
    app.register_error_handler(Exception, _internal_error)


def problem_response(problem: Problem) -> Response:
    body = dump_json(problem.body(g.request_id))
    return Response(body, problem.status, problem.headers, mimetype=MEDIA_TYPE)


def _method_not_allowed(error: MethodNotAllowed) -> Response:
    return problem_response(method_not_allowed(error.valid_methods or ()))


def _http_exception(error: HTTPException) -> Response:
    code = _CODES.get(type(error))
    return problem_response(Problem(code)) if code else _internal_error(error)


def _database_error(error: DBAPIError) -> Response:
    return _database_unavailable(error) if is_unavailable(error) else _internal_error(error)


def _database_unavailable(error: DBAPIError | PoolTimeoutError) -> Response:
    fields = {"request_id": g.request_id}
    current_app.logger.warning("database_unavailable", exc_info=error, extra={"fields": fields})
    return problem_response(Problem("database_unavailable"))


def _internal_error(error: Exception) -> Response:
    log_internal_error(error, request_id=g.request_id)
    return problem_response(Problem("internal_error"))

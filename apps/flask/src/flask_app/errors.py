"""The one place where errors become responses."""

from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from blogapi.jsonbody import dump_json
from blogapi.logs import log_internal_error
from blogapi.problems import MEDIA_TYPE, Problem, allow_header, method_not_allowed

_CODES = {400: "malformed_json", 404: "not_found", 413: "body_too_large"}


def register(app: Flask) -> None:
    """Answer every exception with problem details."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(MethodNotAllowed, _method_not_allowed)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(OperationalError, _database_unavailable)
    app.register_error_handler(PoolTimeoutError, _database_unavailable)
    app.register_error_handler(Exception, _internal_error)


def problem_response(problem: Problem) -> Response:
    body = dump_json(problem.body(g.request_id))
    return Response(body, problem.status, problem.headers, mimetype=MEDIA_TYPE)


def _method_not_allowed(error: MethodNotAllowed) -> Response:
    methods = {*(error.valid_methods or ()), "OPTIONS"}
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": allow_header(methods)})
    return problem_response(method_not_allowed(methods))


def _http_exception(error: HTTPException) -> Response:
    code = _CODES.get(error.code or 500)
    return problem_response(Problem(code)) if code else _internal_error(error)


def _database_unavailable(_error: DBAPIError | PoolTimeoutError) -> Response:
    return problem_response(Problem("database_unavailable"))


def _internal_error(error: Exception) -> Response:
    log_internal_error(error, request_id=g.request_id)
    return problem_response(Problem("internal_error"))

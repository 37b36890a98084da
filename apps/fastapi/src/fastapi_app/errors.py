"""The one place where errors become responses."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from blogapi.database import is_unavailable
from blogapi.faults import body_fault, query_fault, query_fault_repeated
from blogapi.jsonbody import dump_json
from blogapi.logs import log_database_unavailable
from blogapi.problems import MEDIA_TYPE, Fault, Problem, allow_header, method_not_allowed
from blogapi.schemas import validation_problem
from fastapi_app.compression import compressed, takes_gzip


async def problem_response(request: Request, problem: Problem) -> Response:
    body = dump_json(problem.body(request.state.request_id))
    response = Response(body, problem.status, problem.headers, MEDIA_TYPE)
    return await compressed(response) if takes_gzip(request, response) else response


async def _validation_error(request: Request, error: RequestValidationError) -> Response:
    return await problem_response(request, validation_problem([_fault(entry) for entry in error.errors()]))


async def _http_exception(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404:
        return await problem_response(request, Problem("not_found"))
    # FastAPI makes a 400 of whatever ends the reading of a body, the client's going away too.
    raise error.__cause__ or error


async def _method_not_allowed(request: Request, _error: HTTPException) -> Response:
    # The error knows the methods of one route only, and a path has a route for each of its methods.
    contexts = iter_route_contexts(request.app.routes)
    matching = [route for route in contexts if route.matches(request.scope)[0] is not Match.NONE]
    request.state.observation.route = matching[0].path_format
    methods = {"OPTIONS"}.union(*(route.methods or () for route in matching))
    if "GET" in methods:
        methods.add("HEAD")
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allow_header(methods)})
    return await problem_response(request, method_not_allowed(methods))


async def _database_error(request: Request, error: DBAPIError) -> Response:
    if not is_unavailable(error):
        raise error
    return await _database_unavailable(request, error)


async def _database_unavailable(request: Request, error: DBAPIError | PoolTimeoutError) -> Response:
    log_database_unavailable(error, request_id=request.state.request_id)
    return await problem_response(request, Problem("database_unavailable"))


def _fault(error: ErrorDetails) -> Fault:
    # FastAPI puts where the value is from, "body" or "query", before pydantic's own location.
    source, *location = error["loc"]
    inner: ErrorDetails = {**error, "loc": tuple(location)}
    if source == "body":
        return body_fault(inner)
    # `ApiQuery` gives a list for nothing but a repeated parameter; an unknown one stays unknown.
    if isinstance(error["input"], list) and error["type"] != "extra_forbidden":
        return query_fault_repeated(str(location[0]))
    return query_fault(inner)


# What is none of these, the middleware answers.
HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    Problem: problem_response,
    RequestValidationError: _validation_error,
    HTTPException: _http_exception,
    405: _method_not_allowed,
    DBAPIError: _database_error,
    PoolTimeoutError: _database_unavailable,
}

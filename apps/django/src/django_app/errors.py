"""The one place where errors become responses: of DRF's views, and of Django around them."""

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import Error
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated, Throttled

from blogapi.jsonbody import dump_json
from blogapi.logs import log_database_unavailable, log_internal_error
from blogapi.problems import MEDIA_TYPE, Problem, method_not_allowed
from django_app.database import is_unavailable

_CODES: dict[type[BaseException], str] = {NotAuthenticated: "not_authenticated", RequestDataTooBig: "body_too_large"}


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Answer what a view raised (DRF's EXCEPTION_HANDLER)."""
    if isinstance(error, MethodNotAllowed):
        error = method_not_allowed(context["view"].allowed_methods)
    elif isinstance(error, Throttled):
        seconds = str(error.wait)  # type: ignore[attr-defined]  # left out of DRF's stubs
        error = Problem("rate_limited", headers={"Retry-After": seconds})
    return error_response(error, context["request"].request_id)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django refuses outside of the views (handler400)."""
    return error_response(exception, _request_id(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a path that no route matches (handler404)."""
    return error_response(Problem("not_found"), _request_id(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what was raised outside of the views (handler500)."""
    return error_response(sys.exc_info()[1] or RuntimeError("no error"), _request_id(request))


def error_response(error: BaseException, request_id: str) -> HttpResponse:
    """Turn whatever was raised into a problem, and write it as its JSON."""
    problem = _problem_of(error, request_id)
    body = dump_json(problem.body(request_id))
    return HttpResponse(body, content_type=MEDIA_TYPE, status=problem.status, headers=problem.headers)


def _problem_of(error: BaseException, request_id: str) -> Problem:
    if isinstance(error, Problem):
        return error
    if type(error) in _CODES:
        return Problem(_CODES[type(error)])
    if isinstance(error, Error) and is_unavailable(error):
        log_database_unavailable(error, request_id=request_id)
        return Problem("database_unavailable")
    log_internal_error(error, request_id=request_id)
    return Problem("internal_error")


def _request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))

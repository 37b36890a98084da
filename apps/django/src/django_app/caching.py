"""The end of every answer: the form that it is sent in, and what the request made it conditional on."""

from collections.abc import Callable

from django.http import HttpResponse

from blogapi.etags import is_not_modified
from blogapi.problems import Problem
from django_app.compression import compressed, takes_gzip
from django_app.errors import error_response
from django_app.middleware import IdentifiedRequest

_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")


def caching_middleware(
    get_response: Callable[[IdentifiedRequest], HttpResponse],
) -> Callable[[IdentifiedRequest], HttpResponse]:
    """Answer 304 or 412 where a tag and the request's conditions ask for it.

    Django's ConditionalGetMiddleware makes tags of its own, and holds times against the request as well.
    """

    def middleware(request: IdentifiedRequest) -> HttpResponse:
        response = get_response(request)
        is_gzip = takes_gzip(request, response)
        # Django's mapping of all headers is made when it is first looked at, which few requests need.
        if "ETag" in response.headers and any(name in request.META for name in _CONDITIONS):
            try:
                if is_not_modified(request.headers, response.headers["ETag"]):
                    return _not_modified(response)
            except Problem as problem:
                return error_response(problem, request.request_id)
        return compressed(response) if is_gzip else response

    return middleware


def _not_modified(response: HttpResponse) -> HttpResponse:
    response.status_code = 304
    response.content = b""
    del response.headers["Content-Type"]
    return response

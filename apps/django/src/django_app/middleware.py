"""What every request is held against before its route is looked for, and every response carries."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from blogapi.http import check_declared_size, check_host, request_id, security_headers, server_timing
from blogapi.observation import Observation
from blogapi.problems import Problem
from django_app.chunks import is_chunked
from django_app.errors import error_response

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


class IdentifiedRequest(HttpRequest):
    """A request as the middleware passes it on."""

    observation: Observation
    request_id: str
    # What the answer will carry, be it a success or an error.
    answer_headers: dict[str, str]


def contract_middleware(
    get_response: Callable[[IdentifiedRequest], HttpResponse],
) -> Callable[[IdentifiedRequest], HttpResponse]:
    """Refuse in the contract's order (host, size), then answer; put the headers of every response on both."""
    headers = security_headers(settings.BLOGAPI)

    def middleware(request: IdentifiedRequest) -> HttpResponse:
        request.request_id = request_id(request.META.get("HTTP_X_REQUEST_ID"))
        request.answer_headers = {}
        try:
            check_request(request)
            response = get_response(request)
        except Problem as problem:
            response = error_response(problem, request.request_id)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        for name, value in request.answer_headers.items():
            response.headers[name] = value
        response.headers["X-Request-ID"] = request.request_id
        response.headers["Server-Timing"] = server_timing(request.observation.started)
        return _with_length(response, request)

    return middleware


def answer_headers(request: Any) -> dict[str, str]:
    """The headers that the answer will carry, of Django's request or of DRF's, to be added to."""
    return cast(dict[str, str], request.answer_headers)


def _with_length(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    # Without a length, gunicorn would send chunks; a response to HEAD tells the length of what it leaves out.
    if response.status_code not in (204, 304):
        response.headers["Content-Length"] = str(len(response.content))
    if request.method == "HEAD":
        response.content = b""
    return response


def check_request(request: HttpRequest) -> None:
    """Hold the host and the declared size against the settings."""
    check_host(settings.BLOGAPI, _host(request.META))
    if not is_chunked(request.META):
        check_declared_size(settings.BLOGAPI, request.META.get("CONTENT_LENGTH"))


def _host(environ: "WSGIEnvironment") -> str | None:
    # RFC 9112, 3.2.2: the host of an absolute-form target stands for whatever the Host header says.
    target: str = environ.get("RAW_URI", "/")
    return environ.get("HTTP_HOST") if target.startswith(("/", "*")) else urlsplit(target).netloc

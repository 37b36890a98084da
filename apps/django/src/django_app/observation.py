"""What the operator sees of each request: middleware around all other, and the routes as the contract names them."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.signals import request_started
from django.dispatch import receiver
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from blogapi.observation import Observation, Observer
from django_app.middleware import IdentifiedRequest

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_PATH_AS_SENT = "django_app.path"
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")

observer = Observer(settings.BLOGAPI, "django")


@receiver(request_started)
def keep_path(environ: "WSGIEnvironment", **_: object) -> None:
    """Keep the path for the log: where it is no UTF-8, Django will have written escapes into it."""
    environ[_PATH_AS_SENT] = environ["PATH_INFO"]


def observation_middleware(
    get_response: Callable[[IdentifiedRequest], HttpResponse],
) -> Callable[[IdentifiedRequest], HttpResponse]:
    """Observe every request: the first in MIDDLEWARE, so that whatever goes wrong inside has become an answer here."""
    # Which imports the views: a fault in them is found before there is a request.
    templates = route_templates(get_resolver().url_patterns)

    def middleware(request: IdentifiedRequest) -> HttpResponse:
        request.observation = observer.begin(request.META.get("HTTP_TRACEPARENT"))
        # Where even the answer to an error failed, and the server gives its own.
        status = 500
        try:
            response = get_response(request)
            status = response.status_code
        finally:
            if request.resolver_match is not None:
                request.observation.route = templates[request.resolver_match.route]
            _end(request, status)
        return response

    return middleware


def route_templates(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> dict[str, str]:
    """The routes' paths as the document has them, by Django's own templates."""
    templates: dict[str, str] = {}
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            templates |= route_templates(pattern.url_patterns, route)
        else:
            templates[route] = "/" + _VARIABLE.sub(r"{\1}", route)
    return templates


def observation_of(request: Any) -> Observation:
    """What is observed of a request, be it Django's or DRF's."""
    return cast(Observation, request.observation)


def _end(request: IdentifiedRequest, status: int) -> None:
    meta = request.META
    observer.end(
        request.observation,
        method=str(request.method),
        path=meta[_PATH_AS_SENT].encode("latin-1").decode(errors="replace"),
        status=status,
        request_id=request.request_id,
        peer=meta.get("REMOTE_ADDR"),
        forwarded_for=meta.get("HTTP_X_FORWARDED_FOR"),
    )

"""What is no resource: the service itself, its health and its documents."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from blogapi import pages
from blogapi.http import DOCS_POLICY
from blogapi.metrics import MEDIA_TYPE
from blogapi.negotiation import JSON
from blogapi.problems import KINDS, Problem
from blogapi.service import root_representation
from django_app import ratelimits
from django_app.database import check
from django_app.observation import observer
from django_app.openapi import EVERY, HEALTH, JSON_OUT, SERVICE, describe, openapi_json
from django_app.representations import AliveSerializer, PongSerializer, ReadySerializer, RootSerializer
from django_app.views import ContractViewSet

READY_SECONDS = 1.0
# gunicorn's hook puts its own question here (`server.py`).
is_stopping: Callable[[], bool] = bool


class ServiceViewSet(ContractViewSet):
    """What anybody may ask; a token is not looked at."""

    takes_place = False
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @describe(PongSerializer, JSON_OUT, "unsupported_version")
    def ping(self, request: Request) -> Response:
        """Answer without any work."""
        return Response({"pong": True})

    @describe(RootSerializer, JSON_OUT)
    def root(self, request: Request) -> Response:
        """Name the service."""
        return Response(root_representation("django"))

    @describe(AliveSerializer, HEALTH)
    def health(self, request: Request) -> Response:
        """Tell that the process runs."""
        return Response({"status": "ok"})

    @describe(AliveSerializer, HEALTH)
    def health_live(self, request: Request) -> Response:
        """Tell that the process runs."""
        return Response({"status": "ok"})

    @describe(ReadySerializer, HEALTH, "not_ready")
    def health_ready(self, request: Request) -> Response:
        """Tell whether requests can be served."""
        if is_stopping():
            raise Problem("not_ready")
        try:
            check(seconds=READY_SECONDS)
        except (Error, TimeoutError) as error:
            raise Problem("not_ready") from error
        return Response({"status": "ready" if ratelimits.limiter.is_working() else "degraded"})

    @describe(str, EVERY, media_type="text/plain")
    def metrics(self, request: Request) -> HttpResponse:
        """Tell a Prometheus server what was counted."""
        text = observer.metrics_text()
        if text is None:
            raise Problem("not_found")
        return HttpResponse(text, content_type=MEDIA_TYPE)

    @describe(dict, SERVICE)
    def openapi(self, request: Request) -> HttpResponse:
        """Give this document."""
        return HttpResponse(openapi_json(), content_type=JSON)

    @describe(str, SERVICE, media_type="text/html")
    def docs(self, request: Request) -> HttpResponse:
        """Show this document to people."""
        return _page(pages.docs_page(), {"Content-Security-Policy": DOCS_POLICY})

    @extend_schema(exclude=True)
    def docs_asset(self, request: Request, name: str) -> HttpResponse:
        return _page(pages.docs_asset(name), {})

    @extend_schema(parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH, enum=list(KINDS))])
    @describe(str, SERVICE, "not_found", media_type="text/html")
    def problem_page(self, request: Request, code: str) -> HttpResponse:
        """Explain an error's code to people."""
        return _page(pages.problem_page(code), {})


def _page(page: pages.Page, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(page.content, content_type=page.media_type, headers=headers)

"""What all viewsets share: the contract's order of checks, OPTIONS, caching, and PATCH's second media type."""

from contextlib import ExitStack
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from blogapi.caching import cache_headers
from blogapi.negotiation import negotiate
from blogapi.problems import allow_header
from django_app.gate import database_place
from django_app.media import MergePatchParser, StrictJSONParser
from django_app.middleware import answer_headers


class ContractViewSet(ViewSet):
    """A viewset that refuses in the contract's order.

    That is method, rate, version, Accept, token, then what its action raises.
    """

    # Whether its actions hold a place at the database. Where passwords are hashed, others would wait for that: there
    # each use of the database takes one.
    takes_place = True

    @property
    def default_response_headers(self) -> dict[str, str]:
        """None: `Allow` is for 405 and OPTIONS."""
        return {}

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and give up what the request has held."""
        with ExitStack() as self.held:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse an unknown method first, which DRF does last, and by rate before the token; let OPTIONS pass."""
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        if request.method != "OPTIONS":
            self.check_throttles(request)
            meta = request.META
            agreed = negotiate(request.path, accept=meta.get("HTTP_ACCEPT"), version=meta.get("HTTP_API_VERSION"))
            answer_headers(request).update(agreed)
            if self.takes_place:
                self.held.enter_context(database_place())
            self.perform_authentication(request)
            self.check_permissions(request)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer what the path takes, where DRF would describe its serializers."""
        return Response(status=204, headers={"Allow": allow_header(self.allowed_methods)})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Tell caches whose answer a success is; errors tell it themselves."""
        if response.status_code < 400 and request.method is not None:
            # Who changes something need not have been asked for a token, and DRF asks when it is looked at.
            has_token = request.method in ("GET", "HEAD") and request.auth is not None
            for name, value in cache_headers(request.method, request.path, has_token=has_token).items():
                response.headers[name] = value
        return super().finalize_response(request, response, *args, **kwargs)

    def get_parsers(self) -> list[BaseParser]:
        """Take merge patches under PATCH."""
        # drf-spectacular asks while it makes the view's request.
        if self.request is not None and self.request.method == "PATCH":
            return [StrictJSONParser(), MergePatchParser()]
        return super().get_parsers()


def created(request: Request, resource: dict[str, Any]) -> Response:
    """Answer with a new resource and where it is."""
    return Response(resource, status=201, headers={"Location": f"{request.path}/{resource['id']}"})

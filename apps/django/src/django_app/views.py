"""What all viewsets share: the contract's order of checks, OPTIONS, and PATCH's second media type."""

from typing import Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from blogapi.negotiation import negotiate
from blogapi.problems import allow_header
from django_app.media import MergePatchParser, StrictJSONParser


class ContractViewSet(ViewSet):
    """A viewset that refuses in the contract's order: method, version, Accept, token, then what its action raises."""

    agreed: tuple[tuple[str, str], ...] = ()

    @property
    def default_response_headers(self) -> dict[str, str]:
        """None: `Allow` is for 405 and OPTIONS."""
        return {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse an unknown method first, which DRF does last; let OPTIONS pass."""
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        if request.method != "OPTIONS":
            meta = request.META
            agreed = negotiate(request.path, accept=meta.get("HTTP_ACCEPT"), version=meta.get("HTTP_API_VERSION"))
            self.agreed = tuple(agreed.items())
            super().initial(request, *args, **kwargs)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer what the path takes, where DRF would describe its serializers."""
        return Response(status=204, headers={"Allow": allow_header(self.allowed_methods)})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Echo what was agreed."""
        for name, value in self.agreed:
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

"""Cross-origin requests: django-cors-headers, held to what the contract says of preflights and origins."""

from collections.abc import Callable
from urllib.parse import SplitResult

from corsheaders.conf import conf
from corsheaders.middleware import CorsMiddleware
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

_PREFLIGHT_ONLY = ("Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age")


class ContractCorsMiddleware(CorsMiddleware):
    """Costs nothing where no origin is allowed; lets the routes answer preflights, which it would answer itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not conf.CORS_ALLOWED_ORIGINS:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer nothing: a preflight of an unknown path is 404."""
        return None

    def origin_found_in_white_lists(self, origin: str, url: SplitResult) -> bool:
        """Compare exactly, where the base would let pass whatever stands behind the host."""
        return origin in conf.CORS_ALLOWED_ORIGINS

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Keep to preflights what is theirs, and from them what is not."""
        # In the spelling of the other names; the base adds its own only where there is none.
        patch_vary_headers(response, ["Origin"])
        super().add_response_headers(request, response)
        is_preflight = request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        if is_preflight:
            response.headers.pop("Access-Control-Expose-Headers", None)
        if not is_preflight or response.status_code != 204:
            for name in _PREFLIGHT_ONLY:
                response.headers.pop(name, None)
        return response

"""How often a client may ask: DRF's throttles over the shared moving window (blogapi.ratelimits).

DRF's own SimpleRateThrottle reads and writes its history in two steps, so that requests at once pass uncounted.
"""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from blogapi.clients import address_key, client_address, client_key
from blogapi.ratelimits import RateLimiter, RateState, Scope
from django_app.middleware import answer_headers

if TYPE_CHECKING:
    from rest_framework.views import APIView

limiter = RateLimiter(settings.BLOGAPI)


class ClientThrottle(BaseThrottle):
    """Counts by the token's user, else by address."""

    scope: ClassVar[Scope] = "default"
    state: RateState | None = None

    def get_key(self, request: Request, address: str) -> str:
        """Give what the request is counted under."""
        return client_key(settings.BLOGAPI, authorization=request.META.get("HTTP_AUTHORIZATION"), address=address)

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request, and tell the client what is left, whatever the answer is."""
        meta = request.META
        address = client_address(
            settings.BLOGAPI, peer=meta.get("REMOTE_ADDR"), forwarded_for=meta.get("HTTP_X_FORWARDED_FOR")
        )
        self.state = limiter.hit(self.scope, self.get_key(request, address))
        if self.state is None:
            return True
        answer_headers(request).update(self.state.headers())
        return self.state.is_allowed

    def wait(self) -> float | None:
        """Give the seconds after which a request passes."""
        return self.state and self.state.reset_seconds


class AddressThrottle(ClientThrottle):
    """Counts log-ins by address, whatever token they carry."""

    scope = "token"

    def get_key(self, request: Request, address: str) -> str:
        return address_key(address)

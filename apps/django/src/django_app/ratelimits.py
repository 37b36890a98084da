"""How often a client may ask: DRF's throttles over the shared moving window (blogapi.ratelimits).

DRF's own SimpleRateThrottle reads and writes its history in two steps, so that requests at once pass uncounted.
"""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from blogapi.ratelimits import RateLimiter, RateState, Scope, rate_key
from django_app.middleware import answer_headers

if TYPE_CHECKING:
    from rest_framework.views import APIView

limiter = RateLimiter(settings.BLOGAPI)


class ClientThrottle(BaseThrottle):
    """Counts by the token's user, else by address."""

    scope: ClassVar[Scope] = "default"
    state: RateState | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request, and tell the client what is left, whatever the answer is."""
        self.state = limiter.hit(self.scope, self._key(request))
        if self.state is None:
            return True
        answer_headers(request).update(self.state.headers())
        return self.state.is_allowed

    def wait(self) -> float | None:
        """Give the seconds after which a request passes."""
        return self.state and self.state.reset_seconds

    def _key(self, request: Request) -> str:
        meta = request.META
        return rate_key(
            settings.BLOGAPI,
            self.scope,
            peer=meta.get("REMOTE_ADDR"),
            forwarded_for=meta.get("HTTP_X_FORWARDED_FOR"),
            authorization=meta.get("HTTP_AUTHORIZATION"),
        )


class AddressThrottle(ClientThrottle):
    """Counts log-ins by address, whatever token they carry."""

    scope = "token"

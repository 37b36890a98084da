"""Rate limits: a moving window over `limits`' storages, in this process's memory or in Redis."""

import logging
import math
import time
from threading import Lock
from typing import Literal, NamedTuple, Self

from limits import RateLimitItem, WindowStats, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from blogapi.clients import address_key, client_address, client_key
from blogapi.logs import SERVICE
from blogapi.problems import Problem
from blogapi.settings import RATE_LIMIT_OFF, Settings

Scope = Literal["default", "token"]
TOKEN_PATH = "/api/v1/token"  # noqa: S105 -- a path
# How long a request waits for Redis, how long a silent one is not asked again, and how often that is logged.
STORAGE_TIMEOUT_SECONDS = 0.2
RETRY_SECONDS = 1.0
WARNING_SECONDS = 60.0
_EXEMPT = ("/health", "/metrics")


class RateState(NamedTuple):
    """What a client has left of a limit, this request counted in; `reset_seconds` until its oldest one is forgotten."""

    limit: int
    remaining: int
    reset_seconds: int
    is_allowed: bool

    @classmethod
    def of(cls, limit: RateLimitItem, window: WindowStats, *, is_allowed: bool) -> Self:
        """Tell what is left of a limit by its window, which is read after the request was counted."""
        reset_seconds = max(1, math.ceil(window.reset_time - time.time()))
        return cls(limit.amount, max(0, window.remaining), reset_seconds, is_allowed)

    def headers(self) -> dict[str, str]:
        """The headers of every limited response."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }

    def check(self) -> None:
        """Let pass what is within the limit.

        Raises:
            Problem: `rate_limited`, with `Retry-After`: one request passes then.
        """
        if not self.is_allowed:
            raise Problem("rate_limited", headers={"Retry-After": str(self.reset_seconds)})


def rate_scope(method: str, path: str) -> Scope | None:
    """Tell which limit a routed request counts towards: its path's, or None where it is not limited."""
    if method == "OPTIONS" or path.startswith(_EXEMPT):
        return None
    return "token" if path == TOKEN_PATH else "default"


def rate_key(
    settings: Settings, scope: Scope | None, *, peer: str | None, forwarded_for: str | None, authorization: str | None
) -> str:
    """Give what a request is counted under: log-ins the address, all others the token's user, else the address.

    Args:
        settings: of the service.
        scope: as of `rate_scope`.
        peer: as of `client_address`.
        forwarded_for: as of `client_address`.
        authorization: the Authorization header.
    """
    address = client_address(settings, peer=peer, forwarded_for=forwarded_for)
    return (
        address_key(address) if scope == "token" else client_key(settings, authorization=authorization, address=address)
    )


def rate_limits(settings: Settings) -> dict[Scope, str]:
    """The limits that are on, as the settings have them."""
    limits: dict[Scope, str] = {"default": settings.rate_limit_default, "token": settings.rate_limit_token}
    return {scope: limit for scope, limit in limits.items() if limit != RATE_LIMIT_OFF}


class Outage:
    """Spares a storage that does not answer, and the log: paces the questions and the warnings."""

    def __init__(self) -> None:
        self._asked_again_at = self._warned_again_at = 0.0
        # Several threads may find the storage gone at once.
        self._lock = Lock()

    @property
    def is_recent(self) -> bool:
        """Whether the storage should be left alone for now."""
        return time.monotonic() < self._asked_again_at

    def note(self, error: StorageError) -> None:
        """Leave the storage alone for `RETRY_SECONDS`, and warn of it once in `WARNING_SECONDS`."""
        now = time.monotonic()
        self._asked_again_at = now + RETRY_SECONDS
        with self._lock:
            is_due = now >= self._warned_again_at
            self._warned_again_at = now + WARNING_SECONDS if is_due else self._warned_again_at
        if is_due:
            fields = {"error": type(error.storage_error).__name__}
            logging.getLogger(SERVICE).warning("rate_limits_unavailable", extra={"fields": fields})


class RateLimiter:
    """Counts requests by scope and client. One a process; with `memory://` each process counts for itself."""

    def __init__(self, settings: Settings) -> None:
        self._items = {scope: parse(limit) for scope, limit in rate_limits(settings).items()}
        self._storage = rate_limit_storage(settings)
        self._window = MovingWindowRateLimiter(self._storage)
        self._outage = Outage()

    @property
    def blocks(self) -> bool:
        """Whether counting waits for a network, and so does not belong on an event loop."""
        return not isinstance(self._storage, MemoryStorage)

    def hit(self, scope: Scope, key: str) -> RateState | None:
        """Count a request of the client `key` (see `clients`).

        Returns:
            What is left; None where there is no limit, or the storage does not answer: then requests pass.
        """
        item = self._items.get(scope)
        if item is None or self._outage.is_recent:
            return None
        try:
            is_allowed = self._window.hit(item, scope, key)
            window = self._window.get_window_stats(item, scope, key)
        except StorageError as error:
            self._outage.note(error)
            return None
        return RateState.of(item, window, is_allowed=is_allowed)

    def is_working(self) -> bool:
        """Ask whether requests can be counted at present; takes as long as the storage's time-out at the most."""
        try:
            return not self._items or bool(self._storage.check())
        except StorageError:
            return False


def rate_limit_storage(settings: Settings) -> Storage:
    """Make the storage that `RATE_LIMIT_STORAGE` names; nothing is asked of a server yet.

    `memory://` keeps a little of every client it has ever counted and walks through all of them while it counts: it is
    for development and for one small process. Production has Redis.
    """
    storage = storage_from_string(settings.rate_limit_storage.get_secret_value(), **storage_options(settings))
    if not isinstance(storage, Storage):
        raise TypeError("an asynchronous storage")
    return storage


def storage_options(settings: Settings) -> dict[str, str | float | bool]:
    """What a storage is told beside its URL; one in memory heeds only how it is to fail."""
    return {
        "wrap_exceptions": True,
        "key_prefix": settings.rate_limit_prefix,
        "socket_timeout": STORAGE_TIMEOUT_SECONDS,
        "socket_connect_timeout": STORAGE_TIMEOUT_SECONDS,
    }

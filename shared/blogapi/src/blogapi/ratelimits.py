"""Rate limits: a moving window over `limits`' storages, in this process's memory or in Redis."""

import logging
import math
import time
from threading import Lock
from typing import Literal, NamedTuple

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

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


class RateLimiter:
    """Counts requests by scope and client. One a process; with `memory://` each process counts for itself."""

    def __init__(self, settings: Settings) -> None:
        self._items: dict[Scope, RateLimitItem | None] = {
            "default": rate_limit_item(settings.rate_limit_default),
            "token": rate_limit_item(settings.rate_limit_token),
        }
        self._storage = rate_limit_storage(settings)
        self._window = MovingWindowRateLimiter(self._storage)
        self._asked_again_at = self._warned_again_at = 0.0
        # Several threads may find the storage gone at once.
        self._warning = Lock()

    @property
    def blocks(self) -> bool:
        """Whether counting waits for a network, and so does not belong on an event loop."""
        return not isinstance(self._storage, MemoryStorage)

    def hit(self, scope: Scope, key: str) -> RateState | None:
        """Count a request of the client `key` (see `clients`).

        Returns:
            What is left; None where there is no limit, or the storage does not answer: then requests pass.
        """
        item = self._items[scope]
        if item is None or time.monotonic() < self._asked_again_at:
            return None
        try:
            is_allowed = self._window.hit(item, scope, key)
            window = self._window.get_window_stats(item, scope, key)
        except StorageError as error:
            self._warn(error)
            return None
        reset = max(1, math.ceil(window.reset_time - time.time()))
        return RateState(item.amount, max(0, window.remaining), reset, is_allowed)

    def is_working(self) -> bool:
        """Ask whether requests can be counted at present; takes as long as the storage's time-out at the most."""
        try:
            return all(item is None for item in self._items.values()) or bool(self._storage.check())
        except StorageError:
            return False

    def _warn(self, error: StorageError) -> None:
        now = time.monotonic()
        self._asked_again_at = now + RETRY_SECONDS
        with self._warning:
            is_due = now >= self._warned_again_at
            self._warned_again_at = now + WARNING_SECONDS if is_due else self._warned_again_at
        if is_due:
            fields = {"error": type(error.storage_error).__name__}
            logging.getLogger(SERVICE).warning("rate_limits_unavailable", extra={"fields": fields})


def rate_limit_item(text: str) -> RateLimitItem | None:
    """Read a limit as the settings have it; None where it is off."""
    return None if text == RATE_LIMIT_OFF else parse(text)


def rate_limit_storage(settings: Settings) -> Storage:
    """Make the storage that `RATE_LIMIT_STORAGE` names; nothing is asked of a server yet.

    `memory://` keeps a little of every client it has ever counted and walks through all of them while it counts: it is
    for development and for one small process. Production has Redis.
    """
    url = settings.rate_limit_storage.get_secret_value()
    if url.startswith("memory://"):
        return MemoryStorage(wrap_exceptions=True)
    storage = storage_from_string(
        url,
        wrap_exceptions=True,
        key_prefix=settings.rate_limit_prefix,
        socket_timeout=STORAGE_TIMEOUT_SECONDS,
        socket_connect_timeout=STORAGE_TIMEOUT_SECONDS,
    )
    if not isinstance(storage, Storage):
        raise TypeError("an asynchronous storage")
    return storage

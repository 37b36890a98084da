"""Rate limits: flask-limiter counts, by the scopes, under the keys and in the storage that all variants share."""

import logging
import math
import time
from threading import Lock

from flask import Flask, g, request
from flask_limiter import ApplicationLimit, Limiter
from limits.errors import StorageError

from blogapi.clients import address_key, client_address, client_key
from blogapi.logs import SERVICE
from blogapi.ratelimits import (
    RETRY_SECONDS,
    STORAGE_TIMEOUT_SECONDS,
    WARNING_SECONDS,
    RateState,
    Scope,
    rate_scope,
)
from blogapi.settings import RATE_LIMIT_OFF, Settings


class RateLimits:
    """The limiter of one application."""

    def __init__(self, settings: Settings) -> None:
        limits: dict[Scope, str] = {"default": settings.rate_limit_default, "token": settings.rate_limit_token}
        self._settings = settings
        self._limits = {scope: limit for scope, limit in limits.items() if limit != RATE_LIMIT_OFF}
        self._asked_again_at = self._warned_again_at = 0.0
        # The threads of a worker notice at the same time.
        self._lock = Lock()
        # A counter's name is its limit's key and then its scope, where the other variants have scope and client.
        self._limiter = Limiter(
            _scope,
            application_limits=[ApplicationLimit(self._limit, scope=self._client)],
            strategy="moving-window",
            storage_uri=settings.rate_limit_storage.get_secret_value(),
            swallow_errors=True,
        )

    def register(self, app: Flask) -> None:
        """Count what the hooks that are registered already have let pass; without a limit, do nothing at all."""
        app.extensions["rate_limits"] = self
        if not self._limits:
            return
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {
            "wrap_exceptions": True,
            "key_prefix": self._settings.rate_limit_prefix,
            "socket_timeout": STORAGE_TIMEOUT_SECONDS,
            "socket_connect_timeout": STORAGE_TIMEOUT_SECONDS,
        }
        self._limiter.init_app(app)
        # Below that it has a line, with the client's address, for each request that is refused.
        self._limiter.logger.setLevel(logging.WARNING)
        self._limiter.logger.addFilter(self._is_no_outage)
        app.before_request(self.add_headers)

    def add_headers(self) -> None:
        """Tell what the client has left of the limit that the request was counted towards."""
        current = self._limiter.current_limit
        if current is None:
            return
        try:
            window = current.window
        except StorageError as error:
            self._pause(error)
            return
        reset = max(1, math.ceil(window.reset_time - time.time()))
        state = RateState(current.limit.amount, max(0, window.remaining), reset, not current.breached)
        g.headers.update(state.headers())

    def are_working(self) -> bool:
        """Ask whether requests can be counted at present; takes as long as the storage's time-out at the most."""
        return not self._limits or self._limiter.storage.check()

    def _limit(self) -> str:
        if time.monotonic() < self._asked_again_at:
            return ""
        scope = rate_scope(request.method, request.path)
        return "" if scope is None else self._limits.get(scope, "")

    def _client(self, _endpoint: str) -> str:
        forwarded_for = request.headers.get("X-Forwarded-For")
        address = client_address(self._settings, peer=request.remote_addr, forwarded_for=forwarded_for)
        if _scope() == "token":
            return address_key(address)
        return client_key(self._settings, authorization=request.headers.get("Authorization"), address=address)

    def _is_no_outage(self, record: logging.LogRecord) -> bool:
        # flask-limiter swallows its storage's errors; its log is the only place where it tells of them.
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, StorageError):
            return True
        self._pause(error)
        return False

    def _pause(self, error: StorageError) -> None:
        now = time.monotonic()
        self._asked_again_at = now + RETRY_SECONDS
        with self._lock:
            is_due = now >= self._warned_again_at
            if is_due:
                self._warned_again_at = now + WARNING_SECONDS
        if is_due:
            fields = {"error": type(error.storage_error).__name__}
            logging.getLogger(SERVICE).warning("rate_limits_unavailable", extra={"fields": fields})


def _scope() -> str:
    return rate_scope(request.method, request.path) or ""

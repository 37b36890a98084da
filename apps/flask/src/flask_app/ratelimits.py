"""Rate limits: flask-limiter counts, by the scopes, under the keys and in the storage that all variants share."""

import logging

from flask import Flask, g, request
from flask_limiter import ApplicationLimit, Limiter
from limits.errors import StorageError

from blogapi.ratelimits import Outage, RateState, rate_key, rate_limits, rate_scope, storage_options
from blogapi.settings import Settings


class RateLimits:
    """The limiter of one application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = rate_limits(settings)
        self._outage = Outage()
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
        app.config["RATELIMIT_STORAGE_OPTIONS"] = storage_options(self._settings)
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
            self._outage.note(error)
            return
        g.headers.update(RateState.of(current.limit, window, is_allowed=not current.breached).headers())

    def are_working(self) -> bool:
        """Ask whether requests can be counted at present; takes as long as the storage's time-out at the most."""
        return not self._limits or self._limiter.storage.check()

    def _limit(self) -> str:
        if self._outage.is_recent:
            return ""
        scope = rate_scope(request.method, request.path)
        return "" if scope is None else self._limits.get(scope, "")

    def _client(self, _endpoint: str) -> str:
        headers = request.headers
        return rate_key(
            self._settings,
            rate_scope(request.method, request.path),
            peer=request.remote_addr,
            forwarded_for=headers.get("X-Forwarded-For"),
            authorization=headers.get("Authorization"),
        )

    def _is_no_outage(self, record: logging.LogRecord) -> bool:
        # flask-limiter swallows its storage's errors; its log is the only place where it tells of them.
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, StorageError):
            return True
        self._outage.note(error)
        return False


def _scope() -> str:
    return rate_scope(request.method, request.path) or ""

"""What the operator sees of each request: its log line, its place in the metrics, its span."""

import time
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from blogapi.clients import client_address
from blogapi.logs import request_logger
from blogapi.metrics import Metrics
from blogapi.settings import Settings
from blogapi.tracing import create_tracer, trace_id

if TYPE_CHECKING:
    from opentelemetry.trace import Span

# The route of a request that has none, or that was refused before it was looked for.
UNMATCHED = "unmatched"


class Observation:
    """A request that is being answered. Whoever learns the route and the user writes them here."""

    __slots__ = ("route", "span", "started", "trace_id", "user_id")

    def __init__(self, traceparent: str | None, span: "Span | None") -> None:
        self.started = time.perf_counter()
        self.span = span
        self.trace_id = f"{span.get_span_context().trace_id:032x}" if span else trace_id(traceparent)
        # The template of the path, as openapi.yaml has it.
        self.route = UNMATCHED
        self.user_id: int | None = None


class Observer:
    """Observes the requests of this process. Made after the server has forked; closed when the process ends."""

    def __init__(self, settings: Settings, framework: str, output: BinaryIO | None = None) -> None:
        self._settings = settings
        self._is_logging = settings.log_level in ("debug", "info")
        self._logger = request_logger(framework, settings.log_level, output)
        self._metrics = Metrics() if settings.metrics else None
        self._tracer = create_tracer(settings, framework)

    def begin(self, traceparent: str | None) -> Observation:
        """Take note of a request as it comes in.

        Args:
            traceparent: the header; an invalid one is as none.
        """
        if self._metrics:
            self._metrics.in_progress.inc()
        return Observation(traceparent, self._tracer.start(traceparent) if self._tracer else None)

    def end(
        self,
        observation: Observation,
        *,
        method: str,
        path: str,
        status: int,
        request_id: str,
        peer: str | None,
        forwarded_for: str | None,
    ) -> None:
        """Count and log the request once its answer is made; to be called exactly once, also after a failure.

        Args:
            path: decoded, with U+FFFD for what is no UTF-8; without the query, which may hold what is private.
            peer: the other end of the connection; see `client_address`.
            forwarded_for: the X-Forwarded-For header, its lines joined by commas.
        """
        route, seconds = observation.route, time.perf_counter() - observation.started
        if self._metrics:
            self._metrics.count(method=method, route=route, status=status, seconds=seconds)
        if self._tracer and observation.span:
            self._tracer.end(observation.span, method=method, route=route, path=path, status=status)
        if self._is_logging:
            # A log that cannot be written, its disk full or its reader gone, is no reason to fail requests.
            with suppress(OSError):
                self._logger.info(
                    "request",
                    request_id=request_id,
                    trace_id=observation.trace_id,
                    method=method,
                    route=route,
                    path=path,
                    status=status,
                    duration_ms=round(seconds * 1000, 3),
                    client=client_address(self._settings, peer=peer, forwarded_for=forwarded_for),
                    user_id=observation.user_id,
                )

    def metrics_text(self) -> bytes | None:
        """What `/metrics` answers; None where `METRICS` is off, and there is no such path."""
        return self._metrics.text() if self._metrics else None

    def close(self) -> None:
        """Export the spans that are left."""
        if self._tracer:
            self._tracer.close()

"""Traces: the caller's by W3C Trace Context, and with TRACING on a span a request by OpenTelemetry."""

import re
from typing import TYPE_CHECKING, Any

from blogapi.logs import SERVICE
from blogapi.metrics import method_label
from blogapi.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.trace import Span

# W3C Trace Context, 3.2: version, trace, parent, flags; later versions may add to it, version 00 may not.
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


def trace_id(traceparent: str | None) -> str | None:
    """Give the trace that a request belongs to, 32 hexadecimal digits; None where the header is absent or invalid."""
    # RFC 9110, 5.6.3: what may stand around a value, and no other white space.
    match = _TRACEPARENT.fullmatch(traceparent.strip(" \t")) if traceparent else None
    return match[2] if match and not (match[1] == "00" and match[3]) else None


class Tracer:
    """Makes a span for each request, exported by OTLP as the variables of OpenTelemetry say (OTEL_EXPORTER_OTLP_…).

    Nothing global is set, so that no framework starts to trace on its own.
    """

    def __init__(self, framework: str) -> None:
        # Only where it is on: the packages are an extra.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        # The names of OpenTelemetry's variables win: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
        resource = Resource.create({"service.name": SERVICE, "service.framework": framework})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(SERVICE)
        self._propagator = TraceContextTextMapPropagator()
        self._server, self._error = SpanKind.SERVER, Status(StatusCode.ERROR)

    def start(self, traceparent: str | None) -> "Span":
        """Begin the span of a request, as a child of the caller's where it names one."""
        carrier: dict[str, Any] = {"traceparent": traceparent} if trace_id(traceparent) else {}
        return self._tracer.start_span("request", self._propagator.extract(carrier), self._server)

    def end(self, span: "Span", *, method: str, route: str, path: str, status: int) -> None:
        """Name the span and end it (OpenTelemetry's semantic conventions for HTTP server spans)."""
        method = method_label(method)
        span.update_name(f"{method} {route}")
        span.set_attributes(
            {
                "http.request.method": method,
                "http.route": route,
                "url.path": path,
                "http.response.status_code": status,
            }
        )
        if status >= 500:
            span.set_status(self._error)
        span.end()

    def close(self) -> None:
        """Export what is left."""
        self._provider.shutdown()


def create_tracer(settings: Settings, framework: str) -> Tracer | None:
    """Make the tracer of this process; None where `TRACING` is off."""
    return Tracer(framework) if settings.tracing else None

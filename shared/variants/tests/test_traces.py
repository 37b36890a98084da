"""With TRACING on each request is a span: the caller's child, of the same name in every variant (20.7, 20.8)."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

from variants.catalog import Variant, load_variants
from variants.databases import Rows, sqlite_database
from variants.process import running

SECONDS = 30
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, NOT_SAMPLED = f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00"


@dataclass(frozen=True)
class Case:
    """A request, its status `code`, and what its span is to have; the path is that of the request unless `told`."""

    method: str
    path: str
    name: str
    code: int
    told: str = ""
    status: int = Status.STATUS_CODE_UNSET
    traceparent: str = SAMPLED


RECORDED = [
    Case("GET", "/api/v1/articles/1?q=x", "GET /api/v1/articles/{article_id}", 200, "/api/v1/articles/1"),
    Case("GET", "/api/v1/ping", "GET /api/v1/ping", 200, traceparent=""),
    Case("GET", "/api/v1/ping", "GET /api/v1/ping", 200, traceparent=f"ff-{TRACE}-{PARENT}-01"),
    Case("POST", "/api/v1/articles", "POST /api/v1/articles", 401),
    # What an exporter cannot encode would lose the whole batch.
    Case("GET", "/nowhere%FF", "GET unmatched", 404, "/nowhere\ufffd"),
    Case("PROPFIND", "/api/v1/ping", "OTHER /api/v1/ping", 405),
    Case("GET", "/api/v1/articles/2", "GET /api/v1/articles/{article_id}", 500, status=Status.STATUS_CODE_ERROR),
]
# A caller that does not record its trace has none recorded below it.
UNRECORDED = Case("GET", "/api/v1/ping", "GET /api/v1/ping", 200, traceparent=NOT_SAMPLED)
READINESS = "GET /health/ready"


@dataclass
class Collector:
    """What has been exported to a server that takes OTLP over HTTP."""

    url: str
    exported: list[ResourceSpans] = field(default_factory=list)

    def spans(self) -> list[Span]:
        """All spans, in the order in which they came."""
        return [span for resource in self.exported for scope in resource.scope_spans for span in scope.spans]


@contextmanager
def collecting() -> Iterator[Collector]:
    """Take what is exported, as a collector does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces":
                collector.exported.extend(ExportTraceServiceRequest.FromString(body).resource_spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Traced:
    """What a variant has exported, and the log's lines of the same requests, in the order in which they were sent."""

    framework: str
    spans: list[Span]
    lines: list[dict[str, Any]]
    resources: list[ResourceSpans]


def send(base_url: str, case: Case) -> None:
    """Send a case on a connection of its own."""
    headers = {"traceparent": case.traceparent} if case.traceparent else {}
    answer = requests.request(case.method, base_url + case.path, headers=headers, timeout=SECONDS)
    assert (case.name, answer.status_code) == (case.name, case.code)


def environment(collector: Collector) -> dict[str, str]:
    """Settings for a service that exports nothing before its end: no batch is that large, and no wait that short."""
    return {"TRACING": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "3600000"}


def traced_by(variant: Variant, log: Path) -> Traced:
    """Start a variant, send it every case, and end it."""
    with collecting() as collector:
        with (
            sqlite_database(Rows(articles=20, users=5)) as database,
            running(variant, database_url=database.url, environment=environment(collector), log_path=log) as server,
        ):
            for case in [*RECORDED, UNRECORDED]:
                if case.code == 500:
                    with closing(sqlite3.connect(database.path)) as connection:
                        connection.execute("ALTER TABLE articles RENAME COLUMN title TO headline")
                send(server.base_url, case)
            assert collector.exported == []
        spans = [span for span in collector.spans() if span.name != READINESS]
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    told = [line for line in lines if line["event"] == "request" and line["route"] != "/health/ready"]
    return Traced(variant.name, spans, told, collector.exported)


@pytest.fixture(scope="module", params=load_variants().values(), ids=lambda variant: variant.name)
def traced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Traced:
    """What a variant has exported when it has ended."""
    return traced_by(request.param, tmp_path_factory.mktemp("log") / "server.log")


def attributes(pairs: Iterable[KeyValue]) -> dict[str, str | int]:
    """Attributes by their keys."""
    return {pair.key: pair.value.int_value or pair.value.string_value for pair in pairs}


def expected(case: Case) -> tuple[Any, ...]:
    """The span of a case: name, kind, status, parent and attributes."""
    method, _, route = case.name.partition(" ")
    told = {
        "http.request.method": method,
        "http.route": route,
        "url.path": case.told or case.path,
        "http.response.status_code": case.code,
    }
    return case.name, Span.SPAN_KIND_SERVER, case.status, PARENT if case.traceparent == SAMPLED else "", told


def test_each_request_is_one_span_of_kind_server_below_the_callers(traced: Traced) -> None:
    found = [
        (span.name, span.kind, span.status.code, span.parent_span_id.hex(), attributes(span.attributes))
        for span in traced.spans
    ]
    assert found == [expected(case) for case in RECORDED]
    assert [span.trace_id.hex() for span in traced.spans if span.parent_span_id] == [TRACE] * (len(RECORDED) - 2)
    assert min(span.end_time_unix_nano - span.start_time_unix_nano for span in traced.spans) > 0


def test_each_log_line_names_the_trace_of_its_span(traced: Traced) -> None:
    traces = [span.trace_id.hex() for span in traced.spans]
    assert [line["trace_id"] for line in traced.lines] == [*traces, TRACE]
    # Those without a parent have a trace of their own each.
    assert len(set(traces)) == 3


def test_the_spans_are_those_of_this_service(traced: Traced) -> None:
    names = [attributes(resource.resource.attributes) for resource in traced.resources]
    assert {(each["service.name"], each["service.framework"]) for each in names} == {("blog-api", traced.framework)}

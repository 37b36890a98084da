"""The caller's trace, as W3C Trace Context reads it, and tracing that is off."""

import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from blogapi.settings import Settings
from blogapi.tracing import create_tracer, trace_id

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"

# W3C Trace Context, 3.2.2: version, trace, parent and flags, in lower case; a later version may add to these.
VALID = [
    f"00-{TRACE}-{PARENT}-01",
    f"00-{TRACE}-{PARENT}-00",
    f"00-{TRACE}-{PARENT}-ff",
    f"00-{'1':0>32}-{'1':0>16}-01",
    f" \t00-{TRACE}-{PARENT}-01 ",
    f"01-{TRACE}-{PARENT}-01",
    f"cc-{TRACE}-{PARENT}-01-",
    f"fe-{TRACE}-{PARENT}-01-what-will-be",
]
INVALID = [
    None,
    "",
    " ",
    "-",
    "00",
    TRACE,
    f"00-{TRACE}-{PARENT}",
    f"00-{TRACE}-{PARENT}-",
    f"00-{TRACE}-{PARENT}-1",
    f"00-{TRACE}-{PARENT}-012",
    f"00-{TRACE}-{PARENT}-01-",
    f"00-{TRACE}-{PARENT}-01-more",
    f"01-{TRACE}-{PARENT}-01more",
    f"ff-{TRACE}-{PARENT}-01",
    f"0-{TRACE}-{PARENT}-01",
    f"0x-{TRACE}-{PARENT}-01",
    f"00-{'0' * 32}-{PARENT}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE.upper()}-{PARENT}-01",
    f"00-{TRACE}-{PARENT.upper()}-01",
    f"00-{TRACE}-{PARENT}-0A",
    f"FE-{TRACE}-{PARENT}-01",
    f"00-{TRACE[1:]}-{PARENT}-01",
    f"00-{TRACE}0-{PARENT}-01",
    f"00-{TRACE[1:]}g-{PARENT}-01",
    f"00-{TRACE[1:]}\u0663-{PARENT}-01",
    f"00-{TRACE}-{PARENT}-01\n",
    f"00-{TRACE}-{PARENT}-01\u00a0",
    f"\u008500-{TRACE}-{PARENT}-01",
    f"00-{TRACE}-{PARENT}-01, 00-{TRACE}-{PARENT}-01",
    f"00_{TRACE}_{PARENT}_01",
]


@pytest.mark.parametrize("header", VALID)
def test_a_valid_header_names_its_trace(header: str) -> None:
    assert trace_id(header) == header.strip().split("-")[1]


@pytest.mark.parametrize("header", INVALID)
def test_an_invalid_header_is_as_none(header: str | None) -> None:
    assert trace_id(header) is None


HEX = "0123456789abcdef"
PARTS = st.tuples(
    st.sampled_from(["00", "01", "ff", "fe", "0A", "g0"]),
    st.one_of(st.text(HEX, min_size=32, max_size=32), st.sampled_from(["0" * 32, TRACE.upper(), TRACE + "0"])),
    st.one_of(st.text(HEX, min_size=16, max_size=16), st.sampled_from(["0" * 16, PARENT.upper(), PARENT[1:]])),
    st.text(HEX, min_size=1, max_size=3),
    st.sampled_from(["", "-", "-x", "x", ",", " ", "\t"]),
)


@given(PARTS)
def test_what_is_valid_is_so_for_opentelemetry_too(parts: tuple[str, str, str, str, str]) -> None:
    header = "-".join(parts[:4]) + parts[4]
    context = get_current_span(TraceContextTextMapPropagator().extract({"traceparent": header})).get_span_context()
    assert trace_id(header) == (f"{context.trace_id:032x}" if context.is_valid else None)


@given(st.text())
def test_no_other_text_is_a_trace(text: str) -> None:
    assume(not re.search("[0-9a-f]{32}", text))
    assert trace_id(text) is None


def test_there_is_no_tracer_and_no_package_is_needed_where_tracing_is_off(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    assert create_tracer(make_settings(), "flask") is None

"""An observed request: its log line, its place in the metrics, and what can be switched off."""

import json
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from blogapi.observation import Observation, Observer
from blogapi.settings import Settings

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
REQUEST = {
    "method": "GET",
    "path": "/api/v1/articles/7",
    "status": 200,
    "request_id": "the-id",
    "peer": "127.0.0.1",
    "forwarded_for": None,
}
# 20.6
KEYS = {
    *("timestamp", "level", "event", "service", "framework", "request_id", "trace_id", "method", "route", "path"),
    *("status", "duration_ms", "client", "user_id"),
}


@pytest.fixture
def observer(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Observer]:
    """Make an observer: `observer(log_level="warning")`."""
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    return lambda **values: Observer(make_settings(**values), "flask")


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """What has been logged since it was asked last."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


Lines = Callable[[], list[dict[str, Any]]]
Make = Callable[..., Observer]


def ended(observer: Observer, observation: Observation, **values: object) -> None:
    """End a request that is like REQUEST but for `values`."""
    observer.end(observation, **{**REQUEST, **values})  # type: ignore[arg-type]  # the values are those of `end`


def test_a_request_is_one_line_of_these_keys(observer: Make, lines: Lines) -> None:
    observing = observer()
    observation = observing.begin(TRACEPARENT)
    observation.route, observation.user_id = "/api/v1/articles/{article_id}", 3
    ended(observing, observation)
    (line,) = lines()
    assert set(line) == KEYS
    assert {
        name: line[name] for name in ("request_id", "trace_id", "method", "route", "path", "status", "user_id")
    } == {
        "request_id": "the-id",
        "trace_id": TRACE,
        "method": "GET",
        "route": "/api/v1/articles/{article_id}",
        "path": "/api/v1/articles/7",
        "status": 200,
        "user_id": 3,
    }
    assert (line["level"], line["event"], line["client"]) == ("info", "request", "127.0.0.1")
    assert isinstance(line["duration_ms"], float)
    assert line["duration_ms"] >= 0


def test_what_nobody_has_learnt_is_unmatched_and_null(observer: Make, lines: Lines) -> None:
    observing = observer()
    ended(observing, observing.begin(None), method="PROPFIND")
    (line,) = lines()
    assert (line["route"], line["user_id"], line["trace_id"]) == ("unmatched", None, None)
    # What came in is logged; only the metrics know few methods.
    assert line["method"] == "PROPFIND"


def test_the_client_is_who_a_trusted_proxy_says(observer: Make, lines: Lines) -> None:
    observing = observer(trusted_proxies="127.0.0.1")
    for peer in ("127.0.0.1", "192.0.2.9"):
        ended(observing, observing.begin(None), peer=peer, forwarded_for="198.51.100.1, 203.0.113.5")
    assert [line["client"] for line in lines()] == ["203.0.113.5", "192.0.2.9"]


@pytest.mark.parametrize(("level", "number"), [("debug", 1), ("info", 1), ("warning", 0), ("error", 0)])
def test_requests_are_logged_from_level_info_on(observer: Make, lines: Lines, level: str, number: int) -> None:
    observing = observer(log_level=level)
    ended(observing, observing.begin(None))
    assert len(lines()) == number
    assert b'http_requests_total{method="GET",route="unmatched",status="200"} 1.0' in (observing.metrics_text() or b"")


def test_a_log_that_cannot_be_written_fails_no_request(observer: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = Mock()
    # As on a full disk, or where nobody reads any more.
    stdout.buffer.flush.side_effect = OSError
    monkeypatch.setattr(sys, "stdout", stdout)
    observing = observer()
    ended(observing, observing.begin(None))
    stdout.buffer.flush.assert_called_once()
    assert b'status="200"} 1.0' in (observing.metrics_text() or b"")


def test_a_request_is_in_progress_from_its_beginning_to_its_end(observer: Make) -> None:
    observing = observer()
    observation = observing.begin(None)
    assert b"\nhttp_requests_in_progress 1.0\n" in (observing.metrics_text() or b"")
    ended(observing, observation)
    assert b"\nhttp_requests_in_progress 0.0\n" in (observing.metrics_text() or b"")


def test_without_metrics_nothing_is_counted(observer: Make, lines: Lines) -> None:
    observing = observer(metrics=False)
    ended(observing, observing.begin(None))
    assert observing.metrics_text() is None
    assert len(lines()) == 1


def test_closing_an_observer_that_does_not_trace_does_nothing(observer: Make, lines: Lines) -> None:
    observer().close()
    assert lines() == []

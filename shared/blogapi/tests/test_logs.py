"""Log lines: JSON, one object a line, whatever is logged."""

import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.logs import SERVICE, JsonFormatter, configure_logging, log_internal_error


def record_of(message: str, **fields: object) -> logging.LogRecord:
    record = logging.LogRecord("blog-api", logging.WARNING, "file.py", 1, message, (), None)
    record.fields = fields
    return record


@given(st.text(), st.text())
def test_no_value_starts_a_line_of_its_own(message: str, value: str) -> None:
    line = JsonFormatter("flask").format(record_of(message.replace("%", ""), path=value))
    assert len(line.splitlines()) == 1
    assert json.loads(line)["path"] == value


def test_a_line_has_the_contracts_members() -> None:
    line = json.loads(JsonFormatter("flask").format(record_of("internal_error", request_id="the-id")))
    assert list(line) == ["timestamp", "level", "event", "service", "framework", "request_id"]
    assert (line["level"], line["event"], line["service"]) == ("warning", "internal_error", "blog-api")
    assert (line["framework"], line["request_id"]) == ("flask", "the-id")


@pytest.fixture
def _own_root() -> Iterator[None]:
    """Give the root logger back to whoever runs the tests."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)


@pytest.mark.usefixtures("_own_root")
def test_an_internal_error_is_logged_with_its_trace_under_the_requests_id(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    configure_logging("flask", "info")
    with pytest.raises(ValueError, match="first") as raised:
        int("first\nsecond")
    log_internal_error(raised.value, request_id="the-id")
    logging.getLogger("other").debug("not told")
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["event"], line["level"], line["request_id"]) == ("internal_error", "error", "the-id")
    assert line["service"] == SERVICE
    assert line["trace"].startswith("Traceback")
    assert "ValueError: " in line["trace"]

"""Log lines: JSON, one object a line, whatever is logged."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapi.logs import (
    SERVICE,
    configure_logging,
    log_database_unavailable,
    log_internal_error,
    request_logger,
)

# What begins a line for some reader or other, what moves a terminal's cursor, and what no encoding has.
BREAKS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\x1b[2K", "\x9b2K", "\ud800"]
TEXTS = st.lists(st.one_of(st.text(), st.sampled_from(BREAKS)), max_size=4).map("".join)
FORGED = '{"event":"request"}'


@pytest.fixture(autouse=True)
def _own_root() -> Iterator[None]:
    """Give the root logger back to whoever runs the tests."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)


def written(act: Callable[[], object]) -> str:
    """What is written to stdout, which takes ASCII only, as that of a service may."""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with redirect_stdout(stdout):
        act()
        stdout.flush()
    return stdout.buffer.getvalue().decode("ascii")


def lines(act: Callable[[], object]) -> list[dict[str, Any]]:
    """The lines that are logged."""
    return [json.loads(line) for line in written(act).splitlines()]


def by_standard_library(level: str, act: Callable[[], object]) -> Callable[[], object]:
    """Log by the standard library's loggers, from `level` on."""

    def logged() -> None:
        configure_logging("flask", level)
        act()

    return logged


def everywhere(test: Callable[[str], None]) -> Callable[[str], None]:
    """Try a test with texts of any kind, and with each of BREAKS for certain."""
    for mark in BREAKS:
        test = example(f"/{mark}{FORGED}")(test)
    return given(TEXTS)(test)


@everywhere
def test_no_value_of_a_request_starts_a_line_of_its_own(text: str) -> None:
    values = {"path": text, "method": text, "client": text}
    logged = written(lambda: request_logger("flask", "info").info("request", **values))
    assert (len(logged.splitlines()), logged[-1]) == (1, "\n")
    line = json.loads(logged)
    assert {name: line[name] for name in values} == values
    assert line["event"] == "request"


@everywhere
def test_no_message_of_a_library_starts_a_line_of_its_own(text: str) -> None:
    def act() -> None:
        logging.getLogger("library").warning("%s", text, extra={"fields": {"path": text}})

    logged = written(by_standard_library("info", act))
    assert (len(logged.splitlines()), logged[-1]) == (1, "\n")
    assert (json.loads(logged)["event"], json.loads(logged)["path"]) == (text, text)


def test_a_huge_value_is_one_line() -> None:
    (line,) = lines(lambda: request_logger("flask", "info").info("request", path="/" + "\u2028x" * 500_000))
    assert len(line["path"]) == 1_000_001


def test_what_json_has_not_is_told_in_words() -> None:
    odd = {"path": object, "number": 2**70}
    (line,) = lines(lambda: request_logger("flask", "info").info("request", **odd))
    assert (line["path"], line["number"]) == ("<class 'object'>", 2**70)


def test_a_request_line_has_the_common_keys_and_its_own() -> None:
    before = datetime.now(UTC)
    (line,) = lines(lambda: request_logger("flask", "info").info("request", request_id="the-id"))
    assert set(line) == {"timestamp", "level", "event", "service", "framework", "request_id"}
    assert (line["level"], line["event"], line["service"]) == ("info", "request", "blog-api")
    assert (line["framework"], line["request_id"]) == ("flask", "the-id")
    assert line["timestamp"].endswith("Z")
    assert timedelta(0) <= datetime.fromisoformat(line["timestamp"]) - before < timedelta(minutes=1)


def test_a_librarys_line_has_the_same_keys_and_its_extra_fields() -> None:
    def act() -> None:
        logging.getLogger("library").warning("%d left", 3, extra={"fields": {"path": "/a"}, "other": "is not told"})

    (line,) = lines(by_standard_library("info", act))
    assert set(line) == {"timestamp", "level", "event", "service", "framework", "path"}
    assert (line["level"], line["event"], line["service"]) == ("warning", "3 left", SERVICE)
    assert (line["framework"], line["path"]) == ("flask", "/a")


LEVELS = ["debug", "info", "warning", "error"]


@pytest.mark.parametrize("level", LEVELS)
def test_lines_below_the_level_are_not_written(level: str) -> None:
    def act() -> None:
        for name in LEVELS:
            getattr(logging.getLogger("library"), name)(name)
            getattr(request_logger("flask", level), name)(name)

    told = [line["level"] for line in lines(by_standard_library(level, act))]
    assert told == [name for name in LEVELS[LEVELS.index(level) :] for _ in range(2)]


@pytest.mark.parametrize(
    ("log", "event", "level"),
    [(log_internal_error, "internal_error", "error"), (log_database_unavailable, "database_unavailable", "warning")],
)
def test_a_failure_is_one_line_with_its_trace_under_the_requests_id(
    log: Callable[..., None], event: str, level: str
) -> None:
    with pytest.raises(ValueError, match="first") as raised:
        int("first\nsecond")
    (line,) = lines(by_standard_library("info", lambda: log(raised.value, request_id="the-id")))
    assert set(line) == {"timestamp", "level", "event", "service", "framework", "request_id", "exception"}
    assert (line["event"], line["level"], line["request_id"]) == (event, level, "the-id")
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert "ValueError: " in line["exception"]

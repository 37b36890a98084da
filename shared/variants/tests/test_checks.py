"""The steps of `check` run side by side, and each one's output is shown whole."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from variants import checks
from variants.checks import Step, run_checks

# Waits for what its neighbour writes: neither would end without the other.
MEETING = """
import pathlib, sys, time
own, other = map(pathlib.Path, sys.argv[1:])
print("first line of", own.name, flush=True)
own.touch()
until = time.monotonic() + 20
while not other.exists() and time.monotonic() < until:
    time.sleep(0.01)
print("second line of", own.name, flush=True)
sys.exit(not other.exists())
"""

ENDLESS = """
import pathlib, sys, time
began, ended = map(pathlib.Path, sys.argv[1:])
try:
    began.touch()
    time.sleep(60)
finally:
    ended.touch()
"""


def silent(_: str) -> None:
    """Tell nobody."""


@pytest.fixture(autouse=True)
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step here counts requests."""
    monkeypatch.setattr(checks, "redis_url", lambda: None)


@pytest.fixture
def python() -> Callable[..., Step]:
    """Makes a step of a program."""
    return lambda title, program, *arguments, **members: Step(
        title, (sys.executable, "-c", program, *map(str, arguments)), **members
    )


def test_steps_run_side_by_side_and_their_outputs_are_not_mixed(
    python: Callable[..., Step], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    outcomes = run_checks(
        [python("one", MEETING, one, two), python("two", MEETING, two, one)], began=silent, ended=silent
    )
    assert sorted((outcome.title, outcome.ok) for outcome in outcomes) == [("one", True), ("two", True)]
    told = [f"first line of {outcome.title}\nsecond line of {outcome.title}\n" for outcome in outcomes]
    assert capfdbinary.readouterr().out.decode() == "".join(told)


def test_a_step_that_fails_ends_no_other(python: Callable[..., Step]) -> None:
    steps = [python("bad", "raise SystemExit(3)"), *(python(name, "") for name in ("good", "better"))]
    outcomes = run_checks(steps, began=silent, ended=silent)
    assert {outcome.title: outcome.exit_code for outcome in outcomes} == {"bad": 3, "good": 0, "better": 0}


def test_a_step_apart_begins_when_all_others_have_ended(python: Callable[..., Step]) -> None:
    told: list[str] = []
    steps = [python("apart", "", is_apart=True), python("one", ""), python("two", "import time; time.sleep(0.3)")]
    run_checks(steps, began=lambda title: told.append(f"+{title}"), ended=lambda title: told.append(f"-{title}"))
    assert told[:2] == ["+one", "+two"] and told[-2:] == ["+apart", "-apart"]


def test_an_interrupt_ends_the_steps_that_run(python: Callable[..., Step], tmp_path: Path) -> None:
    began, ended = tmp_path / "began", tmp_path / "ended"

    def interrupt(_: str) -> None:
        while not began.exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_checks([python("endless", ENDLESS, began, ended), python("short", "")], began=silent, ended=interrupt)
    assert ended.exists()


def test_a_step_hears_its_stop_signal_where_this_process_was_started_to_ignore_it(python: Callable[..., Step]) -> None:
    asks = "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        outcomes = run_checks([python("asks", asks)], began=silent, ended=silent)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert [outcome.exit_code for outcome in outcomes] == [0]


def test_a_step_keeps_what_it_has_compiled(python: Callable[..., Step], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    outcomes = run_checks([python("asks", "import sys; sys.exit(sys.dont_write_bytecode)")], began=silent, ended=silent)
    assert [outcome.exit_code for outcome in outcomes] == [0]

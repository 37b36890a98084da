"""What a process hears that this one was started to ignore."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from variants.groups import STOP_SIGNALS, process_group

IGNORED = """
import signal, sys
sys.exit(signal.getsignal(signal.Signals[sys.argv[1]]) is signal.SIG_IGN)
"""


@pytest.fixture
def deaf() -> Iterator[None]:
    """Ignore every signal that stops, as SIGINT is in the background of a shell and SIGHUP under nohup."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def ignores(number: signal.Signals, stop_signal: signal.Signals) -> bool:
    """Whether a process that is stopped by the one signal ignores the other."""
    command = [sys.executable, "-c", IGNORED, number.name]
    with process_group(command, cwd=Path.cwd(), environment=os.environ, stop_signal=stop_signal) as process:
        return bool(process.wait())


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("stop_signal", STOP_SIGNALS)
def test_a_process_hears_its_stop_signal_and_goes_on_to_ignore_others(stop_signal: signal.Signals) -> None:
    assert {number for number in STOP_SIGNALS if not ignores(number, stop_signal)} == {stop_signal}
    assert {signal.getsignal(number) for number in STOP_SIGNALS} == {signal.SIG_IGN}


@pytest.mark.usefixtures("deaf")
def test_a_process_that_hears_it_is_not_killed() -> None:
    with process_group(["sleep", "60"], cwd=Path.cwd(), environment=os.environ, stop_signal=signal.SIGINT) as process:
        pass
    assert process.returncode == -signal.SIGINT

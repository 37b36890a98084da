"""A run of mutants that is stopped by a signal leaves no server and no suite behind."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from variants.groups import process_group

HERE = Path(__file__).parent
# All mutants, without the suite on the unchanged variants, which comes first.
MUTANTS = "import run; run.baseline = lambda name: None; raise SystemExit(run.main([]))"
SECONDS, INTERRUPTED = 60.0, 130


def started_by(process: psutil.Process) -> list[psutil.Process]:
    """All that a run has started, once the suite is at work on a server."""
    deadline = time.monotonic() + SECONDS
    while True:
        below = process.children(recursive=True)
        if any("pytest" in word for child in below for word in words(child)):
            return below
        assert time.monotonic() < deadline, "the suite did not start"
        time.sleep(0.05)


def words(process: psutil.Process) -> list[str]:
    """A process's command; none where it has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.parametrize(
    ("command", "number"),
    [([str(HERE / "run.py")], signal.SIGTERM), (["-c", MUTANTS], signal.SIGINT)],
    ids=["the unchanged variants", "mutants"],
)
def test_nothing_is_left_behind(command: list[str], number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    with (
        Path(os.devnull).open("wb") as nowhere,
        process_group(
            [sys.executable, *command], cwd=HERE, environment=environment, output=nowhere, stop_signal=number
        ) as run,
    ):
        started = started_by(psutil.Process(run.pid))
        run.send_signal(number)
        assert run.wait(SECONDS) == INTERRUPTED
    _, alive = psutil.wait_procs(started, timeout=SECONDS)
    assert alive == []

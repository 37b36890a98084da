"""The speed probe by itself, on a clock that is made up: what it counts, forgets and stops."""

import importlib.util
import time
from collections.abc import Iterator
from itertools import accumulate, count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent  # type: ignore[import-untyped] # gevent has no types
import pytest

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 30.0
# It has no package that its type could be imported from.
Probe = Any


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Probe]:
    """A probe whose first run takes a second, its second run two of them, and so on."""
    spec = importlib.util.spec_from_file_location("traffic_probe", ROOT / "loadtests" / "traffic" / "probe.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # The clock is read before and after each run.
    clock = accumulate((reading + 1) // 2 if reading % 2 else 0 for reading in count())
    monkeypatch.setattr(module, "time", SimpleNamespace(thread_time=lambda: float(next(clock))))
    started = module.SpeedProbe()
    yield started
    started.stop()


def wait_for(probe: Probe, runs: int) -> None:
    """Let it run, as a load does that waits for answers."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while probe.runs < runs:
        assert time.monotonic() < deadline, "the probe does not run"
        gevent.sleep(0.001)


def test_it_says_nothing_before_its_first_run(probe: Probe) -> None:
    assert (probe.runs, probe.mean_seconds) == (0, None)


def test_it_runs_again_and_again_while_others_wait_and_tells_the_mean(probe: Probe) -> None:
    wait_for(probe, 1)
    wait_for(probe, probe.runs + 3)
    assert probe.mean_seconds == pytest.approx((probe.runs + 1) / 2)


def test_what_was_before_is_forgotten(probe: Probe) -> None:
    wait_for(probe, 3)
    before = probe.runs
    probe.forget()
    assert (probe.runs, probe.mean_seconds) == (0, None)
    wait_for(probe, 2)
    assert probe.mean_seconds == pytest.approx(before + (probe.runs + 1) / 2)


def test_a_probe_that_was_stopped_runs_no_more_and_keeps_its_mean(probe: Probe) -> None:
    wait_for(probe, 2)
    probe.stop()
    runs, mean = probe.runs, probe.mean_seconds
    # Many times its interval.
    gevent.sleep(0.1)
    assert (probe.runs, probe.mean_seconds) == (runs, mean)
    assert runs >= 2

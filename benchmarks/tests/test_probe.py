"""The speed probes: what one counts on a clock that is made up, and processes on real cores."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate, cycle
from types import SimpleNamespace

import psutil
import pytest

from benchmarks.run import probe
from benchmarks.run.layout import usable_cores
from benchmarks.run.probe import INTERVAL_SECONDS, Probe
from benchmarks.run.probes import ProbeError, running_probes

SECONDS = 0.3
CORE = usable_cores()[-1]


@pytest.fixture
def on_a_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Probe]:
    """Make a probe whose runs take these seconds, one after the other, and again."""

    def make(*runs: float) -> Probe:
        # The clock is read before and after each run; nothing passes in between.
        clock = accumulate(step for run in cycle(runs) for step in (0.0, run))
        fake = SimpleNamespace(thread_time=lambda: next(clock), process_time=time.process_time)
        monkeypatch.setattr(probe, "time", fake)
        return Probe()

    return make


def times(probe: Probe, number: int) -> dict[str, float | int | None]:
    for _ in range(number):
        probe.run()
    return probe.found()


def test_a_probe_says_nothing_before_its_first_run(on_a_clock: Callable[..., Probe]) -> None:
    found = on_a_clock(1.0).found()
    assert (found["runs"], found["speed"]) == (0, None)


def test_its_speed_is_the_mean_of_the_runs_speeds(on_a_clock: Callable[..., Probe]) -> None:
    """As a server's rate in a window is: fast for half of the time and slow for half of it."""
    found = times(on_a_clock(0.25, 1.0), 4)
    assert found["runs"] == 4
    assert found["speed"] == pytest.approx((4 + 1) / 2)


def test_what_was_before_is_forgotten(on_a_clock: Callable[..., Probe]) -> None:
    one = on_a_clock(0.25, 0.25, 0.5)
    times(one, 2)
    one.forget()
    assert times(one, 1)["speed"] == pytest.approx(2.0)


def test_a_probe_on_a_core_tells_its_speed_and_what_it_took_itself() -> None:
    with running_probes([CORE]) as probes:
        probes.begin()
        time.sleep(SECONDS)
        found = probes.end()
    assert found.seconds is not None
    # The work is done twice at each of the window's runs, so it takes less than the probe has.
    assert 0 < found.seconds < found.cpu_seconds < SECONDS
    assert found.cpu_seconds > found.seconds * 2


def test_a_pause_is_in_no_window() -> None:
    with running_probes([CORE]) as probes:
        probes.begin()
        probes.end()
        time.sleep(SECONDS)
        probes.begin()
        found = probes.end()
    # Not one run, or nearly none.
    assert found.cpu_seconds < 10 * INTERVAL_SECONDS


def test_probes_stay_on_their_cores_and_end_with_the_body() -> None:
    with running_probes(usable_cores()):
        children = psutil.Process().children()
        assert sorted(tuple(one.cpu_affinity()) for one in children) == [(core,) for core in usable_cores()]
    assert not any(one.is_running() for one in children)


def test_without_cores_of_the_servers_own_there_is_no_speed() -> None:
    with running_probes([]) as probes:
        probes.begin()
        found = probes.end()
    assert (found.seconds, found.cpu_seconds) == (None, 0.0)


@pytest.fixture
def kill_the_probe() -> Callable[[], None]:
    def kill() -> None:
        for one in psutil.Process().children():
            one.kill()
            with suppress(psutil.NoSuchProcess):
                os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)

    return kill


def test_a_probe_that_ends_is_told_with_its_core(kill_the_probe: Callable[[], None]) -> None:
    with running_probes([CORE]) as probes:
        probes.begin()
        kill_the_probe()
        with pytest.raises(ProbeError, match=rf"core {CORE} ended with exit code -9"):
            probes.end()


def test_a_core_that_there_is_none_of_is_told() -> None:
    with pytest.raises(ProbeError, match=r"core 4095 ended with exit code 1"), running_probes([4095]):
        pass

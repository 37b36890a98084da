"""Windows put together: what one long window would have counted."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped] # it has no types

from benchmarks.pooled import HIGHEST_US, SIGNIFICANT_DIGITS, pooled_load, pooled_usage
from benchmarks.results import Sample
from benchmarks.studies import Load, Usage

from .histograms import histogram_of

Make = Callable[..., Sample]
FAST, SLOW = [1.0] * 98 + [10.0, 20.0], [3.0] * 300


@pytest.fixture
def loads(sample: Make) -> list[Load]:
    """A short window of a hundred answers, most of them fast, and a longer one of three hundred slow ones."""
    usual = sample().load
    fast = replace(
        usual,
        requests=100,
        failures={"status 500": 1},
        routes={"GET /a": 60, "GET /b": 40},
        window_seconds=0.5,
        mean_ms=1.28,
        latency_ms={"p50": 1.0, "p90": 1.0, "p99": 10.0, "p99_9": 20.0, "max": 20.0},
        histogram=histogram_of(FAST),
        cpu_seconds=0.2,
    )
    slow = replace(
        usual,
        requests=300,
        failures={"status 500": 2, "status 404": 3},
        routes={"GET /a": 300},
        window_seconds=1.0,
        mean_ms=3.0,
        latency_ms=dict.fromkeys(("p50", "p90", "p99", "p99_9", "max"), 3.0),
        histogram=histogram_of(SLOW),
        cpu_seconds=0.5,
    )
    return [fast, slow]


def test_counts_and_seconds_add_up(loads: list[Load]) -> None:
    pooled = pooled_load(loads)
    assert (pooled.requests, pooled.window_seconds, pooled.cpu_seconds) == (400, 1.5, 0.7)
    assert pooled.failures == {"status 500": 3, "status 404": 3}
    assert pooled.routes == {"GET /a": 360, "GET /b": 40}
    assert pooled.capacity == pytest.approx((400 - 6) / 1.5)


def test_each_window_keeps_its_rate_of_good_answers(loads: list[Load]) -> None:
    assert pooled_load(loads).windows == pytest.approx((99 / 0.5, 295 / 1.0))


def test_each_window_keeps_the_probes_time_and_their_mean_is_that_of_the_round(loads: list[Load]) -> None:
    probed = [replace(load, probe_seconds=seconds) for load, seconds in zip(loads, (4e-5, 6e-5), strict=True)]
    pooled = pooled_load(probed)
    assert pooled.probes == (4e-5, 6e-5)
    assert pooled.probe_seconds == pytest.approx(5e-5)
    assert len(pooled.probes) == len(pooled.windows)


@pytest.mark.parametrize("place", [0, 1])
def test_a_probe_that_did_not_run_in_every_window_tells_nothing(loads: list[Load], place: int) -> None:
    loads[place] = replace(loads[place], probe_seconds=5e-5)
    pooled = pooled_load(loads)
    assert (pooled.probe_seconds, pooled.probes) == (None, ())


def test_the_mean_is_weighted_by_the_answers(loads: list[Load]) -> None:
    assert pooled_load(loads).mean_ms == pytest.approx((1.28 * 100 + 3.0 * 300) / 400)
    nothing = replace(loads[0], requests=0, mean_ms=0.0)
    assert pooled_load([nothing]).mean_ms == 0.0


def test_percentiles_are_those_of_all_times_and_no_mean_of_percentiles(loads: list[Load]) -> None:
    latency = pooled_load(loads).latency_ms
    together = sorted(FAST + SLOW)
    assert latency["p50"] == pytest.approx(together[200 - 1], rel=0.001)
    assert latency["p90"] == pytest.approx(together[360 - 1], rel=0.001)
    assert latency["p99"] == pytest.approx(together[396 - 1], rel=0.001)
    assert latency["p99_9"] == pytest.approx(together[-1], rel=0.001)
    assert latency["max"] == 20.0


def test_the_histogram_holds_all_times(loads: list[Load]) -> None:
    histogram = HdrHistogram(1, HIGHEST_US, SIGNIFICANT_DIGITS)
    histogram.decode_and_add(pooled_load(loads).histogram)
    assert histogram.get_total_count() == 400
    assert [histogram.get_count_at_value(us) for us in (1_000, 3_000, 10_000, 20_000)] == [98, 300, 1, 1]


def test_one_window_is_itself(loads: list[Load]) -> None:
    alone = pooled_load(loads[:1])
    assert replace(alone, windows=(), latency_ms={}, mean_ms=0.0) == replace(loads[0], latency_ms={}, mean_ms=0.0)
    assert alone.latency_ms == pytest.approx(loads[0].latency_ms, rel=0.001)
    assert alone.mean_ms == pytest.approx(loads[0].mean_ms)


@pytest.fixture
def usages() -> list[Usage]:
    return [
        Usage(0.5, 0.4, 0.01, 0.02, 50_000_000, 60_000_000, database_cpu_seconds=0.1),
        Usage(1.0, 0.9, 0.03, 0.0, 55_000_000, 66_000_000, database_cpu_seconds=0.3),
    ]


def test_what_was_used_adds_up_and_the_memory_is_that_after_the_last_window(usages: list[Usage]) -> None:
    pooled = pooled_usage(usages)
    assert (pooled.seconds, pooled.server_cpu_seconds) == pytest.approx((1.5, 1.3))
    assert (pooled.others_cpu_seconds, pooled.stolen_seconds) == pytest.approx((0.04, 0.02))
    assert (pooled.pss_bytes, pooled.rss_bytes) == (55_000_000, 66_000_000)
    assert pooled.database_cpu_seconds == pytest.approx(0.4)


@pytest.mark.parametrize("place", [0, 1])
def test_a_database_that_was_not_seen_in_every_window_has_no_sum(usages: list[Usage], place: int) -> None:
    usages[place] = replace(usages[place], database_cpu_seconds=None)
    assert pooled_usage(usages).database_cpu_seconds is None


def test_a_database_that_did_nothing_has_a_sum_of_nothing(usages: list[Usage]) -> None:
    idle = [replace(one, database_cpu_seconds=0.0) for one in usages]
    assert pooled_usage(idle).database_cpu_seconds == 0.0


def test_no_windows_are_no_measurement() -> None:
    with pytest.raises(ValueError, match="no windows"):
        pooled_load([])
    with pytest.raises(ValueError, match="no windows"):
        pooled_usage([])

"""Windows that were taken in turn with those of others, put together to one measurement. Pure.

A short window sees the same machine as its neighbours, and is too short for a verdict: the system counts in ticks of a
hundredth of a second. All windows of a round together are long enough.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped] # it has no types

from benchmarks.studies import Load, Usage

HIGHEST_US = 300_000_000
SIGNIFICANT_DIGITS = 3
PERCENTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99_9": 99.9}


def pooled_load(loads: Sequence[Load]) -> Load:
    """Put loads together as if they had been one window; percentiles are those of all response times.

    Raises:
        ValueError: there are none.
    """
    if not loads:
        raise ValueError("no windows")
    requests = sum(load.requests for load in loads)
    histogram = _all_times(loads)
    probes = tuple(load.probe_seconds for load in loads if load.probe_seconds is not None)
    return replace(
        loads[0],
        requests=requests,
        failures=_added(load.failures for load in loads),
        routes=_added(load.routes for load in loads),
        window_seconds=sum(load.window_seconds for load in loads),
        mean_ms=sum(load.mean_ms * load.requests for load in loads) / max(1, requests),
        latency_ms=_percentiles(histogram) | {"max": max(load.latency_ms["max"] for load in loads)},
        histogram=histogram.encode().decode("ascii"),
        cpu_seconds=sum(load.cpu_seconds for load in loads),
        windows=tuple(load.capacity for load in loads),
        probe_seconds=fmean(probes) if len(probes) == len(loads) else None,
        probes=probes if len(probes) == len(loads) else (),
    )


def pooled_usage(usages: Sequence[Usage]) -> Usage:
    """Add up what was used in several windows; the memory is that after the last one.

    Raises:
        ValueError: there are none.
    """
    if not usages:
        raise ValueError("no windows")
    database = [usage.database_cpu_seconds for usage in usages if usage.database_cpu_seconds is not None]
    return replace(
        usages[-1],
        seconds=sum(usage.seconds for usage in usages),
        server_cpu_seconds=sum(usage.server_cpu_seconds for usage in usages),
        others_cpu_seconds=sum(usage.others_cpu_seconds for usage in usages),
        stolen_seconds=sum(usage.stolen_seconds for usage in usages),
        database_cpu_seconds=sum(database) if len(database) == len(usages) else None,
    )


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def _all_times(loads: Sequence[Load]) -> HdrHistogram:
    total = HdrHistogram(1, HIGHEST_US, SIGNIFICANT_DIGITS)
    for load in loads:
        total.decode_and_add(load.histogram)
    return total


def _percentiles(histogram: HdrHistogram) -> dict[str, float]:
    return {name: histogram.get_value_at_percentile(rank) / 1000 for name, rank in PERCENTILES.items()}

"""What the probe beside the load says of the machine, and what taking it out of the rates has done, in words. Pure."""

import math
from collections.abc import Sequence
from statistics import fmean

import numpy as np

from benchmarks.report.cells import Table, good_windows, last_attempts, tables
from benchmarks.report.numbers import listed
from benchmarks.results import Result
from benchmarks.speed import usual_exponent
from benchmarks.statistics.ranking import widest_half_width

MICROSECONDS = 1_000_000


def speed_text(result: Result) -> str | None:
    """How steady the machine was, what its speed explained of the rates, and what is left; None without a probe."""
    samples = good_windows(result, result.samples)
    probes = [one.load.probe_seconds * MICROSECONDS for one in samples if one.load.probe_seconds is not None]
    if not probes:
        return None
    low, middle, high = np.percentile(probes, (10, 50, 90))
    found = tables(result)
    return (
        f"Beside the load a fixed piece of work took {middle:.0f} µs of CPU at the median, {low:.0f} to {high:.0f} in "
        "eight of ten measurements. What that explains of a rate is taken out, so rates are those at the median; they "
        f"went with the work's time to the power of {_exponents(result, found)}. Without that the widest half-widths "
        f"would be {_measured_widths(found)}. The work itself took the same beside every variant, within "
        f"{_partiality(result, found):.1%}."
    )


def _exponents(result: Result, found: Sequence[Table]) -> str:
    told = []
    for table in found:
        samples = {name: last_attempts(result, table.scenario.name, name) for name in table.rates}
        exponent = usual_exponent(samples, result.settings)
        told += [] if exponent is None else [f"{exponent:.2f} ({table.scenario.title})"]
    return listed(told) or "0"


def _measured_widths(found: Sequence[Table]) -> str:
    widths = [(table.scenario.title, widest_half_width(table.measured)) for table in found]
    return listed([f"{title} {width:.0%}" for title, width in widths if math.isfinite(width)]) or "unknown"


def _partiality(result: Result, found: Sequence[Table]) -> float:
    """By how much the work's mean time beside one variant is away from that beside all, over all tables."""
    apart: dict[str, list[float]] = {}
    for table in found:
        logs = {name: _mean_log(result, table, name) for name in table.rates}
        middle = fmean(logs.values()) if logs else 0.0
        for name, value in logs.items():
            apart.setdefault(name, []).append(value - middle)
    return max((abs(math.expm1(fmean(values))) for values in apart.values()), default=0.0)


def _mean_log(result: Result, table: Table, name: str) -> float:
    samples = good_windows(result, last_attempts(result, table.scenario.name, name))
    return fmean(math.log(one.load.probe_seconds) for one in samples if one.load.probe_seconds is not None)

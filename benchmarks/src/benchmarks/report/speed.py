"""What the probe on the server's core says of the machine, and what taking it out of rates has done: in words. Pure."""

import math
from collections.abc import Sequence
from statistics import fmean

import numpy as np

from benchmarks.report.cells import Table, good_windows, last_attempts, tables, usual_probe
from benchmarks.report.numbers import listed
from benchmarks.results import Result, Sample
from benchmarks.speed import has_probes, usual_exponent
from benchmarks.statistics.ranking import widest_half_width

MICROSECONDS = 1_000_000


def speed_text(result: Result) -> str | None:
    """How steady the machine was, what its speed explained of the rates, and what is left.

    None where nothing has figures, or a probe is missing: the rates are as they were measured then.
    """
    found = [table for table in tables(result) if table.rates]
    common = usual_probe(result)
    if common is None or not found or not all(has_probes(_good(result, table)) for table in found):
        return None
    samples = good_windows(result, result.samples)
    probes = [one.load.probe_seconds for one in samples if one.load.probe_seconds is not None]
    low, high = (float(bound) * MICROSECONDS for bound in np.percentile(probes, (10, 90)))
    return (
        f"On the server's core a fixed piece of work took {common * MICROSECONDS:.0f} µs of CPU at the median, "
        f"{low:.0f} to {high:.0f} in eight of ten measurements. What that explains of a rate is taken out, so rates "
        f"are those at the median; they went with the work's time to the power of {_exponents(result, found)}. "
        f"Without that the widest half-widths would be {_measured_widths(found)}. The work itself took the same beside "
        f"every variant, within {_partiality(result, found):.1%}."
    )


def _good(result: Result, table: Table) -> dict[str, list[Sample]]:
    """The measurements of a table that count, by variant."""
    return {name: good_windows(result, last_attempts(result, table.scenario.name, name)) for name in table.rates}


def _exponents(result: Result, found: Sequence[Table]) -> str:
    told = []
    for table in found:
        exponent = usual_exponent(_good(result, table), result.settings)
        told += [] if exponent is None else [f"{exponent:.2f} ({table.scenario.title})"]
    return listed(told)


def _measured_widths(found: Sequence[Table]) -> str:
    widths = [(table.scenario.title, widest_half_width(table.measured)) for table in found]
    return listed([f"{title} {width:.0%}" for title, width in widths if math.isfinite(width)]) or "unknown"


def _partiality(result: Result, found: Sequence[Table]) -> float:
    """By how much the work's mean time beside one variant is away from that beside all, over all tables."""
    apart: dict[str, list[float]] = {}
    for table in found:
        logs = {name: _mean_log(samples) for name, samples in _good(result, table).items()}
        middle = fmean(logs.values())
        for name, value in logs.items():
            apart.setdefault(name, []).append(value - middle)
    return max((abs(math.expm1(fmean(values))) for values in apart.values()), default=0.0)


def _mean_log(samples: Sequence[Sample]) -> float:
    return fmean(math.log(one.load.probe_seconds) for one in samples if one.load.probe_seconds is not None)

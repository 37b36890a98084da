"""Whether a result was reproduced: the ratios of two runs have to agree, their rates have not. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import geometric_mean

from benchmarks.report.cells import tables
from benchmarks.results import Result
from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, holm_levels, paired_ratio
from benchmarks.statistics.unpaired import UnpairedRatio, unpaired_ratio

Rounds = Mapping[int, float]


@dataclass(frozen=True)
class Reproduced:
    """A ratio to the same variant in both runs; `apart` is the second over the first with its interval."""

    scenario: str
    variant: str
    reference: str
    there: Interval
    here: Interval
    apart: Interval
    rate_there: float
    rate_here: float

    @property
    def agrees(self) -> bool:
        """Whether the two ratios could be the same."""
        return self.apart.low <= 1 <= self.apart.high


def reproductions(there: Result, here: Result) -> list[Reproduced]:
    """Compare every ratio that both runs have, to the variant that was fastest there.

    The two ratios are means over rounds within their own run, so they are compared as unpaired (Welch's t on their
    logarithms), at levels for the number of ratios (Holm).
    """
    found = []
    ours = {table.scenario.name: table.rates for table in tables(here)}
    for table in tables(there):
        rates = ours.get(table.scenario.name, {})
        shared = [name for name in table.rates if name in rates]
        if shared:
            reference = max(shared, key=lambda name: geometric_mean(table.rates[name].values()))
            found += [
                (table.scenario.name, name, reference, table.rates, rates) for name in shared if name != reference
            ]
    compared = [
        unpaired_ratio(_ratios(old, name, first), _ratios(new, name, first)) for _, name, first, old, new in found
    ]
    levels = holm_levels([one.p_value for one in compared])
    return [
        _reproduced(scenario, name, first, old, new, ratio, level)
        for (scenario, name, first, old, new), ratio, level in zip(found, compared, levels, strict=True)
    ]


def without_figures(here: Result) -> list[str]:
    """What could not be measured here, and why."""
    return [
        f"{row.variant.name}, {table.scenario.name}: {row.invalid.why}"
        for table in tables(here)
        for row in table.rows
        if row.invalid
    ]


def _reproduced(
    scenario: str,
    name: str,
    reference: str,
    there: Mapping[str, Rounds],
    here: Mapping[str, Rounds],
    apart: UnpairedRatio,
    level: float,
) -> Reproduced:
    return Reproduced(
        scenario=scenario,
        variant=name,
        reference=reference,
        there=_interval(_ratios(there, name, reference)),
        here=_interval(_ratios(here, name, reference)),
        apart=apart.interval(level),
        rate_there=geometric_mean(there[name].values()),
        rate_here=geometric_mean(here[name].values()),
    )


def _ratios(rates: Mapping[str, Rounds], name: str, reference: str) -> list[float]:
    """The ratio in each round that both have."""
    shared = sorted(rates[name].keys() & rates[reference].keys())
    return [rates[name][number] / rates[reference][number] for number in shared]


def _interval(ratios: list[float]) -> Interval:
    if not ratios:
        return Interval(1.0, 0.0, math.inf)
    return paired_ratio(ratios, [1.0] * len(ratios)).interval(ERROR_LEVEL)

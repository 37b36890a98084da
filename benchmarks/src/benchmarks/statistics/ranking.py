"""Who is faster than whom, as far as the rounds can tell. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from benchmarks.statistics.intervals import Interval, PairedRatio, holm_levels, paired_ratio

# Two variants that certainly differ by less than this are tied as well: nobody chooses a framework for it.
EQUIVALENCE = 0.02
Rates = Mapping[int, float]


@dataclass(frozen=True)
class Standing:
    """Where a variant stands among the others of a scenario.

    `rank` is one more than the number of variants that are told apart as faster, so tied variants share a rank wherever
    being tied is transitive; `tied` names all with which it is tied. `ratio` is against the fastest, whose own is 1.
    """

    rank: int
    tied: tuple[str, ...]
    ratio: Interval


def standings(rates: Mapping[str, Rates]) -> dict[str, Standing]:
    """Rank variants by their rates in each round; pairs are compared over the rounds that both have.

    Returns:
        The standings, fastest first. A variant without any round is left out.
    """
    order = _fastest_first({name: values for name, values in rates.items() if values})
    intervals = _pair_intervals(order, rates)
    return {name: _standing(name, order, intervals) for name in order}


def widest_half_width(rates: Mapping[str, Rates]) -> float:
    """The largest half-width, relative to its ratio, of all pairs: what a run has reached; infinite without rounds."""
    order = _fastest_first({name: values for name, values in rates.items() if values})
    widths = ((pair.high - pair.low) / 2 / pair.estimate for pair in _pair_intervals(order, rates).values())
    return max(widths, default=math.inf if len(order) < len(rates) or not order else 0.0)


def is_tied(interval: Interval) -> bool:
    """Whether a ratio's interval contains 1 or lies within the equivalence margin around it."""
    contains_one = interval.low <= 1 <= interval.high
    return contains_one or (interval.low >= 1 - EQUIVALENCE and interval.high <= 1 + EQUIVALENCE)


def _fastest_first(rates: Mapping[str, Rates]) -> list[str]:
    """Order by the geometric mean over the rounds that all have, so that every ratio to the first is at most 1."""
    shared = set.intersection(*(set(values) for values in rates.values())) if rates else set()

    def mean_log(name: str) -> float:
        return fmean(math.log(rates[name][number]) for number in shared or rates[name])

    return sorted(rates, key=mean_log, reverse=True)


def _pair_intervals(order: list[str], rates: Mapping[str, Rates]) -> dict[tuple[str, str], Interval]:
    """The interval of `slower / faster` for each pair, at the level at which Holm's procedure tests it."""
    pairs = list(combinations(order, 2))
    ratios = [_ratio(rates[slower], rates[faster]) for faster, slower in pairs]
    levels = holm_levels([ratio.p_value for ratio in ratios])
    return {pair: ratio.interval(level) for pair, ratio, level in zip(pairs, ratios, levels, strict=True)}


def _ratio(first: Rates, second: Rates) -> PairedRatio:
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return PairedRatio(log_mean=0.0, spread=math.inf, rounds=0)
    return paired_ratio([first[number] for number in shared], [second[number] for number in shared])


def _standing(name: str, order: list[str], intervals: Mapping[tuple[str, str], Interval]) -> Standing:
    tied = {pair for pair, interval in intervals.items() if is_tied(interval)}
    faster = [other for other in order[: order.index(name)] if (other, name) not in tied]
    return Standing(
        rank=1 + len(faster),
        tied=tuple(other for other in order if (name, other) in tied or (other, name) in tied),
        ratio=intervals.get((order[0], name), Interval(1.0, 1.0, 1.0)),
    )

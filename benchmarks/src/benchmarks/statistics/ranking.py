"""Who is faster than whom, as far as the rounds can tell. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, PairedRatio, holm_levels, paired_ratio

# Two variants that certainly differ by less than this are tied as well: nobody chooses a framework for it.
EQUIVALENCE = 0.02
Rates = Mapping[int, float]
# The faster one's name first.
Pair = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """Where a variant stands among the others of a scenario.

    `rank` is one more than the number of variants that are told apart as faster, so tied variants share a rank wherever
    being tied is transitive; `tied` names all with which it is tied, at the level that Holm's procedure gives a pair.
    `ratio` is against the fastest, whose own is 1, with its own 95 % interval: corrected for nothing, as it says how
    well one ratio is known, and not who of several is faster.
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
    ratios = _pair_ratios(order, rates)
    ties = _ties(ratios)
    return {name: _standing(name, order, ratios, ties) for name in order}


def widest_half_width(rates: Mapping[str, Rates]) -> float:
    """The largest half-width of a 95 % interval, relative to its ratio, of all pairs: what a run has reached.

    Infinite without rounds.
    """
    order = _fastest_first({name: values for name, values in rates.items() if values})
    intervals = (ratio.interval(ERROR_LEVEL) for ratio in _pair_ratios(order, rates).values())
    widths = ((one.high - one.low) / 2 / one.estimate for one in intervals)
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


def _pair_ratios(order: list[str], rates: Mapping[str, Rates]) -> dict[Pair, PairedRatio]:
    """`slower / faster` for each pair."""
    return {(faster, slower): _ratio(rates[slower], rates[faster]) for faster, slower in combinations(order, 2)}


def _ties(ratios: Mapping[Pair, PairedRatio]) -> frozenset[Pair]:
    """The pairs that are tied, each at the level at which Holm's procedure tests it."""
    levels = holm_levels([ratio.p_value for ratio in ratios.values()])
    tested = zip(ratios.items(), levels, strict=True)
    return frozenset(pair for (pair, ratio), level in tested if is_tied(ratio.interval(level)))


def _ratio(first: Rates, second: Rates) -> PairedRatio:
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return PairedRatio(log_mean=0.0, spread=math.inf, rounds=0)
    return paired_ratio([first[number] for number in shared], [second[number] for number in shared])


def _standing(name: str, order: list[str], ratios: Mapping[Pair, PairedRatio], ties: frozenset[Pair]) -> Standing:
    faster = [other for other in order[: order.index(name)] if (other, name) not in ties]
    return Standing(
        rank=1 + len(faster),
        tied=tuple(other for other in order if (name, other) in ties or (other, name) in ties),
        ratio=Interval(1.0, 1.0, 1.0) if name == order[0] else ratios[order[0], name].interval(ERROR_LEVEL),
    )

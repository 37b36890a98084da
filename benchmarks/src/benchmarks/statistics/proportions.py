"""Shares of runs, and how often a comparison finds a difference that is there. Pure."""

import math
from collections.abc import Callable

import numpy as np

from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, student_quantile
from benchmarks.statistics.ranking import is_tied

BISECTIONS = 60
DRAWS = 20_000
# A report must come out the same from the same file, so what it draws is fixed.
DRAWING_SEED = 20_260_131


def share_interval(found: int, runs: int) -> Interval:
    """A share and its exact 95 % interval (Clopper and Pearson, Biometrika 26, 1934): never narrower than it says.

    Raises:
        ValueError: there are no runs, or more were found than there are.
    """
    if not 0 <= found <= runs or not runs:
        raise ValueError(f"{found} of {runs} is no share")
    tail = ERROR_LEVEL / 2
    low = _solved(lambda share: 1 - at_most(found - 1, runs, share) < tail) if found else 0.0
    high = _solved(lambda share: at_most(found, runs, share) > tail) if found < runs else 1.0
    return Interval(found / runs, low, high)


def at_most(found: int, runs: int, share: float) -> float:
    """The probability of at most so many of the runs, each found with a probability of `share` between 0 and 1."""
    odds = math.log(share), math.log1p(-share)
    ways = (math.lgamma(runs + 1) - math.lgamma(k + 1) - math.lgamma(runs - k + 1) for k in range(found + 1))
    return math.fsum(math.exp(way + k * odds[0] + (runs - k) * odds[1]) for k, way in enumerate(ways))


def power(ratio: float, spread: float, rounds: int) -> float:
    """How often a comparison of rounds tells a true ratio from 1, by the rule that ranks variants.

    Parameters:
        spread: the standard deviation of the logarithm of a round's ratio.
        rounds: at least 2.
    """
    draw = np.random.default_rng(DRAWING_SEED)
    error = spread / math.sqrt(rounds)
    means = math.log(ratio) + error * draw.standard_normal(DRAWS)
    errors = error * np.sqrt(draw.chisquare(rounds - 1, DRAWS) / (rounds - 1))
    half_widths = student_quantile(1 - ERROR_LEVEL / 2, rounds - 1) * errors
    bounds = zip(np.exp(means), np.exp(means - half_widths), np.exp(means + half_widths), strict=True)
    return sum(not is_tied(Interval(float(mid), float(low), float(high))) for mid, low, high in bounds) / DRAWS


def _solved(is_below: Callable[[float], bool]) -> float:
    """The share below which the condition holds, and above which it does not."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if is_below(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2

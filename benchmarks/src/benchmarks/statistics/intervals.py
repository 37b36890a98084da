"""The statistics of a comparison. Pure: numbers in, numbers out, nothing drawn that a second run would draw otherwise.

- A cell is the median of its rounds. Its interval is the percentile bootstrap over rounds (Efron and Tibshirani, An
  Introduction to the Bootstrap, 1993, chapter 13). BCa would need the jackknife, which fails for a median (section
  11.6). No method reaches 95 % with few rounds: the range of all rounds holds the median with probability 1 - 2^(1-n),
  75 % for 3 rounds, 94 % for 5 and above 95 % from 6 on (David and Nagaraja, Order Statistics, 2003, section 7.1).
- Two variants are compared by their ratio within each round, on a log scale: geometric mean and Student's t interval
  (Georges, Buytaert and Eeckhout, Statistically Rigorous Java Performance Evaluation, 2007, section 3.2; Fleming and
  Wallace, How not to lie with statistics, 1986, for why the geometric mean). Between 3 and 10 rounds t keeps its level
  where log ratios are about normal, while a percentile bootstrap is far too narrow (about 75 % at n = 3).
- All pairs of a scenario are tested together by Holm's procedure (A Simple Sequentially Rejective Multiple Test
  Procedure, 1979).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

import numpy as np

# Of every interval: 95 % of them hold the truth.
ERROR_LEVEL = 0.05
RESAMPLES = 10_000
# A report must come out the same from the same file, so what it resamples is fixed.
RESAMPLING_SEED = 20_260_131


@dataclass(frozen=True)
class Interval:
    """An estimate between its bounds."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class PairedRatio:
    """The ratio of two variants over the rounds that both have. `spread` is the standard deviation of its logarithm."""

    log_mean: float
    spread: float
    rounds: int

    @property
    def standard_error(self) -> float:
        """Of the mean logarithm; infinite when one round tells nothing about the spread."""
        return self.spread / math.sqrt(self.rounds) if self.rounds > 1 else math.inf

    @property
    def p_value(self) -> float:
        """Two-sided, of the hypothesis that the ratio is 1."""
        if self.rounds < 2:
            return 1.0
        if self.standard_error == 0:
            return 0.0 if self.log_mean else 1.0
        return student_p_value(self.log_mean / self.standard_error, self.rounds - 1)

    def interval(self, level: float) -> Interval:
        """Geometric mean and interval with the error probability `level` (0.05 for 95 %)."""
        if self.rounds < 2:
            return Interval(math.exp(self.log_mean), 0.0, math.inf)
        half_width = student_quantile(1 - level / 2, self.rounds - 1) * self.standard_error
        low, high = self.log_mean - half_width, self.log_mean + half_width
        return Interval(*(math.exp(min(700.0, value)) for value in (self.log_mean, low, high)))


def bootstrap_median(values: Sequence[float]) -> Interval:
    """The median of some rounds and its 95 % percentile bootstrap interval.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    sample = np.asarray(values, dtype=float)
    draws = np.random.default_rng(RESAMPLING_SEED).integers(len(sample), size=(RESAMPLES, len(sample)))
    tail = 100 * ERROR_LEVEL / 2
    low, high = np.percentile(np.median(sample[draws], axis=1), (tail, 100 - tail))
    return Interval(median(values), float(low), float(high))


def median_coverage(rounds: int) -> float:
    """How often the range of so many rounds holds the true median: no interval over rounds can do better."""
    return 1 - 2.0 ** (1 - rounds)


def paired_ratio(first: Sequence[float], second: Sequence[float]) -> PairedRatio:
    """Compare two variants by `first / second` in each round.

    Raises:
        ValueError: the rounds do not pair, there are none, or a value is not positive.
    """
    if len(first) != len(second) or not first:
        raise ValueError("rounds do not pair")
    if min(*first, *second) <= 0:
        raise ValueError("a ratio needs positive values")
    logs = [math.log(one / other) for one, other in zip(first, second, strict=True)]
    return PairedRatio(log_mean=fmean(logs), spread=stdev(logs) if len(logs) > 1 else math.inf, rounds=len(logs))


def holm_levels(p_values: Sequence[float], level: float = ERROR_LEVEL) -> list[float]:
    """The level at which Holm's procedure tests each hypothesis, in the order given.

    Hypotheses are taken by rising p value at level / m, level / (m - 1), …; the first that stands ends the procedure,
    and all that follow are held at its level. So a hypothesis is rejected exactly when its p value is at most its
    level, and an interval at this level leaves the ratio 1 out exactly then.
    """
    levels = [0.0] * len(p_values)
    current, stands = level, False
    for place, index in enumerate(sorted(range(len(p_values)), key=lambda index: p_values[index])):
        if not stands:
            current = level / (len(p_values) - place)
            stands = p_values[index] > current
        levels[index] = current
    return levels


def student_p_value(t: float, freedom: int) -> float:
    """Probability that Student's t with `freedom` degrees is at least `t` away from 0, on either side.

    The finite series for whole degrees of freedom: Abramowitz and Stegun, 26.7.3 and 26.7.4.
    """
    angle = math.atan(abs(t) / math.sqrt(freedom))
    cosine_squared = math.cos(angle) ** 2
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for step in range(freedom // 2):
        total += term
        k = 2 * step + 1
        term *= cosine_squared * ((k + 1) / (k + 2) if odd else k / (k + 1))
    inside = 2 / math.pi * (angle + math.sin(angle) * total) if odd else math.sin(angle) * total
    return max(0.0, 1 - inside)


def student_quantile(probability: float, freedom: int) -> float:
    """The t below which Student's distribution has `probability`, for probabilities from 0.5 up (by bisection)."""
    low, high = 0.0, 1.0
    while 1 - student_p_value(high, freedom) / 2 < probability:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        if 1 - student_p_value(middle, freedom) / 2 < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2

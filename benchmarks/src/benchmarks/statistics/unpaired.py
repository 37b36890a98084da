"""Ratios between two runs that share no rounds. Pure.

Welch's t on the logarithms of the rates: the two runs may have another number of rounds and another spread (Welch, The
Generalization of "Student's" Problem when Several Different Population Variances Are Involved, Biometrika 34, 1947).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from benchmarks.statistics.intervals import Interval, student_p_value, student_quantile


@dataclass(frozen=True)
class UnpairedRatio:
    """The ratio of two geometric means.

    Attributes:
        freedom: Welch and Satterthwaite's degrees of freedom, rounded down, as tables of t have whole ones only.
    """

    log_ratio: float
    standard_error: float
    freedom: int

    @property
    def p_value(self) -> float:
        """Two-sided, of the hypothesis that the ratio is 1."""
        if not math.isfinite(self.standard_error):
            return 1.0
        if self.standard_error == 0:
            return 0.0 if self.log_ratio else 1.0
        return student_p_value(self.log_ratio / self.standard_error, self.freedom)

    def interval(self, level: float) -> Interval:
        """Ratio and interval with the error probability `level` (0.05 for 95 %)."""
        if not math.isfinite(self.standard_error):
            return Interval(math.exp(self.log_ratio), 0.0, math.inf)
        half_width = student_quantile(1 - level / 2, self.freedom) * self.standard_error
        low, high = self.log_ratio - half_width, self.log_ratio + half_width
        return Interval(*(math.exp(min(700.0, value)) for value in (self.log_ratio, low, high)))


def unpaired_ratio(first: Sequence[float], second: Sequence[float]) -> UnpairedRatio:
    """Compare two runs by the ratio `second / first` of their geometric means.

    Returns:
        The ratio; its standard error is infinite where a run has a single round, which tells nothing of its spread.

    Raises:
        ValueError: a run has no rounds, or a value is not positive.
    """
    if not first or not second or min(*first, *second) <= 0:
        raise ValueError("a ratio needs positive values on both sides")
    logs = [[math.log(value) for value in values] for values in (first, second)]
    log_ratio = fmean(logs[1]) - fmean(logs[0])
    if min(len(first), len(second)) < 2:
        return UnpairedRatio(log_ratio, math.inf, 1)
    parts = [variance(of_run) / len(of_run) for of_run in logs]
    return UnpairedRatio(log_ratio, math.sqrt(sum(parts)), _freedom(parts, [len(first) - 1, len(second) - 1]))


def _freedom(parts: Sequence[float], freedoms: Sequence[int]) -> int:
    if not sum(parts):
        return sum(freedoms)
    whole = sum(parts) ** 2 / sum(part**2 / freedom for part, freedom in zip(parts, freedoms, strict=True))
    return max(1, math.floor(whole + 1e-9))

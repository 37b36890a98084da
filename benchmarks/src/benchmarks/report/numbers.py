"""Numbers and lists in words. Pure."""

import math
from collections.abc import Sequence

from benchmarks.statistics.intervals import Interval

NOTHING = RANGE = "–"  # noqa: RUF001 - a range is written with an en dash, and so is an empty cell
TIMES = "×"  # noqa: RUF001 - a ratio is followed by the sign of multiplication
# More than a thousand times as fast is no bound that two or three rounds could know.
ENDLESS = 1000.0
THOUSAND, MILLION, BILLION = 1e3, 1e6, 1e9


def significant(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, and no more than its whole part when that is longer."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else NOTHING
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def compact(value: float) -> str:
    """A number as short as the tick of an axis: 250, 2.5k, 12M."""
    for limit, letter in ((BILLION, "G"), (MILLION, "M"), (10 * THOUSAND, "k")):
        if abs(value) >= limit:
            return f"{value / (THOUSAND if letter == 'k' else limit):g}{letter}"
    return f"{value:,g}"


def bounds_text(interval: Interval) -> str:
    """The bounds of a rate, empty where a single round has none."""
    if interval.low == interval.high:
        return ""
    return f"{significant(interval.low)}{RANGE}{significant(interval.high)}"


def interval_text(interval: Interval) -> str:
    """A rate with its bounds behind it; a single round has none."""
    bounds = bounds_text(interval)
    return f"{significant(interval.estimate)} ({bounds})" if bounds else significant(interval.estimate)


def ratio_bounds_text(interval: Interval) -> str:
    """The bounds of a ratio to the hundredth; an upper bound that knows no end says so."""
    high = "∞" if interval.high > ENDLESS else hundredths(interval.high)
    return f"{hundredths(interval.low)}{RANGE}{high}"


def ratio_text(interval: Interval) -> str:
    """A ratio with its bounds behind it, to the hundredth."""
    return f"{hundredths(interval.estimate)} ({ratio_bounds_text(interval)})"


def hundredths(value: float) -> str:
    """A ratio with two decimals, or two significant digits where it is small."""
    return f"{value:.2f}" if value >= 0.1 or value == 0 else significant(value, digits=2)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

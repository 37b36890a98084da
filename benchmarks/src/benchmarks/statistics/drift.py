"""Whether the windows of a round grew faster from first to last, as they do on servers that are not warm yet."""

from collections.abc import Iterable, Sequence

from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, paired_ratio


def drift(rounds: Iterable[Sequence[float]]) -> Interval | None:
    """Compare the last window of each round with the first: geometric mean of the ratios, and its 95 % interval.

    Parameters:
        rounds: the rates of the windows of each, in the order in which they were taken.

    Returns:
        None with less than two rounds of two windows or more, which have no interval.
    """
    ends = [(rates[0], rates[-1]) for rates in rounds if len(rates) > 1 and min(rates[0], rates[-1]) > 0]
    if len(ends) < 2:
        return None
    return paired_ratio([last for _, last in ends], [first for first, _ in ends]).interval(ERROR_LEVEL)

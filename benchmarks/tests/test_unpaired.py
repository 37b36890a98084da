"""Ratios between runs that share no rounds."""

import math

import numpy as np
import pytest

from benchmarks.statistics.unpaired import unpaired_ratio


def test_a_ratio_is_that_of_the_geometric_means() -> None:
    ratio = unpaired_ratio([90.0, 100.0, 110.0], [45.0, 50.0, 55.0])
    assert math.exp(ratio.log_ratio) == pytest.approx(0.5)
    assert ratio.interval(0.05).low < 0.5 < ratio.interval(0.05).high


def test_degrees_of_freedom_are_those_of_welch_and_satterthwaite() -> None:
    # Logs with variances 1 and 4 over 3 and 6 rounds: (1/3 + 4/6)² / ((1/3)²/2 + (4/6)²/5) = 6.92.
    one = [math.exp(value) for value in (-1.0, 0.0, 1.0)]
    other = [math.exp(value * 2) for value in (-1.0, -1.0, 1.0, 1.0, -(0.5**0.5), 0.5**0.5)]
    assert unpaired_ratio(one, other).freedom == 6


def test_a_single_round_tells_nothing_of_the_spread() -> None:
    ratio = unpaired_ratio([100.0], [50.0, 51.0])
    assert ratio.p_value == 1.0
    assert (ratio.interval(0.05).low, ratio.interval(0.05).high) == (0.0, math.inf)


def test_runs_without_any_spread_differ_certainly_or_not_at_all() -> None:
    assert unpaired_ratio([2.0, 2.0], [2.0, 2.0]).p_value == 1.0
    assert unpaired_ratio([2.0, 2.0], [4.0, 4.0]).p_value == 0.0
    assert unpaired_ratio([2.0, 2.0], [4.0, 4.0]).interval(0.05).high == pytest.approx(2.0)


@pytest.mark.parametrize(("first", "second"), [([], [1.0]), ([1.0], []), ([1.0, 0.0], [1.0])])
def test_no_ratio_without_positive_values_on_both_sides(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="positive values"):
        unpaired_ratio(first, second)


def test_ninety_five_of_a_hundred_intervals_hold_the_truth() -> None:
    draw = np.random.default_rng(5)
    held = 0
    for _ in range(600):
        first = np.exp(draw.normal(0.0, 0.02, size=5))
        second = 0.9 * np.exp(draw.normal(0.0, 0.08, size=4))
        interval = unpaired_ratio(list(first), list(second)).interval(0.05)
        held += interval.low <= 0.9 <= interval.high
    assert 0.93 <= held / 600 <= 0.985

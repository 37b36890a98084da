"""The statistics against figures worked out by hand or printed in tables, and against what they promise."""

import math

import numpy as np
import pytest

from benchmarks.statistics.intervals import (
    PairedRatio,
    bootstrap_median,
    holm_levels,
    median_coverage,
    paired_ratio,
    student_p_value,
    student_quantile,
)


@pytest.mark.parametrize(
    ("probability", "freedom", "quantile"),
    [
        (0.975, 1, 12.706),
        (0.975, 2, 4.303),
        (0.975, 3, 3.182),
        (0.975, 9, 2.262),
        (0.995, 10, 3.169),
        (0.95, 30, 1.697),
    ],
)
def test_the_quantiles_of_students_t_are_those_of_the_tables(probability: float, freedom: int, quantile: float) -> None:
    assert student_quantile(probability, freedom) == pytest.approx(quantile, abs=0.0006)


def test_a_p_value_is_the_quantiles_inverse() -> None:
    for freedom in range(1, 12):
        assert student_p_value(student_quantile(0.99, freedom), freedom) == pytest.approx(0.02)
    assert student_p_value(0.0, 5) == 1.0


def test_a_ratio_is_the_geometric_mean_of_its_rounds() -> None:
    ratio = paired_ratio([2.0, 8.0, 4.0], [1.0, 2.0, 2.0])
    interval = ratio.interval(0.05)
    logs = [math.log(2), math.log(4), math.log(2)]
    half_width = 4.302653 * math.sqrt(sum((log - sum(logs) / 3) ** 2 for log in logs) / 2 / 3)
    assert interval.estimate == pytest.approx(16 ** (1 / 3))
    assert interval.low == pytest.approx(math.exp(sum(logs) / 3 - half_width))
    assert interval.high == pytest.approx(math.exp(sum(logs) / 3 + half_width))


def test_one_round_knows_nothing_of_its_spread() -> None:
    ratio = paired_ratio([2.0], [1.0])
    assert (ratio.interval(0.05).low, ratio.interval(0.05).high, ratio.p_value) == (0.0, math.inf, 1.0)


def test_rounds_without_any_spread_are_told_apart_exactly() -> None:
    assert PairedRatio(log_mean=0.1, spread=0.0, rounds=3).p_value == 0.0
    assert PairedRatio(log_mean=0.0, spread=0.0, rounds=3).p_value == 1.0


@pytest.mark.parametrize(("first", "second"), [([], []), ([1.0], [1.0, 2.0]), ([0.0], [1.0])])
def test_a_ratio_of_what_does_not_pair_is_refused(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match=r"ratio|pair"):
        paired_ratio(first, second)


def test_the_median_of_three_rounds_has_their_range_as_interval() -> None:
    interval = bootstrap_median([10.0, 30.0, 20.0])
    assert (interval.low, interval.estimate, interval.high) == (10.0, 20.0, 30.0)


def test_the_median_of_nine_rounds_leaves_the_extremes_out() -> None:
    interval = bootstrap_median([float(value) for value in range(1, 10)])
    assert (interval.low, interval.estimate, interval.high) == (2.0, 5.0, 8.0)


def test_a_median_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_median([])


def test_holm_takes_the_smallest_p_value_at_the_strictest_level() -> None:
    levels = holm_levels([0.04, 0.001, 0.02])
    assert levels == [0.05, 0.05 / 3, 0.05 / 2]


def test_holm_stops_at_the_first_that_stands() -> None:
    # 0.03 is above 0.05 / 2, so it stands, and 0.04 has to stand with it although it is below 0.05.
    levels = holm_levels([0.04, 0.001, 0.03])
    assert levels == [0.05 / 2, 0.05 / 3, 0.05 / 2]


@pytest.mark.parametrize("rounds", [3, 5, 10])
def test_the_ratio_interval_covers_the_truth_in_95_of_100_runs(rounds: int) -> None:
    draw = np.random.default_rng(7)
    trials, covered = 4000, 0
    for logs in draw.normal(math.log(1.3), 0.1, size=(trials, rounds)):
        interval = paired_ratio([math.exp(log) for log in logs], [1.0] * rounds).interval(0.05)
        covered += interval.low <= 1.3 <= interval.high
    assert covered / trials == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize("rounds", [3, 5])
def test_the_medians_interval_covers_the_truth_as_often_as_is_printed(rounds: int) -> None:
    draw = np.random.default_rng(11)
    trials, covered = 400, 0
    for values in draw.normal(100.0, 10.0, size=(trials, rounds)):
        interval = bootstrap_median(list(values))
        covered += interval.low <= 100.0 <= interval.high
    assert covered / trials == pytest.approx(median_coverage(rounds), abs=0.05)

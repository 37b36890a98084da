"""How much faster the last window of a round is than the first, against figures worked out by hand."""

import math

import pytest

from benchmarks.statistics.drift import drift


def test_it_is_the_geometric_mean_of_last_to_first_with_students_interval() -> None:
    found = drift([(100.0, 1.0, 110.0), (200.0, 190.0), (50.0, 7.0, 8.0, 52.0)])
    logs = [math.log(1.1), math.log(0.95), math.log(1.04)]
    mean = sum(logs) / 3
    half_width = 4.302653 * math.sqrt(sum((log - mean) ** 2 for log in logs) / 2 / 3)
    assert found is not None
    assert found.estimate == pytest.approx(math.exp(mean))
    assert (found.low, found.high) == pytest.approx((math.exp(mean - half_width), math.exp(mean + half_width)))


def test_what_has_one_window_or_an_empty_one_says_nothing_of_it() -> None:
    told = [(100.0, 102.0), (100.0, 103.0)]
    assert drift([*told, (), (70.0,), (0.0, 90.0), (90.0, 80.0, 0.0)]) == drift(told)


@pytest.mark.parametrize("rounds", [[], [(1.0, 2.0)], [(1.0,), (2.0,), (1.0, 2.0)]])
def test_a_single_ratio_has_no_interval(rounds: list[tuple[float, ...]]) -> None:
    assert drift(rounds) is None


def test_many_rounds_that_agree_leave_no_doubt() -> None:
    found = drift([(100.0, 101.0)] * 1000)
    assert found is not None
    assert (found.estimate, found.low, found.high) == pytest.approx((1.01, 1.01, 1.01))

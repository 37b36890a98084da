"""Ranks, ties and ratios."""

import math

import numpy as np
import pytest

from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, paired_ratio
from benchmarks.statistics.ranking import is_tied, standings, widest_half_width


def by_round(*values: float) -> dict[int, float]:
    return dict(enumerate(values, start=1))


def test_the_fastest_comes_first_and_is_the_measure_of_the_others() -> None:
    places = standings({"slow": by_round(100, 101, 99, 100), "fast": by_round(200, 202, 198, 201)})
    assert list(places) == ["fast", "slow"]
    assert (places["fast"].rank, places["slow"].rank) == (1, 2)
    assert places["fast"].ratio == Interval(1.0, 1.0, 1.0)
    assert places["slow"].ratio.estimate == pytest.approx(0.4994, abs=0.0001)
    assert places["slow"].tied == ()


def test_what_the_rounds_cannot_tell_apart_shares_a_rank() -> None:
    rates = {"a": by_round(100, 120, 95), "b": by_round(101, 99, 110), "c": by_round(10, 10.1, 9.9)}
    places = standings(rates)
    assert {name: place.rank for name, place in places.items()} == {"a": 1, "b": 1, "c": 3}
    assert places["a"].tied == ("b",)


def test_a_certain_difference_within_two_percent_is_a_tie() -> None:
    places = standings({"a": by_round(1000, 1001, 999), "b": by_round(990, 991, 989)})
    assert [place.rank for place in places.values()] == [1, 1]


@pytest.mark.parametrize(
    ("interval", "tied"),
    [
        (Interval(0.9, 0.8, 1.0), True),
        (Interval(0.9, 0.8, 0.9999), False),
        (Interval(0.99, 0.98, 0.999), True),
        (Interval(0.99, 0.9799, 0.999), False),
        (Interval(1.01, 1.001, 1.02), True),
        (Interval(1.01, 1.001, 1.0201), False),
    ],
)
def test_a_tie_is_decided_at_its_very_bounds(interval: Interval, tied: bool) -> None:
    assert is_tied(interval) is tied


def test_a_rank_counts_only_who_is_certainly_faster() -> None:
    """Being tied need not be transitive: here b is tied with both, while a and c are told apart."""
    rates = {"a": by_round(110, 111, 110, 111), "b": by_round(90, 125, 90, 116), "c": by_round(100, 101, 101, 100)}
    places = standings(rates)
    assert {name: place.rank for name, place in places.items()} == {"a": 1, "b": 1, "c": 2}
    assert places["b"].tied == ("a", "c")


def test_pairs_are_compared_over_the_rounds_that_both_have() -> None:
    places = standings({"a": {1: 200.0, 2: 202.0, 3: 400.0}, "b": {1: 100.0, 2: 101.0}})
    assert places["b"].ratio.estimate == pytest.approx(0.5)


def test_a_ratio_has_its_own_interval_while_a_tie_takes_all_pairs_into_account() -> None:
    """Either alone is told apart from a, and their ratios leave 1 out; of three pairs none passes Holm's first step."""
    a, b, c = by_round(100, 101, 99, 100, 100), by_round(92, 98, 93, 99, 94), by_round(96, 90, 97, 91, 98)
    alone, together = standings({"a": a, "b": b}), standings({"a": a, "b": b, "c": c})
    assert together["b"].ratio == alone["b"].ratio
    assert together["b"].ratio == paired_ratio(list(b.values()), list(a.values())).interval(ERROR_LEVEL)
    assert together["c"].ratio == paired_ratio(list(c.values()), list(a.values())).interval(ERROR_LEVEL)
    assert together["b"].ratio.high < 1 > together["c"].ratio.high
    assert [(alone[name].rank, alone[name].tied) for name in "ab"] == [(1, ()), (2, ())]
    assert {name: place.tied for name, place in together.items()} == {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}
    assert {place.rank for place in together.values()} == {1}


def test_the_half_width_is_that_of_a_95_percent_interval_however_many_are_compared() -> None:
    a, b = by_round(100, 101, 99, 100, 100), by_round(92, 98, 93, 99, 94)
    interval = paired_ratio(list(b.values()), list(a.values())).interval(ERROR_LEVEL)
    widest = (interval.high - interval.low) / 2 / interval.estimate
    assert widest_half_width({"a": a, "b": b}) == pytest.approx(widest)
    # The other one goes with b in each round, so no pair is less certain than before.
    other = {number: 0.9 * rate for number, rate in b.items()}
    assert widest_half_width({"a": a, "b": b, "other": other}) == pytest.approx(widest)


def test_a_variant_without_rounds_has_no_standing() -> None:
    assert list(standings({"a": by_round(1, 2), "b": {}})) == ["a"]
    assert standings({}) == {}


def test_the_half_width_is_unknown_while_a_variant_has_no_rounds() -> None:
    assert widest_half_width({"a": by_round(1, 2, 3), "b": {}}) == math.inf
    assert widest_half_width({"a": by_round(5, 5, 5)}) == 0.0
    assert widest_half_width({"a": by_round(100, 101), "b": by_round(100, 101)}) == 0.0


@pytest.mark.parametrize("rounds", [3, 5])
def test_equal_variants_are_told_apart_in_at_most_one_run_of_twenty(rounds: int) -> None:
    draw = np.random.default_rng(3)
    runs, apart = 400, 0
    for _ in range(runs):
        rates = {name: by_round(*np.exp(draw.normal(7, 0.1, rounds))) for name in "abcd"}
        apart += any(len(place.tied) < 3 for place in standings(rates).values())
    # 0.05 and two standard errors of the count.
    assert apart / runs <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / runs)

"""What is made of weighings whose outcome is known."""

import math
import random
from dataclasses import replace

import pytest

from benchmarks import results
from benchmarks.files import ResultError
from benchmarks.report.markdown import to_markdown
from benchmarks.report.page import to_html
from benchmarks.report.readme import readme_text
from benchmarks.results import Result
from benchmarks.run.calibrate import capacity_ratio, exact_ratios, planted_work
from benchmarks.statistics.calibration import (
    CALIBRATION_SCHEMA,
    CAPACITY,
    EXACT,
    Calibration,
    Ratio,
    Weighing,
    calibration_from_json,
    calibration_lines,
    calibration_to_json,
    verdict,
)
from benchmarks.statistics.intervals import paired_ratio
from benchmarks.statistics.proportions import at_most, power, share_interval

ROUNDS = 3
APART = Ratio(1.05, 1.03, 1.07)
TIED = Ratio(1.05, 0.98, 1.12)
BACKWARDS = Ratio(0.95, 0.93, 0.97)


def weighing(truth: float, *, apart: int = 0, tied: int = 0, backwards: int = 0, rounds: int = ROUNDS) -> Weighing:
    """One with so many ratios of each kind."""
    ratios = (APART,) * apart + (TIED,) * tied + (BACKWARDS,) * backwards
    return Weighing(CAPACITY if rounds else EXACT, truth, rounds, ratios)


@pytest.fixture
def calibration(small_result: Result) -> Calibration:
    return Calibration(
        schema=CALIBRATION_SCHEMA,
        method=results.METHOD_VERSION,
        started_at="2026-11-21T07:00:00+00:00",
        seconds=100.0,
        ended="complete",
        environment=small_result.environment,
        weighings=(weighing(1.0, apart=1, tied=39), replace(weighing(1.05, apart=40, rounds=0), void=2)),
    )


@pytest.mark.parametrize(
    ("found", "runs", "low", "high"),
    [
        # Without any found the upper bound is 1 - (alpha/2)^(1/n); with all of them it is the other way round.
        (0, 40, 0.0, 1 - 0.025 ** (1 / 40)),
        (40, 40, 0.025 ** (1 / 40), 1.0),
        # Table of Clopper and Pearson's intervals: 1 of 10 and 5 of 10.
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
    ],
)
def test_the_interval_of_a_share_is_the_exact_one(found: int, runs: int, low: float, high: float) -> None:
    interval = share_interval(found, runs)
    assert (interval.estimate, interval.low, interval.high) == pytest.approx((found / runs, low, high), abs=6e-5)


@pytest.mark.parametrize(("found", "runs"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(found: int, runs: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        share_interval(found, runs)


def test_the_interval_of_a_share_holds_the_truth_at_least_as_often_as_it_says() -> None:
    held = 0.0
    for found in range(41):
        interval = share_interval(found, 40)
        if interval.low <= 0.05 <= interval.high:
            held += at_most(found, 40, 0.05) - at_most(found - 1, 40, 0.05)
    assert held >= 0.95


def test_the_power_is_what_comparisons_of_rounds_find() -> None:
    draw = random.Random(7)
    spread, runs = 0.02, 600
    found = 0
    for _ in range(runs):
        rates = [draw.lognormvariate(math.log(1.05), spread) for _ in range(ROUNDS)]
        interval = paired_ratio(rates, [1.0] * ROUNDS).interval(0.05)
        found += Ratio(interval.estimate, interval.low, interval.high).told_apart
    bounds = share_interval(found, runs)
    assert bounds.low <= power(1.05, spread, ROUNDS) <= bounds.high


def test_the_power_grows_with_rounds_and_falls_with_the_spread() -> None:
    assert power(1.05, 0.02, 3) < power(1.05, 0.02, 5) < power(1.05, 0.01, 5)
    assert power(1.0, 0.5, 3) == pytest.approx(0.05, abs=0.01)


def test_the_same_server_told_apart_as_often_as_allowed_is_kept() -> None:
    found = verdict(weighing(1.0, apart=1, backwards=2, tied=37))
    assert (found.runs, found.found, found.wrong, found.expected) == (40, 3, 0, 0.05)
    assert found.kept


def test_the_same_server_told_apart_too_often_is_not_kept() -> None:
    assert not verdict(weighing(1.0, apart=8, tied=32)).kept


def test_a_slow_down_found_less_often_than_promised_is_not_kept() -> None:
    sharp = replace(weighing(1.05), ratios=(Ratio(1.0, 0.999, 1.001),) * 30 + (APART,) * 10)
    found = verdict(sharp)
    assert found.expected > 0.9
    assert not found.kept


def test_intervals_that_promise_little_may_find_little() -> None:
    found = verdict(weighing(1.05, tied=20))
    assert found.expected == pytest.approx(power(1.05, spread_of(TIED), ROUNDS))
    assert found.expected < 0.5
    assert not found.wrong


def spread_of(ratio: Ratio) -> float:
    """The spread of rounds that gives a ratio this interval; 4.3027 is Student's quantile for two degrees."""
    return math.log(ratio.high / ratio.low) / 2 * math.sqrt(ROUNDS) / 4.302652729749464


@pytest.mark.parametrize("rounds", [0, ROUNDS])
def test_one_wrong_sign_is_one_too_many(rounds: int) -> None:
    assert verdict(weighing(1.05, apart=39, rounds=rounds)).kept
    found = verdict(weighing(1.05, apart=39, backwards=1, rounds=rounds))
    assert found.wrong == 1
    assert not found.kept


def test_the_exact_cost_has_to_find_nearly_all() -> None:
    assert verdict(weighing(1.05, apart=39, tied=1, rounds=0)).kept
    assert not verdict(weighing(1.05, apart=30, tied=10, rounds=0)).kept


def test_the_lines_have_shares_bounds_and_what_was_expected(calibration: Calibration) -> None:
    same, planted = calibration_lines(calibration)
    assert same == (
        "The same server under two names, by capacity: told apart in 1 of 40 runs (2.5%; 0.1% to 13.2%); "
        "allowed are 5%: kept."
    )
    assert planted == (
        "A planted slow-down of 5%, by exact cost: found in 40 of 40 runs (100.0%; 91.2% to 100.0%); asked for are "
        "95%: kept; 0 with the wrong sign; median ratio 1.050; 2 runs were left with too few rounds."
    )


def test_a_weighing_without_runs_has_no_line(calibration: Calibration) -> None:
    assert calibration_lines(replace(calibration, weighings=(weighing(1.0),))) == []


def test_a_weighing_with_void_runs_only_says_so(calibration: Calibration) -> None:
    (line,) = calibration_lines(replace(calibration, weighings=(replace(weighing(1.0), void=3),)))
    assert line == (
        "The same server under two names, by capacity: nothing could be compared; 3 runs were left with too few rounds."
    )


def test_a_calibration_is_read_back_as_it_was_written(calibration: Calibration) -> None:
    assert calibration_from_json(calibration_to_json(calibration)) == calibration


def test_a_calibration_of_another_schema_is_refused(calibration: Calibration) -> None:
    other = calibration_to_json(replace(calibration, schema=CALIBRATION_SCHEMA + 1))
    with pytest.raises(ResultError, match="schema version"):
        calibration_from_json(other)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1}'])
def test_what_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(ResultError):
        calibration_from_json(text)


def test_planted_work_costs_five_percent_more() -> None:
    fixed, turn = 60_000.0, 25.0
    work = planted_work(40_000, fixed + turn * 40_000, fixed + turn * 80_000)
    assert (fixed + turn * work) / (fixed + turn * 40_000) == pytest.approx(1.05, rel=1e-4)


def test_capacities_give_the_ratio_of_costs() -> None:
    ratio = capacity_ratio({1: 1000.0, 2: 1010.0, 3: 990.0}, {1: 900.0, 2: 910.0, 3: 890.0}, 3)
    assert ratio is not None
    assert ratio.low < ratio.estimate < ratio.high
    assert ratio.estimate == pytest.approx(10 / 9, rel=0.01)


def test_a_run_with_a_round_that_no_gate_let_pass_has_no_ratio() -> None:
    assert capacity_ratio({1: 1000.0, 2: 1010.0, 3: 990.0}, {1: 900.0, 3: 890.0}, 3) is None


def test_exact_costs_are_compared_trial_by_trial() -> None:
    costs = {("one", 1): 100.0, ("two", 1): 105.0, ("one", 2): 200.0, ("two", 2): 210.0, ("one", 3): 1.0}
    ratios = exact_ratios(costs, "one", "two")
    assert [ratio.estimate for ratio in ratios] == pytest.approx([1.05, 1.05])
    assert all(ratio.told_apart for ratio in ratios)
    assert not any(ratio.told_apart for ratio in exact_ratios({("one", 1): 100.0, ("two", 1): 100.4}, "one", "two"))


def test_the_report_tells_what_the_scale_is_worth(calibration: Calibration, small_result: Result) -> None:
    lines = calibration_lines(calibration)
    assert lines
    for told in (to_markdown(small_result, None, calibration), readme_text(small_result, None, calibration)):
        assert all(f"- {line}" in told for line in lines)
    page = to_html(small_result, None, calibration)
    assert all(line in page for line in lines)
    assert "The scale itself" not in to_html(small_result)

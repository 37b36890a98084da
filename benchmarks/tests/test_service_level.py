"""The bisection for a service level, against servers whose level is known by a formula."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from benchmarks.plan.latency import MOST_STEPS, Bracket
from benchmarks.results import Settings
from benchmarks.run.context import Context
from benchmarks.run.service_level import level_fault, measure_levels
from benchmarks.studies import OpenLoad, ServiceLevel

from .simulated import FASTEST_MS, Simulated, open_load

Play = Callable[..., tuple[Context, Any]]
HOSTS = ("http://a-shipped", "http://b-shipped")
CAPACITIES = {HOSTS[0]: 1000.0, HOSTS[1]: 400.0}


@pytest.fixture
def staged(play: Play, settings: Settings) -> Callable[..., Context]:
    """Give the means to stage the study of two variants with such a generator."""

    def make(generator: Simulated, **members: float) -> Context:
        context, _ = play(replace(settings, **members), None, scenarios=("article",))  # type: ignore[arg-type] # names are checked by the class
        return replace(context, generator=generator)  # type: ignore[arg-type] # a player

    return make


def levels(context: Context) -> dict[str, ServiceLevel]:
    measure_levels(replace(context, deadline=0.0))
    return {level.variant: level for level in context.book.levels}


@pytest.mark.parametrize("limit_ms", [20.0, 50.0])
def test_the_highest_rate_that_keeps_the_level_is_found_to_three_percent(
    staged: Callable[..., Context], limit_ms: float
) -> None:
    found = levels(staged(Simulated(CAPACITIES), level_p99_ms=limit_ms))
    for name, capacity in (("a", 1000.0), ("b", 400.0)):
        known = capacity * (1 - FASTEST_MS / limit_ms)
        assert 0.97 * known <= found[name].rate < known
        assert found[name].invalid is None


def test_every_step_is_kept_with_what_was_broken(staged: Callable[..., Context]) -> None:
    level = levels(staged(Simulated(CAPACITIES)))["a"]
    kept = [step.rate for step in level.steps if step.why is None]
    broken = [step.rate for step in level.steps if step.why is not None]
    assert level.steps[0].rate == pytest.approx(625)
    assert level.rate == max(kept) < min(broken)
    assert all(step.p99_ms < 50 for step in level.steps if step.why is None)
    # Whatever broke the level was tried a second time.
    assert sorted(broken)[::2] == sorted(broken)[1::2]
    assert len(set(kept + broken)) <= 8


def test_one_unlucky_window_does_not_count(staged: Callable[..., Context]) -> None:
    def unlucky(number: int, load: OpenLoad) -> OpenLoad:
        return replace(load, latency_ms={**load.latency_ms, "p99": 61.7}) if number == 1 else load

    generator = Simulated({HOSTS[0]: 1000.0, HOSTS[1]: 1000.0}, disturb=unlucky)
    first = levels(staged(generator))
    assert first["a"].rate == first["b"].rate
    assert [step.why for level in first.values() for step in level.steps].count("p99 is 61.7 ms") == 1


def test_a_disturbed_window_cannot_break_a_level(staged: Callable[..., Context]) -> None:
    def slow_and_late(number: int, load: OpenLoad) -> OpenLoad:
        spoilt = replace(load, latency_ms={**load.latency_ms, "p99": 80.0}, late_share=0.5)
        return spoilt if number <= 3 else load

    found = levels(staged(Simulated({HOSTS[0]: 1000.0, HOSTS[1]: 1000.0}, disturb=slow_and_late)))
    assert found["a"].rate == found["b"].rate


def test_a_search_that_is_always_disturbed_is_given_up_with_the_reason(staged: Callable[..., Context]) -> None:
    def always(number: int, load: OpenLoad) -> OpenLoad:
        return replace(load, latency_ms={**load.latency_ms, "p99": 80.0}, late_share=0.5)

    level = levels(staged(Simulated(CAPACITIES, disturb=always)))["a"]
    assert level.rate == 0
    assert level.invalid == "the generator sent 50.0% of the requests more than 1 ms late"
    assert len(level.steps) == 4


def test_a_level_that_nobody_keeps_is_zero(staged: Callable[..., Context]) -> None:
    level = levels(staged(Simulated(CAPACITIES), level_p99_ms=1.0))["a"]
    assert (level.rate, level.invalid) == (0.0, None)


def test_a_server_with_errors_keeps_no_level(staged: Callable[..., Context]) -> None:
    def wrong(number: int, load: OpenLoad) -> OpenLoad:
        return replace(load, failures={"GET /: status 500 instead of 200": -(-load.offered // 50)})

    level = levels(staged(Simulated(CAPACITIES, disturb=wrong)))["a"]
    assert level.rate == 0
    assert level.steps[0].why == "2.0% errors, most of them GET /: status 500 instead of 200"
    assert level.steps[0].error_share == pytest.approx(0.02, abs=0.001)


def test_the_searches_go_on_in_turn(staged: Callable[..., Context]) -> None:
    generator = Simulated({HOSTS[0]: 1000.0, HOSTS[1]: 1000.0})
    levels(staged(generator))
    hosts = [request["host"] for request in generator.opened]
    changes = sum(before != after for before, after in pairwise(hosts))
    assert changes >= 10


def test_a_variant_that_cannot_be_loaded_has_no_level(staged: Callable[..., Context]) -> None:
    context = staged(Simulated(CAPACITIES, unloadable=frozenset({HOSTS[0]})))
    assert levels(context).keys() == {"b"}
    assert [(one.variant, one.why) for one in context.book.failures] == [("a", "no token")]


def test_more_rounds_are_measured_while_there_is_time(staged: Callable[..., Context]) -> None:
    context = staged(Simulated(CAPACITIES))
    measure_levels(context)
    assert [level.round for level in context.book.levels] == [1, 1, 2, 2, 3, 3]
    measure_levels(context)
    assert len(context.book.levels) == 6


def test_a_later_round_starts_from_what_an_earlier_one_found_and_finds_the_same_in_fewer_steps(
    staged: Callable[..., Context],
) -> None:
    context = staged(Simulated(CAPACITIES))
    measure_levels(context)
    for name, capacity in (("a", 1000.0), ("b", 400.0)):
        first, *later = (level for level in context.book.levels if level.variant == name)
        known = capacity * (1 - FASTEST_MS / 50.0)
        for level in later:
            assert level.steps[0].rate == first.rate
            assert 0.97 * known <= level.rate < known
            assert len(level.steps) < len(first.steps)


@pytest.mark.parametrize("wrong", [0.4, 0.7, 1.1, 1.24, 2.0])
@pytest.mark.parametrize("answer", [30.0, 80.0, 99.0])
def test_a_wrong_hint_is_found_out_in_as_many_steps_as_a_search_may_have(answer: float, wrong: float) -> None:
    bracket, steps = Bracket(0.0, 125.0, wrong * 80.0), 0
    while not bracket.is_close:
        bracket = bracket.narrowed(kept=bracket.next_rate < answer)
        steps += 1
    assert bracket.low < answer <= bracket.high
    assert steps <= MOST_STEPS


@pytest.mark.parametrize(
    ("rate", "limit_ms", "why"),
    [(800.0, 50.0, None), (800.0, 25.0, "p99 is 25.0 ms"), (800.0, 25.1, None)],
)
def test_the_level_itself_is_not_kept(rate: float, limit_ms: float, why: str | None) -> None:
    assert level_fault(open_load(rate, 1000.0, 2.0), [], limit_ms) == why


def test_a_bracket_is_halved_until_its_ends_are_three_percent_apart() -> None:
    bracket = Bracket(0.0, 100.0)
    assert bracket.narrowed(kept=True) == Bracket(50.0, 100.0)
    assert bracket.narrowed(kept=False) == Bracket(0.0, 50.0)
    assert Bracket(97.0, 100.0).is_close
    assert not Bracket(96.9, 100.0).is_close

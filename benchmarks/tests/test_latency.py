"""Which rates the latency study offers, in which order, and what becomes of bad windows."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.gates_open import cannot_serve, latency_faults
from benchmarks.plan.contestants import Contestant
from benchmarks.plan.latency import latency_windows, open_scenarios
from benchmarks.plan.scenarios import SCENARIOS, scenarios_named
from benchmarks.results import Sample, Settings
from benchmarks.run.context import Context
from benchmarks.run.latency import measure_latency
from benchmarks.studies import LatencySample

from .simulated import Simulated

Play = Callable[..., tuple[Context, Any]]
HOSTS = {"a": "http://a-shipped", "b": "http://b-shipped"}
CAPACITIES = {HOSTS["a"]: 1000.0, HOSTS["b"]: 400.0}
POINTS = ["0.25", "0.50", "0.75", "0.90", "equal"]


@pytest.fixture
def staged(play: Play, settings: Settings) -> Callable[[Simulated], Context]:
    """Give the means to stage the study of two variants with such a generator, in a run without a capacity study."""

    def make(generator: Simulated, *scenarios: str) -> Context:
        context, _ = play(settings, None, scenarios=scenarios or ("article",))
        return replace(context, generator=generator)  # type: ignore[arg-type] # a player

    return make


def rates(context: Context, variant: str, number: int = 1) -> dict[str, float]:
    of_it = [one for one in context.book.latencies if (one.variant, one.round, one.attempt) == (variant, number, 1)]
    return {one.point: one.load.rate for one in of_it}


def test_everyone_is_offered_the_same_rate_and_shares_of_its_own_capacity(staged: Callable[..., Context]) -> None:
    context = staged(Simulated(CAPACITIES))
    measure_latency(context)
    for number in (1, 2, 3):
        assert rates(context, "a", number) == pytest.approx(dict(zip(POINTS, (250, 500, 750, 900, 200), strict=True)))
        assert rates(context, "b", number) == pytest.approx(dict(zip(POINTS, (100, 200, 300, 360, 200), strict=True)))
    assert len(context.book.latencies) == 3 * 2 * len(POINTS)
    assert {str(step) for step in context.book.checkpoint.steps} == {"latency/1", "latency/2", "latency/3"}


def test_the_equal_rate_has_the_same_arrivals_for_all_and_others_in_each_round(staged: Callable[..., Context]) -> None:
    generator = Simulated(CAPACITIES)
    measure_latency(staged(generator))
    equal = [request["seed"] for request in generator.opened if request["rate"] == 200 and "equal" in request["seed"]]
    assert len(equal) == 6
    assert len(set(equal)) == 3


def test_the_capacity_of_this_run_is_used_where_there_is_one(
    staged: Callable[..., Context], sample: Callable[..., Sample]
) -> None:
    generator = Simulated(CAPACITIES)
    context = staged(generator)
    for number, rate in enumerate((590.0, 600.0, 700.0), start=1):
        context.book.samples.append(sample(number, "b", "article", rate=rate))
    measure_latency(context)
    assert rates(context, "b")["0.50"] == pytest.approx(300)
    # It is warmed up all the same; a is measured beside that.
    windows = [request["host"] for request in generator.closed if not request["warm_up_max"]]
    assert set(windows) == {HOSTS["a"]}


def test_a_disturbed_window_is_repeated_at_most_three_times_with_other_arrivals(
    staged: Callable[..., Context],
) -> None:
    generator = Simulated(CAPACITIES, disturb=lambda number, load: replace(load, late_share=0.5 * (number <= 4)))
    context = staged(generator)
    measure_latency(context)
    attempts = [one.attempt for one in context.book.latencies[:5]]
    assert attempts == [1, 2, 3, 4, 1]
    assert len({request["seed"] for request in generator.opened[:4]}) == 4
    assert [fault.gate for fault in latency_faults(context.book.latencies[3])] == ["late"]


def test_nothing_is_repeated_when_the_time_is_spent(staged: Callable[..., Context]) -> None:
    generator = Simulated(CAPACITIES, disturb=lambda number, load: replace(load, late_share=0.5))
    context = replace(staged(generator), deadline=0.0)
    measure_latency(context)
    assert {one.attempt for one in context.book.latencies} == {1}


def test_a_server_that_cannot_keep_the_rate_is_an_answer(staged: Callable[..., Context]) -> None:
    generator = Simulated(CAPACITIES, disturb=lambda number, load: replace(load, served=load.served * 9 // 10))
    context = staged(generator)
    measure_latency(context)
    last: LatencySample = context.book.latencies[-1]
    assert cannot_serve(latency_faults(last))


def test_a_variant_that_cannot_be_loaded_is_noted_once_a_round_and_the_others_go_on(
    staged: Callable[..., Context],
) -> None:
    context = staged(Simulated(CAPACITIES, unloadable=frozenset({HOSTS["a"]})))
    measure_latency(context)
    failures = [(one.round, one.variant, one.scenario, one.study) for one in context.book.failures]
    assert failures == [(number, "a", "article", "latency") for number in (1, 2, 3)]
    assert {one.variant for one in context.book.latencies} == {"b"}


def test_what_has_been_measured_is_not_measured_again(staged: Callable[..., Context]) -> None:
    generator = Simulated(CAPACITIES)
    context = staged(generator)
    measure_latency(context)
    before = len(generator.opened)
    measure_latency(context)
    assert len(generator.opened) == before


def test_a_scenario_with_settings_of_its_own_has_servers_of_its_own(play: Play, settings: Settings) -> None:
    seen: list[Any] = []

    def server(variant: Any, url: str, given: dict[str, str], *options: Any) -> Any:
        seen.append((variant.name, given["RATE_LIMIT_DEFAULT"]))
        return nullcontext(SimpleNamespace(base_url=HOSTS[variant.name], pid=1, startup_seconds=0.1))

    context, _ = play(settings, None, scenarios=("page_limited", "ping"), server=server)
    measure_latency(replace(context, generator=Simulated(CAPACITIES)))  # type: ignore[arg-type] # a player
    assert sorted(set(seen)) == [("a", "1000000/minute"), ("a", "off"), ("b", "1000000/minute"), ("b", "off")]
    assert len(context.book.latencies) == 3 * 2 * 2 * len(POINTS)


def test_a_scenario_without_the_redis_that_it_needs_is_noted(
    play: Play, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.run.scenario_settings.redis_url", lambda: None)
    context, _ = play(settings, None, scenarios=("page_limited_redis",))
    measure_latency(replace(context, generator=Simulated(CAPACITIES)))  # type: ignore[arg-type] # a player
    assert {(one.variant, one.scenario) for one in context.book.failures} == {
        (name, "page_limited_redis") for name in "ab"
    }
    assert context.book.latencies == []


def test_the_order_is_random_and_the_same_for_a_seed(play: Play, settings: Settings) -> None:
    context, _ = play(settings, None)
    capacities = dict.fromkeys(context.shipped, 100.0)
    scenario = scenarios_named(["page"], quick=False)[0]

    def order(number: int, seed: int) -> list[tuple[str, Contestant]]:
        return [(one.point, one.contestant) for one in latency_windows(number, scenario, capacities, seed)]

    assert order(1, seed=1) == order(1, seed=1)
    assert len({tuple(order(number, seed=1)) for number in range(1, 9)}) > 1
    # All contestants meet a load one after the other.
    points = [point for point, _ in order(1, seed=1)]
    assert points[::2] == points[1::2]
    assert latency_windows(1, scenario, {}, seed=1) == ()


def test_one_row_and_many_are_asked_for_unless_something_else_is_wanted() -> None:
    assert [scenario.name for scenario in open_scenarios(SCENARIOS)] == ["article", "page"]
    assert [one.name for one in open_scenarios(scenarios_named(["ping"], quick=True))] == ["ping"]

"""How many rounds a run takes, of what, and what its generator is asked for; with no server at all."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.gates import Fault
from benchmarks.plan.scenarios import scenarios_named
from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import studies_named
from benchmarks.results import Sample, Settings
from benchmarks.run.capacity import half_width, measure_capacity
from benchmarks.run.context import Context

Make = Callable[..., Sample]
Play = Callable[..., Any]
Say = Callable[..., None]
Unsteady = Callable[[Mapping[str, Any]], bool]


@pytest.fixture
def standard() -> Settings:
    """At least five rounds, however many a standard run has by now."""
    usual = make_settings(quick=False, seed=1, studies=studies_named(["capacity"], quick=False))
    return replace(usual, rounds=5)


@pytest.fixture(autouse=True)
def lenient(gates_say: Say) -> None:
    gates_say("benchmarks.run.capacity.sample_faults")
    gates_say("benchmarks.gates.sample_faults")


@pytest.fixture
def weather(monkeypatch: pytest.MonkeyPatch, sample: Make) -> Callable[[Unsteady], None]:
    """Give the means to have windows that differ by nothing, or by a third where the generator is asked for that."""
    draw = random.Random(1)

    def have(unsteady: Unsteady) -> None:
        def measured(generator: object, request: Mapping[str, Any], **_: object) -> tuple[object, object]:
            one = sample(rate=1000 * draw.uniform(0.6, 1.4) if unsteady(request) else 1000.0)
            return one.load, one.usage

        monkeypatch.setattr("benchmarks.run.turns.measure", measured)

    return have


def rounds_of(context: Context) -> dict[tuple[str, str], int]:
    """By table how many rounds there are of it; every one is whole, and none is left out in between."""
    cells = sorted((one.scenario, one.handler, one.round, one.variant) for one in context.book.samples)
    most = {(scenario, handler): number for scenario, handler, number, _ in cells}
    assert cells == sorted((*table, n, v) for table, last in most.items() for n in range(1, last + 1) for v in "ab")
    return most


def test_a_standard_run_ends_when_the_ratios_are_precise(standard: Settings, sample: Make, play: Play) -> None:
    context, _ = play(standard, sample().load)
    measure_capacity(context)
    assert (context.book.ended, rounds_of(context)) == (
        "complete",
        {("ping", "shipped"): 5, ("create_article", "shipped"): 5},
    )
    assert half_width(context) == 0.0


def test_a_standard_run_ends_when_the_time_is_spent(
    standard: Settings, play: Play, weather: Callable[[Unsteady], None]
) -> None:
    weather(lambda request: True)
    context, _ = play(standard, None)
    measure_capacity(replace(context, deadline=0.0))
    assert half_width(context) > standard.precision
    assert (context.book.ended, max(rounds_of(context).values())) == ("budget", 5)


def test_a_scenario_that_is_precise_is_left_out_of_later_rounds_and_the_others_go_on(
    standard: Settings, play: Play, weather: Callable[[Unsteady], None]
) -> None:
    weather(lambda request: request["user"] == "CreateArticle")
    context, _ = play(replace(standard, max_rounds=8), None)
    measure_capacity(context)
    assert rounds_of(context) == {("ping", "shipped"): 5, ("create_article", "shipped"): 8}
    assert context.book.ended == "complete"


def test_a_cell_with_too_few_good_rounds_is_waited_for_and_one_that_has_none_is_not(
    standard: Settings, sample: Make, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faults(one: Sample, _: Settings) -> list[Fault]:
        is_bad = one.variant == "a" and (one.scenario == "create_article" or one.round < 4)
        return [Fault("others", "taken")] if is_bad else []

    monkeypatch.setattr("benchmarks.gates.sample_faults", faults)
    context, _ = play(replace(standard, max_rounds=9), sample().load)
    measure_capacity(context)
    assert rounds_of(context) == {("ping", "shipped"): 6, ("create_article", "shipped"): 5}
    assert context.book.ended == "complete"


def test_variants_that_are_precise_do_not_start_again_where_only_the_frameworks_alone_are_not(
    standard: Settings, play: Play, weather: Callable[[Unsteady], None]
) -> None:
    weather(lambda request: request["host"].endswith("-bare"))
    context, _ = play(replace(standard, max_rounds=7), None, bare=True)
    measure_capacity(context)
    assert rounds_of(context) == {
        ("ping", "shipped"): 5,
        ("ping", "bare"): 7,
        ("create_article", "shipped"): 5,
    }
    assert {start.handler for start in context.book.starts if start.round > 5} == {"bare"}


@pytest.mark.parametrize(("seconds_of_a_round", "ended", "most"), [(2900.0, "complete", 7), (3100.0, "budget", 5)])
def test_the_time_of_a_round_is_that_of_what_it_still_measures(
    standard: Settings,
    play: Play,
    weather: Callable[[Unsteady], None],
    seconds_of_a_round: float,
    ended: str,
    most: int,
) -> None:
    weather(lambda request: request["host"].endswith("-bare"))
    context, _ = play(replace(standard, max_rounds=7), None, bare=True)
    # Two of six cells are left, so a third of the time.
    context.book.study_seconds["capacity"] = 5 * seconds_of_a_round
    measure_capacity(replace(context, deadline=time.monotonic() + 1015))
    assert (context.book.ended, max(rounds_of(context).values())) == (ended, most)


def test_a_scenario_may_want_fewer_users_and_longer_windows_than_the_run(
    standard: Settings, sample: Make, play: Play
) -> None:
    context, played = play(replace(standard, rounds=1, max_rounds=1), sample().load, scenarios=("ping", "token"))
    measure_capacity(context)
    (token,) = scenarios_named(["token"], quick=False)
    assert (token.users, token.window_factor > 1) == (4, True)
    asked = {(one["user"], one["users"], one["window"]) for one in played.windows}
    long = token.window_factor * standard.window_seconds
    assert asked == {("Ping", standard.users, standard.window_seconds), ("Token", 4, long)}
    assert {one["users"] for one in played.asked if one["user"] == "Token"} == {4}


def test_the_generator_is_told_which_server_it_asks(standard: Settings, sample: Make, play: Play) -> None:
    context, played = play(replace(standard, rounds=1, max_rounds=1), sample().load)
    measure_capacity(context)
    named = {(one["host"], one["server"]) for one in played.asked}
    assert len(named) == len({name for _, name in named}) == 2
    assert all(name.startswith(f"{host} ") for host, name in named)

"""How the rounds of the capacity are carried out, with a generator that plays a part and no server at all."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import STUDIES, studies_named
from benchmarks.results import Sample, Settings
from benchmarks.run.book import Step
from benchmarks.run.capacity import half_width, measure_capacity
from benchmarks.run.ceiling import measure_ceiling
from benchmarks.run.generator import LoadFailedError
from benchmarks.run.registry import CARRIED_OUT
from variants.launch import VariantFailedError

Make = Callable[..., Sample]
Play = Callable[..., Any]
Say = Callable[..., None]
CAPACITY_GATES = "benchmarks.run.capacity.sample_faults"
CELLS_GATES = "benchmarks.gates.sample_faults"


@contextmanager
def failing() -> Iterator[object]:
    raise VariantFailedError("b ended with exit code 3; its log ends:\nTraceback")
    yield object()


@pytest.fixture
def quick() -> Settings:
    return make_settings(quick=True, rounds=2, seed=1, studies=studies_named(None, quick=True))


@pytest.fixture
def standard() -> Settings:
    return make_settings(quick=False, seed=1, studies=studies_named(["capacity"], quick=False))


def hosts(requests: list[Any]) -> list[str]:
    return [request["host"] for request in requests]


def test_each_round_gives_everyone_so_many_turns_in_every_scenario(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, played = play(quick, sample().load)
    measure_capacity(context)
    measured = sorted((one.round, one.variant, one.scenario, one.turn) for one in context.book.samples)
    assert measured == [(r, v, s, t) for r in (1, 2) for v in "ab" for s in ("create_article", "ping") for t in (1, 2)]
    assert [(start.round, start.startup_seconds) for start in context.book.starts] == [(1, 0.25)] * 2 + [(2, 0.25)] * 2
    assert context.book.ended == "complete"
    assert [request["user"] for request in played.asked] == (["Ping"] * 6 + ["CreateArticle"] * 6) * 2


def test_everyone_is_warm_before_the_first_window_and_the_second_turn_mirrors_the_first(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, played = play(quick, sample().load, scenarios=("ping",))
    measure_capacity(context)
    first = played.asked[:6]
    assert [bool(request["warm_up_max"]) for request in first] == [True, True, False, False, False, False]
    assert sorted(hosts(first[:2])) == ["http://a-shipped", "http://b-shipped"]
    assert hosts(first[2:4]) == hosts(first[4:6])[::-1]
    assert {request["window"] for request in played.windows} == {quick.window_seconds}


def test_a_window_says_how_its_server_was_warmed_up(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES)
    warm = replace(sample().load, warm_up_rates=(7.0,), warm_up_settled=True)
    window = replace(sample().load, warm_up_rates=(), warm_up_settled=False)
    context, _ = play(quick, warm, warm, window, scenarios=("ping",))
    measure_capacity(context)
    assert {(one.load.warm_up_rates, one.load.warm_up_settled) for one in context.book.samples[:4]} == {((7.0,), True)}


def test_a_framework_alone_takes_part_in_what_its_handlers_serve(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, played = play(quick, sample().load, bare=True)
    measure_capacity(context)
    seen = {(one.scenario, one.variant, one.handler) for one in context.book.samples}
    assert seen == {("ping", v, h) for v in "ab" for h in ("shipped", "bare")} | {
        ("create_article", v, "shipped") for v in "ab"
    }
    assert {start.handler for start in context.book.starts} == {"shipped", "bare"}
    assert "http://a-bare" in hosts(played.windows)


def test_a_gate_that_trips_repeats_the_window_at_most_three_times(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES, ["others"], ["others"], ["others"], ["others"], ["little"], [])
    context, _ = play(quick, sample().load, scenarios=("ping",))
    measure_capacity(context)
    assert [one.attempt for one in context.book.samples] == [1, 2, 3, 4, 1, 2, 1, 1, 1, 1, 1, 1]


def test_nothing_is_repeated_when_the_time_is_spent(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES, ["others"], ["others"])
    context, _ = play(quick, sample().load)
    measure_capacity(replace(context, deadline=0.0))
    assert {one.attempt for one in context.book.samples} == {1}


def test_a_load_that_cannot_be_brought_up_is_noted_and_the_rest_goes_on(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, _ = play(quick, LoadFailedError("no token"), sample().load)
    measure_capacity(context)
    (failure,) = context.book.failures
    assert (failure.round, failure.scenario, failure.why, failure.study) == (1, "ping", "no token", "capacity")
    assert len([one for one in context.book.samples if one.round == 1 and one.variant == failure.variant]) == 2
    assert len(context.book.samples) == 14


def test_a_server_that_does_not_start_is_noted_and_the_others_go_on(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, _ = play(quick, sample().load)
    usual = context.stage.server
    stage = replace(context.stage, server=lambda one, *rest: failing() if one.name == "b" else usual(one, *rest))
    measure_capacity(replace(context, stage=stage))
    failures = {(one.round, one.variant, one.scenario, one.why) for one in context.book.failures}
    assert failures == {(number, "b", None, "b ended with exit code 3") for number in (1, 2)}
    assert {one.variant for one in context.book.samples} == {"a"}


def test_an_interrupt_keeps_what_was_measured(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES)
    context, _ = play(quick, *[sample().load] * 4, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        measure_capacity(context)
    assert len(context.book.samples) == 2
    assert context.book.ended == "interrupted"


def test_the_result_is_kept_after_each_round_and_a_round_that_is_kept_is_not_measured_again(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    kept: list[tuple[str, ...]] = []
    context, _ = play(quick, sample().load, scenarios=("ping",))
    context.book.finish(Step("capacity", 1))
    measure_capacity(replace(context, keep=lambda: kept.append(context.book.checkpoint.steps)))
    assert {one.round for one in context.book.samples} == {2}
    assert kept == [("capacity/1", "capacity/2")]
    assert context.book.checkpoint.lengths["samples"] == 4


def test_a_standard_run_ends_when_the_ratios_are_precise(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    gates_say(CELLS_GATES)
    context, _ = play(standard, sample().load)
    measure_capacity(context)
    assert (context.book.ended, max(one.round for one in context.book.samples)) == ("complete", 5)
    assert half_width(context) == 0.0


def test_a_standard_run_ends_when_the_time_is_spent(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    gates_say(CELLS_GATES)
    fast, slow = sample().load, sample(rate=500).load
    context, _ = play(standard, *[fast, slow, slow, fast, fast] * 60)
    measure_capacity(replace(context, deadline=0.0))
    assert half_width(context) > standard.precision
    assert (context.book.ended, max(one.round for one in context.book.samples)) == ("budget", 5)


def test_the_generators_own_limit_is_measured_against_nothing_and_once(
    quick: Settings, sample: Make, play: Play
) -> None:
    context, played = play(quick, sample(rate=9000).load)
    measure_ceiling(context)
    measure_ceiling(context)
    assert context.book.ceiling is not None
    assert context.book.ceiling.requests_per_second == pytest.approx(9000)
    assert context.book.ceiling.cpu_share == pytest.approx(0.5)
    assert hosts(played.asked) == ["http://nothing"]


def test_every_study_that_can_be_named_is_carried_out_by_something() -> None:
    assert list(CARRIED_OUT) == [study.name for study in STUDIES]


def test_servers_beside_the_one_under_load_are_told_as_idle(
    quick: Settings, sample: Make, play: Play, gates_say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates_say(CAPACITY_GATES)
    seen: list[tuple[int, ...]] = []

    def measured(*_: object, idle_pids: tuple[int, ...], **__: object) -> tuple[object, object]:
        seen.append(idle_pids)
        return sample().load, sample().usage

    monkeypatch.setattr("benchmarks.run.turns.measure", measured)
    context, _ = play(quick, sample().load, scenarios=("ping",))
    measure_capacity(context)
    assert {len(pids) for pids in seen} == {1}


def test_a_scenario_that_wants_other_settings_has_servers_of_its_own(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    started: list[tuple[str, str]] = []
    context, _ = play(quick, sample().load, scenarios=("ping", "page", "page_limited"))
    usual = context.stage.server

    def server(variant: Any, url: str, settings: Mapping[str, str], *rest: Any) -> Any:
        started.append((variant.name, settings["RATE_LIMIT_DEFAULT"]))
        return usual(variant, url, settings, *rest)

    measure_capacity(replace(context, stage=replace(context.stage, server=server)))
    assert sorted(started) == sorted((v, limit) for v in "ab" for limit in ("off", "1000000/minute") for _ in (1, 2))
    assert len(context.book.starts) == 4
    assert {one.scenario for one in context.book.samples} == {"ping", "page", "page_limited"}


def test_a_scenario_without_what_it_needs_is_noted_for_everyone_and_the_others_go_on(
    quick: Settings, sample: Make, play: Play, gates_say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates_say(CAPACITY_GATES)
    monkeypatch.setattr("benchmarks.run.scenario_settings.redis_url", lambda: None)
    context, _ = play(quick, sample().load, scenarios=("ping", "page_limited_redis"))
    measure_capacity(context)
    failures = {(one.variant, one.scenario) for one in context.book.failures}
    assert failures == {("a", "page_limited_redis"), ("b", "page_limited_redis")}
    assert {one.scenario for one in context.book.samples} == {"ping"}


def test_the_share_that_is_told_never_falls(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES)
    told: list[float] = []
    context, _ = play(quick, sample().load)
    measure_capacity(replace(context, progress=lambda share, what: told.append(share)))
    assert told == sorted(told)
    assert (told[0], told[-1] > 0.9) == (0.0, True)

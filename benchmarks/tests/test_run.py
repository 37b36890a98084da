"""How the rounds of the capacity are carried out, with a generator that plays a part and no server at all."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import STUDIES, studies_named
from benchmarks.results import Sample, Settings
from benchmarks.run.book import Step
from benchmarks.run.capacity import measure_capacity
from benchmarks.run.ceiling import measure_ceiling
from benchmarks.run.registry import CARRIED_OUT

Make = Callable[..., Sample]
Play = Callable[..., Any]
Say = Callable[..., None]
CAPACITY_GATES = "benchmarks.run.capacity.sample_faults"


@pytest.fixture
def quick() -> Settings:
    """Two rounds of four turns, however many turns a run has by now."""
    usual = make_settings(quick=True, rounds=2, seed=1, studies=studies_named(None, quick=True))
    return replace(usual, turns=4)


def hosts(requests: list[Any]) -> list[str]:
    return [request["host"] for request in requests]


def test_each_round_gives_everyone_one_sample_of_four_windows_in_every_scenario(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, played = play(quick, sample().load)
    measure_capacity(context)
    samples = context.book.samples
    measured = sorted((one.round, one.variant, one.scenario, one.turn) for one in samples)
    assert measured == [(r, v, s, 1) for r in (1, 2) for v in "ab" for s in ("create_article", "ping")]
    assert {(one.load.windows, one.load.requests, one.load.window_seconds) for one in samples} == {
        ((1000.0,) * 4, 8000, 8.0)
    }
    assert [(start.round, start.startup_seconds) for start in context.book.starts] == [(1, 0.25)] * 2 + [(2, 0.25)] * 2
    assert context.book.ended == "complete"
    assert [request["user"] for request in played.asked] == (["Ping"] * 10 + ["CreateArticle"] * 10) * 2


def test_everyone_is_warm_before_the_first_window_and_every_second_turn_mirrors_the_one_before(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, played = play(quick, sample().load, scenarios=("ping",))
    measure_capacity(context)
    first = played.asked[:10]
    assert [request["warm_up_max"] for request in first] == [quick.warm_up_max_seconds] * 2 + [0.0] * 8
    for turn in range(0, 10, 2):
        assert sorted(hosts(first[turn : turn + 2])) == ["http://a-shipped", "http://b-shipped"]
    for turn in (2, 6):
        assert hosts(first[turn : turn + 2]) == hosts(first[turn + 2 : turn + 4])[::-1]
    assert {request["window"] for request in played.windows} == {quick.window_seconds}


def test_a_sample_says_how_its_server_was_warmed_up(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES)
    warm = replace(sample().load, warm_up_rates=(7.0,), warm_up_settled=True)
    window = replace(sample().load, warm_up_rates=(), warm_up_settled=False)
    context, _ = play(quick, warm, warm, window, scenarios=("ping",))
    measure_capacity(context)
    assert {(one.load.warm_up_rates, one.load.warm_up_settled) for one in context.book.samples[:2]} == {((7.0,), True)}


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


def test_whose_windows_trip_a_gate_takes_all_turns_again_alone_and_at_most_three_times(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES, ["others"], [], ["others"], ["others"], ["little"])
    context, played = play(quick, sample().load, scenarios=("ping",))
    measure_capacity(context)
    first = [one for one in context.book.samples if one.round == 1]
    assert [one.attempt for one in first] == [1, 1, 2, 3, 4]
    assert {one.variant for one in first[2:]} == {first[0].variant} != {first[1].variant}
    # Two that warm up, four turns of both, and three times four of the faulty one, which stays warm.
    asked = hosts(played.asked[2:22])
    assert Counter(asked) == {f"http://{first[0].variant}-shipped": 16, f"http://{first[1].variant}-shipped": 4}
    assert len(set(asked[8:])) == 1
    assert [one.attempt for one in context.book.samples if one.round == 2] == [1, 1]


def test_a_server_that_only_waits_is_not_measured_again(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES, ["saturation"], ["saturation", "others"], ["saturation"])
    context, _ = play(quick, sample().load, scenarios=("ping",))
    measure_capacity(context)
    first = [one for one in context.book.samples if one.round == 1]
    assert [one.attempt for one in first] == [1, 1, 2]
    assert first[2].variant == first[1].variant


def test_a_good_repetition_is_the_last(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES, ["others"], ["little"], ["others"], [])
    context, _ = play(quick, sample().load, scenarios=("ping",))
    measure_capacity(context)
    assert [one.attempt for one in context.book.samples if one.round == 1] == [1, 1, 2, 2, 3]


def test_nothing_is_repeated_when_the_time_is_spent(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES, ["others"], ["others"])
    context, _ = play(quick, sample().load)
    measure_capacity(replace(context, deadline=0.0))
    assert {one.attempt for one in context.book.samples} == {1}


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
    assert context.book.checkpoint.lengths["samples"] == 2


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


def test_the_share_that_is_told_never_falls(quick: Settings, sample: Make, play: Play, gates_say: Say) -> None:
    gates_say(CAPACITY_GATES)
    told: list[float] = []
    context, _ = play(quick, sample().load)
    measure_capacity(replace(context, progress=lambda share, what: told.append(share)))
    assert told == sorted(told)
    # The last that is told of is a turn of the last of four scenarios, and counts when all of its turns are taken.
    assert (told[0], told[-1]) == (0.0, 0.75)

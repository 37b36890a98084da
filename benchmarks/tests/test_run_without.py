"""What a round of the capacity does without a server, a load or the rest of its time; with nothing that is real."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import studies_named
from benchmarks.results import Sample, Settings
from benchmarks.run.capacity import measure_capacity
from benchmarks.run.generator import LoadFailedError
from variants.launch import VariantFailedError

Make = Callable[..., Sample]
Play = Callable[..., Any]
Say = Callable[..., None]
CAPACITY_GATES = "benchmarks.run.capacity.sample_faults"


@contextmanager
def failing() -> Iterator[object]:
    raise VariantFailedError("b ended with exit code 3; its log ends:\nTraceback")
    yield object()


@pytest.fixture
def quick() -> Settings:
    """Two rounds of four turns, however many turns a run has by now."""
    usual = make_settings(quick=True, rounds=2, seed=1, studies=studies_named(None, quick=True))
    return replace(usual, turns=4)


def test_a_load_that_cannot_be_brought_up_is_noted_and_the_rest_goes_on(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, _ = play(quick, LoadFailedError("no token"), sample().load)
    measure_capacity(context)
    (failure,) = context.book.failures
    assert (failure.round, failure.scenario, failure.why, failure.study) == (1, "ping", "no token", "capacity")
    assert len([one for one in context.book.samples if one.round == 1 and one.variant == failure.variant]) == 1
    assert len(context.book.samples) == 7


def test_who_is_lost_in_the_middle_has_no_sample_and_the_others_take_all_turns(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, played = play(quick, *[sample().load] * 4, LoadFailedError("gone"), sample().load, scenarios=("ping",))
    measure_capacity(context)
    (failure,) = context.book.failures
    (first,) = [one for one in context.book.samples if one.round == 1]
    assert first.variant != failure.variant
    assert len(first.load.windows) == 4
    # Two warm up; who is lost has taken one window, and begun the second.
    assert Counter(request["host"] for request in played.asked[:8])[f"http://{failure.variant}-shipped"] == 3


def test_an_interrupt_between_two_turns_leaves_no_half_a_sample(
    quick: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(CAPACITY_GATES)
    context, _ = play(quick, *[sample().load] * 6, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        measure_capacity(context)
    assert context.book.samples == []


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
    context, _ = play(quick, *[sample().load] * 10, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        measure_capacity(context)
    assert len(context.book.samples) == 2
    assert context.book.ended == "interrupted"


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

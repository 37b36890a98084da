"""How the exact cost and the footprint take part in a comparison."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import studies_named
from benchmarks.results import Settings
from benchmarks.run.callgrind import CallgrindError
from benchmarks.run.exact import ExactPlan, Listener
from benchmarks.run.footprint import FootprintError
from benchmarks.run.unloaded import EXACT, FOOTPRINT, measure_exact_costs, measure_footprint
from benchmarks.studies import ExactCost, Footprint

Play = Callable[..., Any]
COST = ExactCost("a", "shipped", "ping", 1, 20, 500_000.0, {})


@pytest.fixture
def settings() -> Settings:
    return make_settings(quick=False, seed=1, studies=studies_named(["exact"], quick=False))


def test_instructions_are_counted_once_of_the_scenarios_that_were_asked_for(
    settings: Settings, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Any, ExactPlan]] = []

    def counted(variants: Any, plan: ExactPlan, listener: Listener) -> None:
        seen.append((variants, plan))
        listener.cost(COST)

    monkeypatch.setattr("benchmarks.run.unloaded.measure_exact", counted)
    context, _ = play(settings, None, bare=True)
    measure_exact_costs(context)
    measure_exact_costs(context)
    ((variants, plan),) = seen
    assert context.book.costs == [COST]
    assert context.book.is_done(EXACT)
    assert (list(variants), plan.scenarios, plan.cores) == (["a", "b"], ("ping",), ((0,), (1,)))
    assert all(variant.bare for variant in variants.values())


def test_the_frameworks_alone_are_left_out_where_they_are_not_wanted(
    settings: Settings, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("benchmarks.run.unloaded.measure_exact", lambda variants, *_: seen.append(variants))
    context, _ = play(replace(settings, bare=False), None, bare=True)
    measure_exact_costs(context)
    assert [variant.bare for variant in seen[0].values()] == [None, None]


def test_a_machine_that_cannot_count_has_a_note(
    settings: Settings, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise CallgrindError("there is no valgrind")

    monkeypatch.setattr("benchmarks.run.unloaded.measure_exact", missing)
    context, _ = play(settings, None)
    measure_exact_costs(context)
    assert context.book.notes == ["Exact cost: there is no valgrind."]
    assert context.book.is_done(EXACT)


def test_footprints_are_taken_once_and_what_keeps_them_is_a_note(
    settings: Settings, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(variants: Iterable[Any]) -> list[Footprint]:
        return [Footprint(variant.name, 1, ("p",), {}) for variant in variants]

    def missing(variants: Iterable[Any]) -> list[Footprint]:
        raise FootprintError("p is not installed")

    context, _ = play(settings, None)
    for function in (taken, missing):
        monkeypatch.setattr("benchmarks.run.unloaded.measure_footprints", function)
        measure_footprint(context)
    assert [one.variant for one in context.book.footprints] == ["a", "b"]
    assert context.book.is_done(FOOTPRINT)
    again, _ = play(settings, None)
    measure_footprint(again)
    assert again.book.notes == ["Footprint: p is not installed."]

"""The study of exact costs, with servers whose counts are made up."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.plan.layers import CONTRACT, DATA, QUERY, SERVER
from benchmarks.results import Failure
from benchmarks.run import exact
from benchmarks.run.callgrind import CallgrindError
from benchmarks.run.exact import OTHERS, ExactPlan, Listener, measure_exact, shown_libraries
from benchmarks.studies import ExactCost
from variants.catalog import Handler, Variant, variant_named
from variants.engines import Engine

INSTRUCTIONS = {
    (Handler.BARE, "ping"): 300.0,
    (Handler.BARE, "article"): 700.0,
    (Handler.SHIPPED, "ping"): 800.0,
    (Handler.SHIPPED, "article"): 1900.0,
}


class Noted:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.costs: list[ExactCost] = []
        self.failures: list[Failure] = []

    @property
    def listener(self) -> Listener:
        return Listener(lambda share, what: self.shares.append(share), self.costs.append, self.failures.append)


@pytest.fixture
def variants() -> Mapping[str, Variant]:
    """One with both handlers, one with its own only."""
    flask = variant_named("flask")
    return {"both": flask, "alone": replace(flask, bare=None)}


@pytest.fixture
def plan() -> ExactPlan:
    return ExactPlan(Engine.SQLITE, {}, scenarios=("ping", "article"), trials=(1, 2), requests=4, cores=((), ()))


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Handler, str], None]], None]:
    """Servers that count what the table says; gives the means to let them do something else first."""
    before: list[Callable[[Handler, str], None]] = []

    @contextmanager
    def counting(variant: Variant, handler: Handler, **_: Any) -> Iterator[SimpleNamespace]:
        def count(scenario: str, requests: int, check: Callable[[], None]) -> dict[str, float]:
            for act in before:
                act(handler, scenario)
            check()
            return {"interpreter": INSTRUCTIONS[handler, scenario] - 2.0, "libc": 2.0}

        yield SimpleNamespace(count=count)

    monkeypatch.setattr(exact, "counting", counting)
    monkeypatch.setattr(exact, "fresh_database", lambda engine: nullcontext(SimpleNamespace(url="sqlite://")))
    monkeypatch.setattr(exact, "valgrind_version", lambda: "valgrind-1.0")
    return before.append


def test_each_handler_and_scenario_of_each_trial_has_a_cost(variants: Mapping[str, Variant], plan: ExactPlan) -> None:
    noted = Noted()
    measure_exact(variants, plan, noted.listener)
    found = {(cost.variant, cost.handler, cost.scenario, cost.trial): cost.instructions for cost in noted.costs}
    assert found == {
        (name, str(handler), scenario, trial): instructions
        for (handler, scenario), instructions in INSTRUCTIONS.items()
        for trial in (1, 2)
        for name in ("both", "alone")
        if name == "both" or handler is Handler.SHIPPED
    }
    assert {(cost.scenario, cost.requests) for cost in noted.costs} == {("ping", 24), ("article", 24)}
    assert {cost.counter for cost in noted.costs} == {"valgrind-1.0"}
    assert noted.failures == []
    assert noted.shares == sorted(noted.shares)


def test_layers_and_libraries_add_up_to_the_cost(variants: Mapping[str, Variant], plan: ExactPlan) -> None:
    noted = Noted()
    measure_exact(variants, plan, noted.listener)
    for cost in noted.costs:
        assert sum(cost.libraries.values()) == cost.instructions
        assert sum(cost.layers.values()) == (cost.instructions if cost.variant == "both" else 0)
    (article,) = (one for one in noted.costs if one.layers.keys() >= {DATA} and one.trial == 1)
    assert article.layers == {SERVER: 300.0, CONTRACT: 500.0, QUERY: 400.0, DATA: 700.0}


def test_a_server_that_fails_is_told_and_the_others_go_on(
    variants: Mapping[str, Variant], plan: ExactPlan, made_up: Callable[[Callable[[Handler, str], None]], None]
) -> None:
    def fail(handler: Handler, scenario: str) -> None:
        if handler is Handler.BARE:
            raise CallgrindError("it broke\nwith a log")

    made_up(fail)
    noted = Noted()
    measure_exact(variants, plan, noted.listener)
    expected = [Failure(trial, "both", None, "it broke", "bare", "exact") for trial in (1, 2)]
    assert sorted(noted.failures, key=lambda failure: failure.round) == expected
    assert {(cost.handler, tuple(cost.layers)) for cost in noted.costs} == {("shipped", ())}
    assert len(noted.costs) == 8


def test_an_interrupt_ends_the_study_and_what_was_told_is_kept(
    variants: Mapping[str, Variant], plan: ExactPlan, made_up: Callable[[Callable[[Handler, str], None]], None]
) -> None:
    noted, told = Noted(), threading.Event()

    def interrupt(handler: Handler, scenario: str) -> None:
        if noted.costs and not told.is_set():
            told.set()
            raise KeyboardInterrupt
        if told.is_set():
            # A slice takes its time: the others would be through before the study hears of it.
            time.sleep(0.05)

    made_up(interrupt)
    with pytest.raises(KeyboardInterrupt):
        measure_exact(variants, replace(plan, trials=range(50), cores=((),)), noted.listener)
    assert 1 <= len(noted.costs) < 100


def test_libraries_with_next_to_nothing_are_told_as_one() -> None:
    shown = shown_libraries({"libc": 100.0, "interpreter": 890.0, "libm": 6.0, "libdl": 4.0})
    assert shown == {"interpreter": 890.0, "libc": 100.0, OTHERS: 10.0}
    assert list(shown) == ["interpreter", "libc", OTHERS]
    assert shown_libraries({"interpreter": 1.0}) == {"interpreter": 1.0}

"""How rounds are carried out, with a generator that plays a part and no server at all."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.plan.scenarios import scenarios_named
from benchmarks.results import Layout, Sample, Settings
from benchmarks.run.capacity import Book, Run
from benchmarks.run.comparison import make_settings
from benchmarks.run.generator import LoadFailedError
from benchmarks.run.stage import Stage
from variants.catalog import Data, Variant
from variants.catalog import Server as ServerPart
from variants.engines import Engine
from variants.launch import VariantFailedError

Make = Callable[..., Sample]


@dataclass(frozen=True)
class Idle:
    """A server that is there and does nothing; its process is the test's own."""

    base_url: str = "http://127.0.0.1:1"
    pid: int = os.getpid()
    startup_seconds: float = 0.25


@dataclass(frozen=True)
class NoDatabase:
    """A database that nobody opens."""

    url: str = "sqlite://"


class Played:
    """A generator that answers from a script: a load, or an error to raise; the last one goes on for ever."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.asked: list[Mapping[str, object]] = []

    def measure(self, request: Mapping[str, object], on_event: Callable[[str], None]) -> dict[str, object]:
        self.asked.append(request)
        part = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(part, BaseException):
            raise part
        on_event("window_begins")
        on_event("window_ends")
        played: dict[str, object] = json.loads(json.dumps(asdict(part)))
        return played


def variant(name: str) -> Variant:
    server = ServerPart(title="s", package="p", command=("c",))
    return Variant(name, name, name, "", server, Data(orm="o", driver={"sqlite": "d"}), Path())


@contextmanager
def failing() -> Iterator[Idle]:
    raise VariantFailedError("b ended with exit code 3\nits log ends")
    yield Idle()


def make_run(settings: Settings, played: Played, *, server: Callable[..., Any] | None = None) -> Run:
    stage = Stage(
        root=Path(),
        engine=Engine.SQLITE,
        database_pid=lambda: None,
        check=lambda variant: pytest.fail("the contract is not the run's"),
        database=lambda: nullcontext(NoDatabase()),
        server=server or (lambda *_: nullcontext(Idle())),
        nothing=lambda cpus: nullcontext(Idle()),
    )
    chosen = scenarios_named(["ping", "create_article"], quick=True)
    names = {name: variant(name) for name in "ab"}
    return Run(stage, played, names, chosen, settings, Layout((), ()), lambda share, what: None, Book(Layout((), ())))  # type: ignore[arg-type] # a player


@pytest.fixture
def quick() -> Settings:
    return make_settings(quick=True, users=32, rounds=2, seed=1)


def good_for(monkeypatch: pytest.MonkeyPatch, *faults: list[str]) -> None:
    """Play the gates' part too: nothing is under load here, so no real gate could pass."""
    answers = list(faults)
    monkeypatch.setattr("benchmarks.run.capacity.sample_faults", lambda *_: answers.pop(0) if answers else [])


def test_each_round_measures_every_scenario_of_every_variant_once(
    quick: Settings, sample: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_for(monkeypatch)
    played = Played(sample().load)
    run = make_run(quick, played)
    run.measure_rounds()
    measured = sorted((one.round, one.variant, one.scenario) for one in run.book.samples)
    assert measured == [(r, v, s) for r in (1, 2) for v in "ab" for s in ("create_article", "ping")]
    assert [(start.round, start.startup_seconds) for start in run.book.starts] == [(1, 0.25)] * 2 + [(2, 0.25)] * 2
    assert run.book.ended == "complete"
    assert [request["user"] for request in played.asked] == ["Ping", "CreateArticle"] * 4


def test_a_gate_that_trips_repeats_at_most_three_times(
    quick: Settings, sample: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_for(monkeypatch, ["others"], ["others"], ["others"], ["others"], ["little"], [])
    run = make_run(quick, Played(sample().load))
    run.measure_rounds()
    attempts = [one.attempt for one in run.book.samples]
    assert attempts == [1, 2, 3, 4, 1, 2, 1, 1, 1, 1, 1, 1]


def test_nothing_is_repeated_when_the_time_is_spent(
    quick: Settings, sample: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_for(monkeypatch, ["others"], ["others"])
    run = make_run(replace(quick, budget_seconds=0.0), Played(sample().load))
    run.measure_rounds()
    assert {one.attempt for one in run.book.samples} == {1}


def test_a_load_that_cannot_be_brought_up_is_noted_and_the_rest_goes_on(
    quick: Settings, sample: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_for(monkeypatch)
    run = make_run(quick, Played(LoadFailedError("no token"), sample().load))
    run.measure_rounds()
    assert [(failure.round, failure.scenario, failure.why) for failure in run.book.failures] == [
        (1, "ping", "no token")
    ]
    assert len(run.book.samples) == 7


def test_a_server_that_does_not_start_is_noted_and_the_others_go_on(
    quick: Settings, sample: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_for(monkeypatch)
    starts = {"a": lambda: nullcontext(Idle()), "b": failing}
    run = make_run(quick, Played(sample().load), server=lambda variant, *_: starts[variant.name]())
    run.measure_rounds()
    assert {(failure.variant, failure.scenario) for failure in run.book.failures} == {("b", None)}
    assert {failure.why for failure in run.book.failures} == {"b ended with exit code 3"}
    assert {one.variant for one in run.book.samples} == {"a"}


def test_an_interrupt_keeps_what_was_measured(quick: Settings, sample: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    good_for(monkeypatch)
    run = make_run(quick, Played(sample().load, sample().load, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run.measure_rounds()
    assert len(run.book.samples) == 2
    assert run.book.ended == "interrupted"


def test_a_standard_run_ends_when_the_ratios_are_precise(sample: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    good_for(monkeypatch)
    run = make_run(make_settings(quick=False, users=32, rounds=None, seed=1), Played(sample().load))
    run.measure_rounds()
    assert (run.book.ended, max(one.round for one in run.book.samples)) == ("complete", 5)


def test_a_standard_run_ends_when_the_time_is_spent(sample: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    good_for(monkeypatch)
    settings = replace(make_settings(quick=False, users=32, rounds=None, seed=1), budget_seconds=0.0)
    slow = sample(rate=500).load
    run = make_run(settings, Played(*[sample().load, slow, slow] * 20, slow))
    run.measure_rounds()
    assert (run.book.ended, max(one.round for one in run.book.samples)) == ("budget", 5)


def test_the_generators_own_limit_is_measured_against_nothing(quick: Settings, sample: Make) -> None:
    run = make_run(quick, Played(sample(rate=9000).load))
    run.measure_ceiling()
    assert run.book.ceiling is not None
    assert run.book.ceiling.requests_per_second == pytest.approx(9000)
    assert run.book.ceiling.cpu_share == pytest.approx(0.5)

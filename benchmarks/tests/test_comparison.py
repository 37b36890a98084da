"""A whole comparison with the real generator and a fake server in the place of two variants."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.files import from_json, to_json
from benchmarks.plan.scenarios import scenarios_named
from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import STUDIES, studies_named
from benchmarks.report.cells import complete_rounds, tables
from benchmarks.results import Contract, Result
from benchmarks.run.comparison import carry_out, compare
from benchmarks.run.context import Context, Progress
from benchmarks.run.nothing import BODY
from benchmarks.run.order import Order
from benchmarks.run.resume import ResumeError
from benchmarks.run.stage import Stage, in_brief, nothing_server
from variants.catalog import Data, Variant
from variants.catalog import Server as ServerPart
from variants.engines import Engine

Fake = Callable[..., AbstractContextManager[Any]]


@dataclass(frozen=True)
class NoDatabase:
    """A database that nobody opens."""

    url: str = "sqlite://"


def variant(name: str) -> Variant:
    server = ServerPart(title="a server", package="psutil", command=("c",))
    return Variant(name, name.title(), "psutil", "", server, Data(orm="o", driver={"sqlite": "d"}), Path())


def order(*names: str, rounds: int = 1) -> Order:
    usual = make_settings(quick=True, users=4, rounds=rounds, seed=1, studies=studies_named(None, quick=True))
    settings = replace(usual, window_seconds=0.3, warm_up_max_seconds=0.1, turns=4, budget_seconds=0.0)
    chosen = scenarios_named(["article", "create_article"], quick=True)
    return Order("test", Engine.SQLITE, {name: variant(name) for name in names}, chosen, settings)


@pytest.fixture
def stage(fake_server: Fake, root: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    # Somebody may be editing the tree while its tests run.
    monkeypatch.setattr("benchmarks.run.surroundings._revision", lambda root: "0123456789ab")

    @contextmanager
    def server(*_: object) -> Iterator[Any]:
        with fake_server() as running:
            yield running

    return Stage(
        root=root,
        engine=Engine.SQLITE,
        database_pid=lambda: None,
        check=lambda variant: Contract(10, 1 if variant.name == "broken" else 0, 1.0, "r"),
        database=lambda rows=None: nullcontext(NoDatabase()),
        server=server,
        nothing=nothing_server,
    )


@pytest.fixture
def quiet(stage: Stage, play: Callable[..., Any], sample: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The same stage, with a generator and servers that play a part."""
    context, played = play(order().settings, sample().load)
    monkeypatch.setattr("benchmarks.run.comparison.running_generator", lambda *_, **__: nullcontext(played))
    return replace(stage, server=context.stage.server, nothing=context.stage.nothing)


def interrupt_at(words: str) -> Progress:
    def progress(share: float, what: str) -> None:
        if words in what:
            raise KeyboardInterrupt

    return progress


def silent(share: float, what: str) -> None:
    """Nobody is told."""


def test_what_keeps_the_contract_is_measured_and_what_does_not_is_listed(stage: Stage) -> None:
    told: list[str] = []
    result = compare(order("good", "broken"), stage, lambda share, what: told.append(what))
    assert {(one.variant, one.scenario) for one in result.samples} == {("good", "article"), ("good", "create_article")}
    assert [(one.turn, len(one.load.windows)) for one in result.samples] == [(1, 4), (1, 4)]
    assert all(len(one.load.probes) == 4 and min(one.load.probes) > 0 for one in result.samples)
    assert result.failures == ()
    assert all(one.load.failures == {} and one.load.requests > 0 for one in result.samples)
    assert sum(one.usage.server_cpu_seconds for one in result.samples) > 0
    assert all(one.usage.rss_bytes > 0 for one in result.samples)
    assert (result.ended, complete_rounds(result)) == ("complete", 1)
    assert result.ceiling is not None
    assert result.ceiling.requests_per_second > 0
    assert [row.invalid.gate for row in tables(result)[0].rows if row.variant.name == "broken" and row.invalid] == [
        "contract"
    ]
    assert told[:2] == ["contract suite: good", "contract suite: broken"]
    assert from_json(to_json(result)) == result


def test_servers_run_side_by_side_and_each_answers_its_own_load(stage: Stage) -> None:
    told: list[str] = []
    result = compare(order("one", "other"), stage, lambda share, what: told.append(what))
    samples = sorted((one.scenario, one.variant) for one in result.samples)
    assert samples == [(scenario, name) for scenario in ("article", "create_article") for name in ("one", "other")]
    for scenario in ("article", "create_article"):
        turns = [[what for what in told if what.endswith(f", {scenario}, turn {turn}")] for turn in range(1, 5)]
        orders = [[what.split()[2].removesuffix(",") for what in turn] for turn in turns]
        assert [sorted(order) for order in orders] == [["one", "other"]] * 4
        assert (orders[1], orders[3]) == (orders[0][::-1], orders[2][::-1])


def test_the_result_is_kept_whole_after_each_round(quiet: Stage) -> None:
    kept: list[Result] = []
    result = compare(order("good", rounds=2), quiet, silent, kept.append)
    assert [one.checkpoint.steps for one in kept] == [("capacity/1",), ("capacity/1", "capacity/2")]
    assert [len(one.samples) for one in kept] == [2, 4]
    assert {one.ended for one in kept} == {"interrupted"}
    assert from_json(to_json(kept[0])) == kept[0]
    assert result.samples == kept[-1].samples
    assert {"contract", "ceiling", "capacity"} <= result.study_seconds.keys()


def test_an_interrupt_in_the_middle_keeps_the_measurements_before_it(quiet: Stage) -> None:
    result = compare(order("good"), quiet, interrupt_at("create_article, warming up"))
    assert result.ended == "interrupted"
    assert {one.scenario for one in result.samples} == {"article"}


def test_a_run_that_was_interrupted_goes_on_and_repeats_only_the_round_that_was_not_over(quiet: Stage) -> None:
    first = compare(order("good", rounds=2), quiet, interrupt_at("round 2: good, create_article, turn 1"))
    assert [one.round for one in first.samples] == [1, 1, 2]
    first = replace(first, study_seconds={"capacity": 100.0})

    def refuse(variant: Variant) -> Contract:
        raise AssertionError("the contract suite has passed already")

    again = replace(quiet, check=refuse)
    result = compare(replace(order("good", rounds=2), resumed=first), again, silent)
    assert (result.ended, result.resumed, result.started_at) == ("complete", 1, first.started_at)
    assert [one.round for one in result.samples] == [1] * 2 + [2] * 2
    assert result.samples[:2] == first.samples[:2]
    assert [one.round for one in result.starts] == [1, 2]
    assert result.ceiling == first.ceiling
    assert result.seconds >= 100


def test_other_conditions_are_not_gone_on_with(quiet: Stage) -> None:
    first = compare(order("good", rounds=2), quiet, interrupt_at("round 2"))
    packages = first.environment.packages | {"flask": "0.1"}
    changed = replace(first, environment=replace(first.environment, packages=packages))
    with pytest.raises(ResumeError, match=r"flask was 0\.1 and is 3"):
        compare(replace(order("good", rounds=2), resumed=changed), quiet, silent)


def test_an_interrupt_in_the_contract_suite_leaves_nothing_measured_and_the_suite_to_be_run(quiet: Stage) -> None:
    def check(variant: Variant) -> Contract:
        raise KeyboardInterrupt

    result = compare(order("good"), replace(quiet, check=check), silent)
    assert (result.ended, result.samples, result.variants[0].contract.ok) == ("interrupted", (), False)
    resumed = compare(replace(order("good"), resumed=result), quiet, silent)
    assert (resumed.ended, resumed.variants[0].contract.ok, len(resumed.samples)) == ("complete", True, 2)


def test_nothing_is_measured_when_nobody_keeps_the_contract(quiet: Stage) -> None:
    result = compare(order("broken"), quiet, silent)
    assert (result.ended, result.samples, result.ceiling) == ("complete", (), None)


def test_the_capacity_comes_first_and_it_and_then_the_level_get_at_the_end_what_the_other_studies_leave(
    play: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    budget, now = 1000.0, time.monotonic()
    settings = make_settings(quick=False, seed=1, studies=STUDIES, budget_seconds=budget)
    context, _ = play(settings, None)
    seen: list[tuple[str, float]] = []

    def carried_out(name: str) -> Callable[[Context], None]:
        def study(given: Context) -> None:
            seen.append((name, (given.deadline - now) / budget))
            given.book.ended = "budget"

        return study

    monkeypatch.setattr(
        "benchmarks.run.comparison.CARRIED_OUT", {study.name: carried_out(study.name) for study in STUDIES}
    )
    carry_out(replace(context, deadline=now + budget))
    names = [study.name for study in STUDIES]
    assert [name for name, _ in seen] == [*names, "capacity", "level"]
    shares = {study.name: study.share for study in STUDIES}
    assert seen[0][1] == pytest.approx(1 - sum(shares.values()))
    assert [share for _, share in seen[-2:]] == pytest.approx([1, 1])
    # The clock goes on while the others are told.
    assert all(shares[name] <= share <= shares[name] + 0.1 for name, share in seen[1:-2])
    assert context.book.ended == "budget"
    assert set(names) <= context.book.study_seconds.keys()


def test_without_the_capacity_a_run_is_complete_when_its_studies_are_over(
    play: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(quick=False, seed=1, studies=studies_named(["footprint"], quick=False))
    context, _ = play(settings, None)
    monkeypatch.setattr("benchmarks.run.comparison.CARRIED_OUT", {"footprint": lambda context: None})
    carry_out(context)
    assert context.book.ended == "complete"


def test_a_message_is_brief_in_a_table() -> None:
    assert in_brief(RuntimeError("a ended with exit code 3; its log ends:\nTraceback")) == "a ended with exit code 3"


def test_the_server_that_does_nothing_answers_ping() -> None:
    assert BODY == b'{"pong": true}'

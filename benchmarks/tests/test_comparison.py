"""A whole comparison with the real generator and a fake server in the place of two variants."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.files import from_json, to_json
from benchmarks.plan.scenarios import scenarios_named
from benchmarks.report.cells import complete_rounds, tables
from benchmarks.results import Contract
from benchmarks.run.comparison import Order, compare, make_settings
from benchmarks.run.layout import LayoutError, choose_layout
from benchmarks.run.nothing import BODY
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


def order(*names: str) -> Order:
    settings = replace(
        make_settings(quick=True, users=4, rounds=1, seed=1), window_seconds=0.3, warm_up_max_seconds=0.0
    )
    chosen = scenarios_named(["article", "create_article"], quick=True)
    return Order("test", {name: variant(name) for name in names}, chosen, settings)


@pytest.fixture
def stage(fake_server: Fake, root: Path) -> Stage:
    @contextmanager
    def server(*_: object) -> Iterator[Any]:
        with fake_server() as running:
            yield running

    return Stage(
        root=root,
        engine=Engine.SQLITE,
        database_pid=lambda: None,
        check=lambda variant: Contract(10, 1 if variant.name == "broken" else 0, 1.0, "r"),
        database=lambda: nullcontext(NoDatabase()),
        server=server,
        nothing=nothing_server,
    )


def test_what_keeps_the_contract_is_measured_and_what_does_not_is_listed(stage: Stage) -> None:
    told: list[str] = []
    result = compare(order("good", "broken"), stage, lambda share, what: told.append(what))
    assert {(one.variant, one.scenario) for one in result.samples} == {("good", "article"), ("good", "create_article")}
    assert result.failures == ()
    assert all(one.load.failures == {} and one.load.requests > 0 for one in result.samples)
    assert all(one.usage.server_cpu_seconds > 0 and one.usage.rss_bytes > 0 for one in result.samples)
    assert (result.ended, complete_rounds(result)) == ("complete", 1)
    assert result.ceiling is not None
    assert result.ceiling.requests_per_second > 0
    assert [row.invalid.gate for row in tables(result)[0].rows if row.variant.name == "broken" and row.invalid] == [
        "contract"
    ]
    assert told[:2] == ["contract suite: good", "contract suite: broken"]
    assert from_json(to_json(result)) == result


def test_an_interrupt_in_the_middle_keeps_the_measurements_before_it(stage: Stage) -> None:
    def interrupt(share: float, what: str) -> None:
        if what.endswith("create_article"):
            raise KeyboardInterrupt

    result = compare(order("good"), stage, interrupt)
    assert result.ended == "interrupted"
    assert {one.scenario for one in result.samples} == {"article"}


def test_an_interrupt_in_the_contract_suite_leaves_nothing_measured(stage: Stage) -> None:
    def check(variant: Variant) -> Contract:
        raise KeyboardInterrupt

    result = compare(order("good"), replace(stage, check=check), lambda share, what: None)
    assert (result.ended, result.samples, result.variants[0].contract.ok) == ("interrupted", (), False)


def test_nothing_is_measured_when_nobody_keeps_the_contract(stage: Stage) -> None:
    result = compare(order("broken"), stage, lambda share, what: None)
    assert (result.ended, result.samples, result.ceiling) == ("complete", (), None)


def test_the_layout_gives_the_server_cores_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.run.layout.TOPOLOGY", Path("/nowhere"))
    for cores, workers, server, generator in [
        ({0, 1}, 1, (1,), (0,)),
        ({0, 1, 2, 3}, 2, (2, 3), (0,)),
        ({5}, 1, (5,), (5,)),
    ]:
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: cores, raising=False)
        layout = choose_layout(workers)
        assert (layout.server, layout.generator) == (server, generator)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    with pytest.raises(LayoutError, match="2 workers need a core each"):
        choose_layout(2)


def test_a_core_that_shares_hardware_with_the_servers_is_left_idle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for core, siblings in {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"}.items():
        folder = tmp_path / f"cpu{core}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{siblings}\n", encoding="ascii")
    monkeypatch.setattr("benchmarks.run.layout.TOPOLOGY", tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {1, 2, 3}, raising=False)
    assert choose_layout(1).generator == (2,)


def test_a_message_is_brief_in_a_table() -> None:
    assert in_brief(RuntimeError("a ended with exit code 3; its log ends:\nTraceback")) == "a ended with exit code 3"


def test_the_server_that_does_nothing_answers_ping() -> None:
    assert BODY == b'{"pong": true}'

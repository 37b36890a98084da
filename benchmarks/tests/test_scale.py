"""How the sweeps are carried out, with a generator that plays a part and no server at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.gates import scale_faults
from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import studies_named
from benchmarks.results import Sample, Settings
from benchmarks.run.book import Step
from benchmarks.run.scale import measure_scale
from benchmarks.studies import ScaleSample

Make = Callable[..., Sample]
Play = Callable[..., Any]
Say = Callable[..., None]
GATES = "benchmarks.run.scale.scale_faults"


@pytest.fixture
def standard() -> Settings:
    return make_settings(quick=False, seed=1, studies=studies_named(["scale"], quick=False))


def test_every_variant_is_measured_twice_at_every_value(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(GATES)
    context, _ = play(standard, sample().load, bare=True)
    measure_scale(context)
    seen = sorted((one.dimension, one.value, one.round, one.variant) for one in context.book.scales)
    values = {"concurrency": (1, 4, 16, 64, 256), "rows": (1_000, 10_000, 100_000), "workers": (1,)}
    assert seen == sorted(
        (name, value, r, v) for name in values for value in values[name] for r in (1, 2) for v in "ab"
    )
    assert {(one.dimension, one.scenario) for one in context.book.scales} == {
        ("concurrency", "article"),
        ("rows", "page"),
        ("workers", "article"),
    }


def test_the_users_of_a_window_are_those_of_its_value(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(GATES)
    context, played = play(standard, sample().load)
    measure_scale(context)
    asked = [request["users"] for request in played.windows]
    swept = [one.value if one.dimension == "concurrency" else standard.users for one in context.book.scales]
    assert asked == swept
    assert len(set(asked[:10])) == 5


def test_each_size_has_a_database_of_so_many_articles(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(GATES)
    made: list[int | None] = []
    context, _ = play(standard, sample().load)
    usual = context.stage.database

    def database(rows: Any = None) -> Any:
        made.append(rows and rows.articles)
        return usual()

    measure_scale(replace(context, stage=replace(context.stage, database=database)))
    assert sorted(size for size in made if size) == sorted([1_000, 10_000, 100_000] * 2 * 2)


def test_with_two_cores_it_says_that_workers_do_not_vary(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(GATES)
    context, _ = play(standard, sample().load)
    measure_scale(context)
    (note,) = context.book.notes
    assert "with 2 cores there is room for one worker" in note


def test_more_workers_get_more_cores_and_a_generator_beside_them(
    standard: Settings, sample: Make, play: Play, gates_say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates_say(GATES)
    started: list[tuple[int, tuple[int, ...]]] = []
    generators: list[tuple[int, ...]] = []
    context, played = play(standard, sample().load)
    usual = context.stage.server

    def server(variant: Any, url: str, settings: Any, workers: int, cpus: tuple[int, ...], handler: Any) -> Any:
        started.append((workers, cpus))
        return usual(variant, url, settings, workers, cpus, handler)

    @contextmanager
    def generator(root: object, *, cpus: tuple[int, ...]) -> Iterator[Any]:
        generators.append(cpus)
        yield played

    monkeypatch.setattr("benchmarks.run.scale.running_generator", generator)
    monkeypatch.setattr("benchmarks.run.scale.out_of_the_way", lambda layout: nullcontext())
    monkeypatch.setattr("benchmarks.run.layout.TOPOLOGY", context.stage.root / "nowhere")
    measure_scale(replace(context, cores=(0, 1, 2, 3), stage=replace(context.stage, server=server)))
    assert {cpus for workers, cpus in started if workers == 3} == {(1, 2, 3)}
    assert {cpus for workers, cpus in started if workers == 2} == {(2, 3)}
    assert set(generators) == {(0,)}
    assert {one.value for one in context.book.scales if one.dimension == "workers"} == {1, 2, 3}
    assert context.book.notes == []


def test_a_sweep_that_is_kept_is_not_measured_again(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(GATES)
    kept: list[str] = []
    context, _ = play(standard, sample().load)
    context.book.finish(Step("scale", 1, "rows"))
    measure_scale(replace(context, keep=lambda: kept.append(context.book.checkpoint.steps[-1])))
    assert kept == [
        "scale/1/concurrency",
        "scale/1/workers",
        "scale/2/concurrency",
        "scale/2/rows",
        "scale/2/workers",
    ]
    assert {one.round for one in context.book.scales if one.dimension == "rows"} == {2}


@pytest.mark.parametrize(
    ("dimension", "value", "gates"),
    [("concurrency", 1, []), ("rows", 1000, ["saturation"]), ("workers", 1, ["saturation"]), ("workers", 2, [])],
)
def test_a_server_that_waits_is_a_fault_where_the_users_do_not_vary(
    sample: Make, settings: Settings, dimension: str, value: int, gates: list[str]
) -> None:
    window = sample()
    usage = replace(window.usage, server_cpu_seconds=1.0 if gates or dimension == "concurrency" else 3.9)
    one = ScaleSample(1, "flask", "article", dimension, value, window.load, usage)
    assert [fault.gate for fault in scale_faults(one, settings)] == gates


def test_it_is_told_what_is_varied_and_the_share_never_falls(
    standard: Settings, sample: Make, play: Play, gates_say: Say
) -> None:
    gates_say(GATES)
    told: list[tuple[float, str]] = []
    context, _ = play(standard, sample().load)
    measure_scale(replace(context, progress=lambda share, what: told.append((share, what))))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert any(what.endswith("rows 100,000") for _, what in told)

"""The command that tests the harness like a scale, with comparisons whose outcome is made up."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import benchmarks.cli_calibrate  # noqa: F401 - it adds its command to the application
from benchmarks.results import Failure, Sample
from benchmarks.run import calibrate
from benchmarks.run.calibrate import HEAVIER, PLANTED, Plan
from benchmarks.run.callgrind import CallgrindError
from benchmarks.run.context import Context
from benchmarks.run.exact import ExactPlan, Listener
from benchmarks.run.stage import real_stage
from benchmarks.statistics.calibration import CAPACITY, EXACT, Calibration, calibration_from_json
from benchmarks.studies import ExactCost
from variants.catalog import Variant, load_variants
from variants.cli import app
from variants.engines import Engine

RUNS = 5
FIXED, TURN = 60_000.0, 25.0
Measure = Callable[[Context], None]


def exact_by_table(variants: Mapping[str, Variant], plan: ExactPlan, listener: Listener) -> None:
    """Counts that are a line in the work."""
    for trial in plan.trials:
        for name, variant in variants.items():
            instructions = FIXED + TURN * int(variant.server.command[-1])
            listener.cost(ExactCost(name, "shipped", "ping", trial, 50, instructions, {}))


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch, sample: Callable[..., Sample]) -> list[tuple[str, str]]:
    """Comparisons that see the heavier server as slow as it is, and nothing else; gives the pairs compared so far."""
    compared: list[tuple[str, str]] = []

    def measure(context: Context) -> None:
        first, second = (one.name for one in context.contestants)
        compared.append((first, second))
        for number in range(1, context.settings.rounds + 1):
            for name in (first, second):
                rate = 4000.0 * (1 + 0.001 * number) / (PLANTED if name == HEAVIER else 1)
                context.book.samples.append(sample(number, name, rate=rate))

    @contextmanager
    def no_generator(*_: object, **__: object) -> Iterator[None]:
        yield None

    monkeypatch.setattr(calibrate, "measure_exact", exact_by_table)
    monkeypatch.setattr(calibrate, "measure_capacity", measure)
    monkeypatch.setattr(calibrate, "running_generator", no_generator)
    return compared


def run(keep: Callable[[Calibration], object] = lambda found: None, runs: int = RUNS) -> Calibration:
    """Calibrate on the made-up comparisons."""
    plan = Plan(runs, 1, load_variants())
    return calibrate.calibrate(plan, real_stage(Engine.SQLITE), lambda share, what: None, keep)


def test_both_pairs_are_compared_in_turn_and_the_same_server_is_each_variant(measured: list[tuple[str, str]]) -> None:
    run()
    names = list(load_variants())
    assert measured[1::2] == [("one", HEAVIER)] * RUNS
    assert measured[0::2] == [(name, f"{name}-again") for name in (*names, names[0])]


def test_what_is_found_has_both_methods_and_both_truths() -> None:
    found = {(weighing.method, weighing.truth): weighing for weighing in run().weighings}
    assert found.keys() == {(method, truth) for method in (CAPACITY, EXACT) for truth in (1.0, PLANTED)}
    for (_, truth), weighing in found.items():
        assert [ratio.estimate for ratio in weighing.ratios] == pytest.approx([truth] * RUNS, rel=1e-3)
        assert all(ratio.told_apart is (truth != 1) for ratio in weighing.ratios)


def test_a_run_whose_gates_tripped_is_void(monkeypatch: pytest.MonkeyPatch, sample: Callable[..., Sample]) -> None:
    def measure(context: Context) -> None:
        busy = sample(1, context.contestants[0].name)
        context.book.samples.append(replace(busy, usage=replace(busy.usage, others_cpu_seconds=1.0)))

    monkeypatch.setattr(calibrate, "measure_capacity", measure)
    by_capacity = [weighing for weighing in run().weighings if weighing.method == CAPACITY]
    assert [(weighing.void, weighing.ratios) for weighing in by_capacity] == [(RUNS, ())] * 2


def test_an_interrupt_keeps_the_comparisons_that_were_made() -> None:
    kept: list[Calibration] = []

    def interrupt(found: Calibration) -> None:
        kept.append(found)
        if len(kept) == 3:
            raise KeyboardInterrupt

    found = run(interrupt)
    counts = {(one.method, one.truth): len(one.ratios) for one in found.weighings}
    assert counts == {(CAPACITY, 1.0): 2, (CAPACITY, PLANTED): 1, (EXACT, 1.0): RUNS, (EXACT, PLANTED): RUNS}
    assert found.weighings == kept[-1].weighings
    assert (found.ended, run().ended) == ("interrupted", "complete")


def test_a_weight_that_cannot_be_counted_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(variants: Mapping[str, Variant], plan: ExactPlan, listener: Listener) -> None:
        listener.failure(Failure(1, "one", None, "it did not start"))

    monkeypatch.setattr(calibrate, "measure_exact", fail)
    with pytest.raises(CallgrindError, match="it did not start"):
        run()


def test_the_command_writes_the_file_and_says_what_was_found(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "calibration.json"
    result = CliRunner().invoke(app, ["calibrate", "--runs", "3", "--out", str(file)])
    assert result.exit_code == 0, result.output
    assert len(calibration_from_json(file.read_text()).weighings) == 4
    assert result.stdout.count("kept") == 4
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_an_interrupted_command_says_so_by_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(context: Context) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(calibrate, "measure_capacity", interrupt)
    result = CliRunner().invoke(app, ["calibrate", "--runs", "3", "--out", str(tmp_path / "calibration.json")])
    assert result.exit_code == 130
    assert "by exact cost: found in 3 of 3" in result.stdout


def test_the_command_fails_when_nothing_could_be_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "measure_capacity", lambda context: None)
    result = CliRunner().invoke(app, ["calibrate", "--runs", "3", "--out", str(tmp_path / "calibration.json")])
    assert result.exit_code == 1
    assert result.stdout.count("nothing could be compared; 3 runs were left with too few rounds") == 2


def test_the_command_fails_when_the_scale_is_not_to_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "HEAVIER", "one-that-no-comparison-knows")
    result = CliRunner().invoke(app, ["calibrate", "--runs", "12", "--out", str(tmp_path / "calibration.json")])
    assert result.exit_code == 1
    assert "not kept" in result.stdout


def test_without_valgrind_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise CallgrindError("there is no valgrind on the path")

    monkeypatch.setattr(calibrate, "measure_exact", missing)
    result = CliRunner().invoke(app, ["calibrate", "--out", str(tmp_path / "calibration.json")])
    assert result.exit_code == 1
    assert "there is no valgrind" in result.output

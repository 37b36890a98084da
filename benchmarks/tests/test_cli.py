"""The commands, as a user calls them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks import cli
from benchmarks.cli_report import calibration_of, current_lock
from benchmarks.files import read_result, write_result
from benchmarks.report.markdown import to_markdown
from benchmarks.results import Contract, Result, Sample
from benchmarks.run import order
from variants.cli import app

runner = CliRunner()


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Result], list[str]]:
    """Let `compare` give this result at once, and give the arguments that keep its files here."""

    def play(result: Result) -> list[str]:
        monkeypatch.setattr(cli, "compare", lambda order, *_: replace(result, name=order.name))
        return ["compare", "--quick", "--output", str(tmp_path)]

    return play


def kept(result: Result) -> Result:
    """The result with a contract that every variant keeps."""
    contract = Contract(passed=403, failed=0, seconds=20.0, revision="def")
    return replace(result, variants=tuple(replace(variant, contract=contract) for variant in result.variants[:1]))


def test_a_comparison_is_printed_and_kept_as_data_page_markdown_and_csv(
    plays: Callable[[Result], list[str]], small_result: Result, tmp_path: Path
) -> None:
    done = runner.invoke(app, plays(kept(small_result)))
    assert done.exit_code == 0
    assert "requests/s" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"2026-11-20-quick.{kind}" for kind in ("csv", "html", "json", "md")
    ]
    result = read_result(tmp_path / "2026-11-20-quick.json")
    assert (tmp_path / "2026-11-20-quick.md").read_text(encoding="utf-8") == to_markdown(
        result, current_lock(), calibration_of(result.method)
    )


def test_a_second_comparison_of_a_day_does_not_write_over_the_first(
    plays: Callable[[Result], list[str]], small_result: Result, tmp_path: Path
) -> None:
    for _ in range(3):
        runner.invoke(app, plays(kept(small_result)))
    names = sorted(path.stem for path in tmp_path.glob("*.json"))
    assert names == ["2026-11-20-quick", "2026-11-20-quick-2", "2026-11-20-quick-3"]


def test_a_variant_that_breaks_the_contract_makes_the_exit_code_1(
    plays: Callable[[Result], list[str]], small_result: Result
) -> None:
    assert runner.invoke(app, plays(small_result)).exit_code == 1


def test_an_interrupted_comparison_is_kept_and_says_so(
    plays: Callable[[Result], list[str]], small_result: Result, tmp_path: Path
) -> None:
    done = runner.invoke(app, plays(replace(kept(small_result), ended="interrupted")))
    assert done.exit_code == 130
    assert "what was measured until then is kept" in done.output
    assert "--resume" in done.output
    assert read_result(tmp_path / "2026-11-20-quick.json").ended == "interrupted"


def test_a_comparison_that_goes_on_is_written_over_its_file(
    plays: Callable[[Result], list[str]], small_result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "variant_named", lambda name: name)
    path = tmp_path / "mine.json"
    write_result(replace(kept(small_result), ended="interrupted"), path)
    done = runner.invoke(app, [*plays(kept(small_result)), "--resume", str(path)])
    assert done.exit_code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"mine.{kind}" for kind in ("csv", "html", "json", "md")]
    assert read_result(path).ended == "complete"


def test_a_comparison_that_cannot_go_on_says_so_in_one_line(
    plays: Callable[[Result], list[str]], small_result: Result, tmp_path: Path
) -> None:
    path = tmp_path / "mine.json"
    write_result(kept(small_result), path)
    done = runner.invoke(app, [*plays(kept(small_result)), "--resume", str(path)])
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert "this run cannot be gone on with: there is nothing to go on with: it is complete" in said


def test_what_was_kept_while_it_was_measured_and_the_end_are_one_file(
    small_result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(order: object, stage: object, progress: object, keep: Callable[[Result], object]) -> Result:
        keep(replace(kept(small_result), ended="interrupted"))
        assert read_result(tmp_path / "2026-11-20-small.json").ended == "interrupted"
        return kept(small_result)

    monkeypatch.setattr(cli, "compare", compare)
    done = runner.invoke(app, ["compare", "--quick", "--output", str(tmp_path)])
    assert done.exit_code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f"2026-11-20-small.{kind}" for kind in ("csv", "html", "json", "md")
    ]


def test_the_end_says_what_was_reached_what_it_cost_and_what_is_missing(
    plays: Callable[[Result], list[str]], small_result: Result
) -> None:
    result = replace(
        small_result,
        seconds=600.0,
        resumed=1,
        study_seconds={"contract": 120.0, "capacity": 480.0, "rest": 0.2},
        notes=("Scale: with 2 cores there is room for one worker.",),
    )
    said = " ".join(runner.invoke(app, plays(result)).output.split())
    assert "3 complete rounds: ratios are known to ±" in said
    assert "It took 10.0 minutes, gone on with once: contract 2.0, capacity 8.0." in said
    assert "room for one worker" in said


def test_ratios_of_two_rounds_that_differ_are_not_said_to_be_known(
    plays: Callable[[Result], list[str]], small_result: Result, sample: Callable[..., Sample]
) -> None:
    rates = {"tornado": (4000.0, 4100.0), "flask": (4010.0, 2500.0)}
    two = tuple(sample(turn, name, rate=rate) for name, some in rates.items() for turn, rate in enumerate(some, 1))
    variants = tuple(variant for variant in small_result.variants if variant.name in rates)
    some = replace(small_result, samples=two, variants=variants)
    said = " ".join(runner.invoke(app, plays(some)).output.split())
    assert "2 complete rounds: too few of them passed the gates to tell all ratios of ping." in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["--variants", "nobody"],
        ["--scenarios", "pong"],
        ["--studies", "speed"],
        ["--rounds", "0"],
        ["--budget", "0"],
        ["--resume", "/no/such/file.json"],
    ],
)
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    assert runner.invoke(app, ["compare", *arguments]).exit_code == 2


@pytest.mark.parametrize("content", ["{}", "nothing", '{"schema": 99, "method": 1}'])
def test_a_file_that_is_no_result_is_exit_code_2(content: str, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(content, encoding="utf-8")
    done = runner.invoke(app, ["report", str(path)])
    assert done.exit_code == 2
    assert "result.json" in done.output.replace("\n", "")

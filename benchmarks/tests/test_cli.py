"""The commands, as a user calls them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks import cli
from benchmarks.files import read_result, write_result
from benchmarks.report.readme import BEGIN, END
from benchmarks.report.text import to_markdown
from benchmarks.results import Contract, Result
from variants.cli import app

runner = CliRunner()


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Result], list[str]]:
    """Let `compare` give this result at once, and give the arguments that keep its files here."""

    def play(result: Result) -> list[str]:
        monkeypatch.setattr(cli, "compare", lambda order, stage, progress: replace(result, name=order.name))
        return ["compare", "--quick", "--output", str(tmp_path)]

    return play


def kept(result: Result) -> Result:
    """The result with a contract that every variant keeps."""
    contract = Contract(passed=403, failed=0, seconds=20.0, revision="def")
    return replace(result, variants=tuple(replace(variant, contract=contract) for variant in result.variants[:1]))


def test_a_comparison_is_printed_and_kept_as_data_and_as_markdown(
    plays: Callable[[Result], list[str]], small_result: Result, tmp_path: Path
) -> None:
    done = runner.invoke(app, plays(kept(small_result)))
    assert done.exit_code == 0
    assert "requests/s" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-11-20-quick.json", "2026-11-20-quick.md"]
    result = read_result(tmp_path / "2026-11-20-quick.json")
    assert (tmp_path / "2026-11-20-quick.md").read_text(encoding="utf-8") == to_markdown(result)


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
    assert read_result(tmp_path / "2026-11-20-quick.json").ended == "interrupted"


@pytest.mark.parametrize("arguments", [["--variants", "nobody"], ["--scenarios", "pong"], ["--rounds", "0"]])
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    assert runner.invoke(app, ["compare", *arguments]).exit_code == 2


def test_a_report_goes_to_the_terminal_a_file_or_a_page(small_result: Result, tmp_path: Path) -> None:
    result, page, markdown = tmp_path / "result.json", tmp_path / "README.md", tmp_path / "tables.md"
    write_result(small_result, result)
    page.write_text(f"# Title\n{BEGIN}\n{END}\n", encoding="utf-8")
    assert "requests/s" in runner.invoke(app, ["report", str(result)]).output
    asked = ["report", str(result), "--readme", str(page), "--markdown", str(markdown)]
    assert runner.invoke(app, asked).exit_code == 0
    assert markdown.read_text(encoding="utf-8") == to_markdown(small_result)
    assert to_markdown(small_result) in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ["{}", "nothing", '{"schema": 99, "method": 1}'])
def test_a_file_that_is_no_result_is_exit_code_2(content: str, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(content, encoding="utf-8")
    done = runner.invoke(app, ["report", str(path)])
    assert done.exit_code == 2
    assert "result.json" in done.output.replace("\n", "")

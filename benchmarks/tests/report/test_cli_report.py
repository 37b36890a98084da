"""The commands that make something of results, as a user calls them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks import cli, cli_report
from benchmarks.cli_report import calibration_of, current_lock
from benchmarks.files import read_result, write_result
from benchmarks.report.markdown import to_markdown
from benchmarks.report.page import to_html
from benchmarks.report.readme import BEGIN, END, readme_text
from benchmarks.report.tidy import to_csv
from benchmarks.results import Result

app = cli.app  # type: ignore[attr-defined]  # the commands of all modules, which this one puts together
runner = CliRunner()


@pytest.fixture
def written(rich_result: Result, tmp_path: Path) -> Path:
    """The rich result as a file."""
    path = tmp_path / "result.json"
    write_result(rich_result, path)
    return path


def faster(result: Result, variant: str, factor: float) -> Result:
    """The result with one variant that many times as fast."""
    samples = tuple(
        replace(
            one,
            load=replace(one.load, window_seconds=one.load.window_seconds / factor, mean_ms=one.load.mean_ms / factor),
        )
        if one.variant == variant
        else one
        for one in result.samples
    )
    return replace(result, samples=samples)


def test_a_report_is_printed_where_no_file_is_named(written: Path) -> None:
    done = runner.invoke(app, ["report", str(written)])
    assert done.exit_code == 0
    assert "requests/s" in done.output


def test_a_report_goes_into_every_file_that_is_named(written: Path, rich_result: Result, tmp_path: Path) -> None:
    page, markdown, table = (tmp_path / name for name in ("out.html", "out.md", "out.csv"))
    asked = ["report", str(written), "--html", str(page), "--markdown", str(markdown), "--csv", str(table)]
    assert runner.invoke(app, asked).exit_code == 0
    calibration = calibration_of(rich_result.method)
    assert page.read_text(encoding="utf-8") == to_html(rich_result, current_lock(), calibration)
    assert markdown.read_text(encoding="utf-8") == to_markdown(rich_result, current_lock(), calibration)
    assert table.read_text(encoding="utf-8") == to_csv(rich_result)


def test_a_readme_gets_the_report_in_brief_and_a_link_to_the_page_where_there_is_one(
    written: Path, rich_result: Result, tmp_path: Path
) -> None:
    readme = tmp_path / "deep" / "README.md"
    readme.parent.mkdir()
    readme.write_text(f"# Title\n{BEGIN}\n{END}\n", encoding="utf-8")
    assert runner.invoke(app, ["report", str(written), "--readme", str(readme)]).exit_code == 0
    assert "The whole report" not in readme.read_text(encoding="utf-8")
    html = str(written.with_suffix(".html"))
    assert runner.invoke(app, ["report", str(written), "--html", html, "--readme", str(readme)]).exit_code == 0
    assert readme_text(rich_result, "../result.html", calibration_of(rich_result.method)).strip() in readme.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(("factor", "code"), [(1.0, 0), (0.97, 0), (0.8, 1), (1.3, 0)])
def test_a_variant_that_is_certainly_slower_by_so_much_fails(
    written: Path, rich_result: Result, tmp_path: Path, factor: float, code: int
) -> None:
    after = tmp_path / "after.json"
    write_result(faster(rich_result, "flask", factor), after)
    asked = ["difference", str(written), str(after)]
    assert runner.invoke(app, asked).exit_code == 0
    done = runner.invoke(app, [*asked, "--fail-if-slower", "5%"])
    assert done.exit_code == code, done.output
    assert ("flask, page: certainly slower by at least 5.0%" in done.output) == bool(code)


def test_compare_with_two_results_says_what_changed(written: Path, rich_result: Result, tmp_path: Path) -> None:
    after = tmp_path / "after.json"
    write_result(faster(rich_result, "flask", 0.8), after)
    done = runner.invoke(app, ["compare", str(written), str(after), "--fail-if-slower", "5%"])
    assert done.exit_code == 1
    assert done.output == runner.invoke(app, ["difference", str(written), str(after), "--fail-if-slower", "5%"]).output
    assert runner.invoke(app, ["compare", str(written)]).exit_code == 2


def test_nothing_that_could_be_compared_fails_where_a_judgement_is_wanted(
    written: Path, rich_result: Result, tmp_path: Path
) -> None:
    after = tmp_path / "after.json"
    write_result(replace(rich_result, samples=()), after)
    assert runner.invoke(app, ["difference", str(written), str(after), "--fail-if-slower", "5"]).exit_code == 1


@pytest.mark.parametrize("share", ["much", "-1%", "100%"])
def test_a_share_that_is_none_is_wrong_use(written: Path, share: str) -> None:
    asked = ["difference", str(written), str(written), f"--fail-if-slower={share}"]
    assert runner.invoke(app, asked).exit_code == 2


def test_methods_of_different_versions_are_refused(written: Path, rich_result: Result, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    write_result(replace(rich_result, method=rich_result.method + 1), other)
    done = runner.invoke(app, ["difference", str(written), str(other)])
    assert done.exit_code == 2
    assert "never compared" in done.output


@pytest.fixture
def measures(monkeypatch: pytest.MonkeyPatch) -> Callable[[Result], None]:
    """Let `reproduce` measure this result at once."""

    def play(result: Result) -> None:
        monkeypatch.setattr(cli_report, "reproduce", lambda order, stage, progress: result)

    return play


def test_a_result_is_reproduced_where_its_ratios_agree_on_a_slower_machine(
    written: Path, rich_result: Result, measures: Callable[[Result], None], tmp_path: Path
) -> None:
    slower = rich_result
    for variant in rich_result.variants:
        slower = faster(slower, variant.name, 0.5)
    measures(slower)
    done = runner.invoke(app, ["reproduce", str(written), "--output", str(tmp_path / "here.json")])
    assert done.exit_code == 0, done.output
    assert "differs" not in done.output
    assert read_result(tmp_path / "here.json") == slower


def test_a_ratio_that_differs_is_exit_code_1(
    written: Path, rich_result: Result, measures: Callable[[Result], None]
) -> None:
    measures(faster(rich_result, "flask", 0.7))
    done = runner.invoke(app, ["reproduce", str(written)])
    assert done.exit_code == 1
    assert "differs" in done.output

"""Tables, notes and conditions, from a result made by hand."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.report.cells import complete_rounds, repeats, tables
from benchmarks.report.numbers import ratio_text, significant
from benchmarks.report.text import sections, to_console, to_readme
from benchmarks.results import Database, Failure, Result
from benchmarks.statistics.intervals import Interval

GOLDEN = Path(__file__).parent / "golden" / "comparison.md"


def notes(result: Result) -> list[str]:
    return sections(result)[0].notes


def test_the_markdown_is_the_golden_text(small_result: Result) -> None:
    assert to_readme(small_result) == GOLDEN.read_text(encoding="utf-8")


def test_the_terminal_shows_the_same_figures(small_result: Result) -> None:
    console = Console(file=StringIO(), width=200)
    to_console(small_result, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO, given above
    for row in sections(small_result)[0].rows:
        assert all(cell in shown for cell in row)
    assert (
        "Fastapi: 3 of 403 contract tests fail, so it was not measured; `compare-frameworks contract fastapi`" in shown
    )


def test_a_narrow_terminal_loses_no_figure(small_result: Result) -> None:
    console = Console(file=StringIO(), width=80)
    to_console(small_result, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO, given above
    for row in sections(small_result)[0].rows:
        assert all(part in shown for cell in row[:-1] for part in cell.split(" "))


def test_rows_without_figures_come_last_and_have_no_rank(small_result: Result) -> None:
    rows = tables(small_result)[0].rows
    assert [row.variant.name for row in rows[2:]] == ["django", "fastapi"]
    assert [row.figures for row in rows[2:]] == [None, None]
    assert [row.invalid.gate for row in rows[2:] if row.invalid] == ["others", "contract"]


def test_a_rank_says_that_somebody_is_missing(small_result: Result) -> None:
    missing = "Ranks and ratios are among those with figures; who has none may be faster or slower."
    assert missing in notes(small_result)
    whole = replace(small_result, variants=small_result.variants[2:])
    assert missing not in notes(whole)


def test_a_server_that_did_not_start_has_no_figures_in_any_table(small_result: Result) -> None:
    failed = replace(small_result, failures=(Failure(2, "flask", None, "flask ended with exit code 1"),))
    assert "Flask: round 2: flask ended with exit code 1." in notes(failed)


def test_a_later_attempt_stands_for_its_round(small_result: Result, settings: object) -> None:
    busy = small_result.samples[-1]
    again = replace(busy, attempt=2, usage=replace(busy.usage, others_cpu_seconds=0.0))
    repeated = replace(small_result, samples=(*small_result.samples, again))
    assert not any(note.startswith("Django: others") for note in notes(repeated))
    assert repeats(repeated) == {"others": 1}


def test_rounds_that_are_far_apart_are_said_so(small_result: Result) -> None:
    first = small_result.samples[0]
    fast = replace(first, load=replace(first.load, requests=round(first.load.requests * 1.2), mean_ms=32 / 4.8))
    spread_out = replace(small_result, samples=(fast, *small_result.samples[1:]))
    assert "Rounds that are far apart, from lowest to highest: Tornado 22%." in notes(spread_out)


def test_an_interrupted_run_counts_its_complete_rounds_and_says_what_is_missing(small_result: Result) -> None:
    until_then = replace(small_result, ended="interrupted", samples=small_result.samples[:4])
    assert complete_rounds(small_result) == 3
    assert complete_rounds(until_then) == 0
    assert "Django: not measured before the run was ended." in notes(until_then)
    assert "then the run was interrupted" in to_readme(until_then)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.01234, "0.0123"), (1.0, "1.00"), (12.34, "12.3"), (999.6, "1,000"), (12345.6, "12,346")],
)
def test_figures_have_three_significant_digits(value: float, text: str) -> None:
    assert significant(value) == text


def test_an_interval_without_an_end_says_so() -> None:
    assert ratio_text(Interval(1.0, 0.0, float("inf"))) == "1.00 (0.00\u2013\u221e)"
    assert ratio_text(Interval(0.05, 0.04, 0.5)) == "0.050 (0.040\u20130.50)"


def test_a_server_of_a_database_is_told_of_with_its_version_its_cores_and_its_work(small_result: Result) -> None:
    usages = [replace(sample.usage, database_cpu_seconds=1.0) for sample in small_result.samples]
    samples = tuple(replace(one, usage=usage) for one, usage in zip(small_result.samples, usages, strict=True))
    layout = replace(small_result.environment.layout, database=(0,))
    shown = to_readme(
        replace(
            small_result,
            samples=samples,
            environment=replace(small_result.environment, layout=layout),
            database=Database("PostgreSQL", "18.4", 10_000, 500, "abc"),
        )
    )
    assert "PostgreSQL 18.4 with 10,000 articles" in shown
    assert "generator on core 0, database on core 0)" in shown
    # One second of two, at 4,000 requests a second.
    assert "CPU ms a request of the database, beside the variant's: Tornado 0.125, Flask 0.125." in shown

"""The commands that make something of results: `report`, `difference` and `reproduce`."""

from collections.abc import Iterator
from contextlib import contextmanager
from os.path import relpath
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.files import ResultError, read_result, write_result
from benchmarks.progress import progress_bar
from benchmarks.report.console_tables import difference_table, reproduction_table
from benchmarks.report.difference import Difference, NeverComparedError, difference, version_changes
from benchmarks.report.freshness import Lock, pins, stale_because
from benchmarks.report.markdown import to_markdown
from benchmarks.report.page import to_html
from benchmarks.report.readme import MarkerError, readme_text, replace_between_markers
from benchmarks.report.reproduction import reproductions, without_figures
from benchmarks.report.text import to_console
from benchmarks.report.tidy import to_csv
from benchmarks.results import Result
from benchmarks.run.book import COMPLETE
from benchmarks.run.generator import GeneratorError
from benchmarks.run.layout import LayoutError
from benchmarks.run.probes import ProbeError
from benchmarks.run.reproduce import CannotReproduceError, reproduce, reproduction_order
from benchmarks.run.stage import real_stage
from benchmarks.statistics.calibration import PUBLISHED, Calibration, calibration_from_json
from variants.catalog import workspace_root
from variants.cli import FAILED, app, errors, in_one_line, refused

NAMED_VERSIONS = 12
RULE = (
    "Exit code 1 when, for any variant and scenario, the whole 95 % interval of second/first (Welch's t, widened for "
    "the number of cells by Holm) is at or below 1 - PERCENT, or when no cell could be compared. A cell that is slower "
    "by less, or not certainly, passes; a cell without figures on one side is told and not judged."
)
ResultFile = Annotated[Path, typer.Argument(metavar="RESULT.json", help="A result of compare.")]


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number of per cent") from None
    if not 0 <= share < 1:
        raise typer.BadParameter("a share from 0% to below 100% is needed")
    return share


FailIfSlower = Annotated[
    float | None,
    typer.Option("--fail-if-slower", parser=_share, metavar="PERCENT", help=RULE, show_default="told only"),
]
ComparedFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FIRST.json SECOND.json",
        help="Measure nothing, and say what changed between two results, as `difference` does.",
        show_default=False,
    ),
]


@app.command(
    "report", epilog="Example: compare-frameworks report .work/results/2026-11-20-standard.json --html page.html"
)
def report_command(
    result: ResultFile,
    html: Annotated[Path | None, typer.Option(help="Write the page, which needs nothing else, into this file.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the same as Markdown into this file.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every figure, one a line, into this file.")] = None,
    readme: Annotated[
        Path | None, typer.Option(help="Put the tables in brief between the markers of this page.")
    ] = None,
) -> None:
    """Print a result in brief, or write it as a page, as Markdown, as CSV, or in brief into a README."""
    with _in_one_line():
        read, lock = read_result(result), current_lock()
        calibration = calibration_of(read.method)
        if html:
            html.write_text(to_html(read, lock, calibration), encoding="utf-8")
        if markdown:
            markdown.write_text(to_markdown(read, lock, calibration), encoding="utf-8")
        if csv:
            csv.write_text(to_csv(read), encoding="utf-8")
        if readme:
            page = html or result.with_suffix(".html")
            link = Path(relpath(page, readme.parent)).as_posix() if page.exists() else None
            text = replace_between_markers(readme.read_text(encoding="utf-8"), readme_text(read, link, calibration))
            readme.write_text(text, encoding="utf-8")
        if not any((html, markdown, csv, readme)):
            to_console(read, Console())


@app.command("difference", epilog="Example: compare-frameworks difference before.json after.json --fail-if-slower 5%")
def difference_command(
    first: Annotated[Path, typer.Argument(metavar="FIRST.json", help="A result of compare.")],
    second: Annotated[Path, typer.Argument(metavar="SECOND.json", help="Another one, of the same method.")],
    fail_if_slower: FailIfSlower = None,
) -> None:
    """Say what changed between two results, such as before and after an upgrade of a framework."""
    show_difference(first, second, fail_if_slower)


def show_difference(first: Path, second: Path, fail_if_slower: float | None) -> None:
    """Print what changed, and end with exit code 1 where `fail_if_slower` wants it."""
    with _in_one_line():
        before, after = read_result(first), read_result(second)
        found = difference(before, after)
        Console().print(difference_table(found))
        for line in (*_warnings(found), *_versions(before, after)):
            errors.print(line)
    if fail_if_slower is not None:
        _fail_if_slower(found, fail_if_slower)


def compare_files(files: list[Path], fail_if_slower: float | None) -> None:
    """What `compare` does where results are named: the same as `difference`."""
    if len(files) != 2:
        raise refused("name two results to be compared, or none to measure")
    show_difference(files[0], files[1], fail_if_slower)


@app.command("reproduce", epilog="Example: compare-frameworks reproduce benchmarks/results/2026-11-20-standard.json")
def reproduce_command(
    result: ResultFile,
    rounds: Annotated[int, typer.Option(min=2, help="Few are quick, more are precise.")] = 3,
    output: Annotated[Path | None, typer.Option(help="Keep what was measured here in this file.")] = None,
) -> None:
    """Measure a part of a result again here: its variants, up to three scenarios, a few rounds.

    Two machines have other rates, which are told; the ratios of the variants ought to agree within their intervals.
    Exit code 1 when one does not, or when none could be measured.
    """
    with _in_one_line():
        there = read_result(result)
        order = reproduction_order(there, rounds=rounds)
        with progress_bar() as show:
            here = reproduce(order, real_stage(order.engine), show)
        if output:
            write_result(here, output)
    for reason in stale_because(there, current_lock()):
        errors.print(f"The result is stale: {reason}.")
    found = reproductions(there, here)
    Console().print(reproduction_table(found))
    for why in without_figures(here):
        errors.print(f"Not measured: {why}.")
    if not found or not all(one.agrees for one in found):
        raise typer.Exit(FAILED)


def write_beside(result: Result, path: Path) -> None:
    """Write a result's page, its Markdown and its CSV beside its file."""
    lock, calibration = current_lock(), calibration_of(result.method)
    path.with_suffix(".html").write_text(to_html(result, lock, calibration), encoding="utf-8")
    path.with_suffix(".md").write_text(to_markdown(result, lock, calibration), encoding="utf-8")
    path.with_suffix(".csv").write_text(to_csv(result), encoding="utf-8")


def current_lock() -> Lock:
    """What this workspace pins; nothing where it has no lock."""
    path = workspace_root() / "requirements.lock"
    return pins(path.read_text(encoding="utf-8")) if path.exists() else {}


def calibration_of(method: int) -> Calibration | None:
    """The published calibration of this version of the method, if there is one and it was made to its end.

    Raises:
        ResultError: the file is no calibration.
    """
    path = workspace_root() / PUBLISHED
    if not path.exists():
        return None
    found = calibration_from_json(path.read_text(encoding="utf-8"))
    return found if (found.method, found.ended) == (method, COMPLETE) else None


@contextmanager
def _in_one_line() -> Iterator[None]:
    with in_one_line():
        try:
            yield
        except (ResultError, MarkerError, NeverComparedError, CannotReproduceError, LayoutError, OSError) as error:
            raise refused(str(error)) from error
        except (GeneratorError, ProbeError) as error:
            errors.print(str(error))
            raise typer.Exit(FAILED) from error


def _warnings(found: Difference) -> list[str]:
    left_out = [f"Not compared, as one side has no figures: {'; '.join(found.left_out)}."] if found.left_out else []
    differs = [f"The conditions differ, {warning}." for warning in found.warnings]
    return [*differs, *left_out]


def _versions(before: Result, after: Result) -> list[str]:
    changed = version_changes(before, after)
    more = f" and {len(changed) - NAMED_VERSIONS} more" if len(changed) > NAMED_VERSIONS else ""
    return [f"Versions: {', '.join(changed[:NAMED_VERSIONS])}{more}."] if changed else []


def _fail_if_slower(found: Difference, share: float) -> None:
    for change in found.slower_by(share):
        errors.print(f"{change.variant}, {change.scenario}: certainly slower by at least {share:.1%}.")
    if not found.changes:
        errors.print("Nothing could be compared.")
    if found.slower_by(share) or not found.changes:
        raise typer.Exit(FAILED)

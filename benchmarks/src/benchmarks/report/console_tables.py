"""Tables for a terminal: how they look, and those of what changed between two results and was reproduced. Pure."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from benchmarks.report.difference import Difference
from benchmarks.report.numbers import ratio_text, significant
from benchmarks.report.reproduction import Reproduced
from benchmarks.statistics.intervals import Interval


def open_table(title: str, *, narrow: bool) -> Table:
    """A table without a frame, which has no columns yet.

    Parameters:
        narrow: for a terminal of 80 characters, which has no room for both spaces between two columns.
    """
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=narrow,
    )


def difference_table(found: Difference) -> Table:
    """A row for each cell that both results have."""
    table = Table("variant", "scenario", title="Requests a second: the second result over the first, with 95 %")
    table.add_column("ratio", justify="right")
    table.add_column("so it is")
    for change in found.changes:
        table.add_row(change.variant, change.scenario, ratio_text(change.ratio), change.verdict)
    return table


def reproduction_table(found: Sequence[Reproduced]) -> Table:
    """A row for each ratio that both runs have."""
    table = open_table("Ratios there and here, with 95 %; requests/s are told, not judged", narrow=True)
    table.add_column("scenario")
    table.add_column("ratio of")
    table.add_column("so it", no_wrap=True)
    for column in ("there", "here", "here/there"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("requests/s", justify="right")
    for one in found:
        table.add_row(
            one.scenario,
            f"{one.variant} to {one.reference}",
            "agrees" if one.agrees else "differs",
            _in_two_lines(one.there),
            _in_two_lines(one.here),
            _in_two_lines(one.apart),
            f"{significant(one.rate_there)} → {significant(one.rate_here)}",
        )
    return table


def _in_two_lines(ratio: Interval) -> str:
    """The interval below the ratio, as a terminal of 80 characters would break it in the middle of a number."""
    return ratio_text(ratio).replace(" (", "\n(")

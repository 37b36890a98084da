"""What a README shows of a result, and how it gets between two markers of the hand-written page."""

from benchmarks.report.blocks import Cell, Table, columns
from benchmarks.report.capacity import number_cell, rate_cell
from benchmarks.report.cast import Cast
from benchmarks.report.latency import Point, points
from benchmarks.report.markdown import table_text
from benchmarks.report.text import GATES, to_readme
from benchmarks.results import Result
from benchmarks.statistics.calibration import Calibration, calibration_lines
from benchmarks.statistics.intervals import Interval

BEGIN = "<!-- comparison:begin -->"
END = "<!-- comparison:end -->"


# The load that says most in one row: busy, and not yet at its limit.
HALF = 0.5
COLUMNS = columns("variant", "offered/s", "p50 ms", "p99 ms", "p99.9 ms")


class MarkerError(Exception):
    """The page has no pair of markers, or several."""


def replace_between_markers(page: str, text: str) -> str:
    """Replace what stands between the markers, which stay; doing it twice changes nothing.

    Raises:
        MarkerError: the markers are not there once each, in order.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise MarkerError(f"the page needs {BEGIN} and then {END}, once each")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}"


def readme_text(result: Result, page: str | None = None, calibration: Calibration | None = None) -> str:
    """The tables of capacity, the latency at half of it, a link to the whole report, and what the scale is worth.

    Parameters:
        page: where the whole report is, if there is one.
        calibration: of the same method.
    """
    cast = Cast.of(result)
    extras = []
    for scenario in result.scenarios:
        found = [point for point in points(result) if (point.scenario, point.share) == (scenario.name, HALF)]
        if found:
            table = Table("", COLUMNS, tuple(_row(point, cast) for point in found))
            title = f"### {scenario.title}: response times at half of each one's own capacity"
            extras.append(f"{title}\n\n{table_text(table)}")
    if page:
        extras.append(f"**[The whole report]({page})** has other loads, service levels, costs, scale and your own mix.")
    if calibration is not None:
        weighed = "\n".join(f"- {line}" for line in calibration_lines(calibration))
        extras.append(f"**The scale itself**, weighed on {calibration.started_at[:10]}:\n\n{weighed}")
    return to_readme(result, extras)


def _row(point: Point, cast: Cast) -> tuple[Cell, ...]:
    head = (cast.cell(point.variant), number_cell(point.rate))
    if point.invalid:
        return (*head, Cell(f"invalid: {GATES[point.invalid.gate]}"), Cell(""), Cell(""))
    p50, p99, p99_9 = (point.percentiles.get(name) for name in ("p50", "p99", "p99_9"))
    tail = Cell("") if p99 is None else rate_cell(p99)
    return (*head, _middle(p50), tail, _middle(p99_9))


def _middle(interval: Interval | None) -> Cell:
    return number_cell(None if interval is None else interval.estimate)

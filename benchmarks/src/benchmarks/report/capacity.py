"""Capacity: a table and a strip of rounds for each scenario. Pure."""

from benchmarks.report.blocks import Block, Cell, Column, Figure, Heading, Section, Table, columns, missing
from benchmarks.report.cast import Cast
from benchmarks.report.cells import BARE, Figures, Row, middle, tables
from benchmarks.report.cells import Table as Cells
from benchmarks.report.numbers import bounds_text, hundredths, ratio_bounds_text, significant
from benchmarks.report.strips import Strip, deviation_chart, strip_chart
from benchmarks.report.text import GATES, table_notes
from benchmarks.results import Result
from benchmarks.statistics.intervals import Interval
from benchmarks.statistics.ranking import Standing

COLUMNS = columns(
    "variant",
    "requests/s|good answers a second of one core, median of the rounds with its 95 % interval",
    "ratio|to the fastest, within each round, with its 95 % interval",
    "rank|one more than the number of variants certainly faster",
    "p50 ms|median response time under this full load",
    "p99 ms|99th percentile of the response times under this full load",
    "CPU ms|of the server, for one request",
    "memory MB|of all processes of the server, after the load; shared pages counted once",
    "contract|tests of the contract suite that passed",
)

DOTS = "One dot a round; the line is their median, the band its 95 % interval."


def capacity_section(result: Result, cast: Cast) -> Section:
    """How many requests a second one core serves."""
    blocks: list[Block] = []
    for cells in tables(result):
        anchor = f"capacity-{cells.scenario.name}"
        blocks += [Heading(cells.scenario.title, cells.scenario.question), capacity_table(cells, cast, anchor)]
        blocks += _strips(cells, cast, anchor)
    workers = result.settings.workers
    what = "one core" if workers == 1 else f"{workers} processes"
    question = (
        f"How many requests a second can {what} of each variant serve, while {result.settings.users} users ask again "
        "as soon as they are answered?"
    )
    return Section("capacity", "Capacity", question, tuple(blocks))


def bare_section(result: Result, cast: Cast) -> Section | None:
    """The same for the frameworks alone, where they were measured."""
    if not any(sample.handler == BARE for sample in result.samples):
        return None
    blocks: list[Block] = []
    shipped = {cells.scenario.name: cells.rates for cells in tables(result)}
    for cells in tables(result, BARE):
        if cells.rates:
            blocks += [
                Heading(cells.scenario.title, cells.scenario.question),
                _bare_table(cells, shipped[cells.scenario.name], cast),
            ]
    question = "What does the framework serve without what the contract asks for around it?"
    return Section("bare", "The framework alone", question, tuple(blocks))


def capacity_table(cells: Cells, cast: Cast, anchor: str = "") -> Table:
    """A scenario's table."""
    rows = tuple(_row(row, cast) for row in cells.rows)
    caption = f"{cells.scenario.title}: {cells.scenario.question}"
    return Table(caption, COLUMNS, rows, tuple(table_notes(cells)), anchor=anchor, quiet=True)


def ratio_cell(ratio: Interval) -> Cell:
    """A ratio to the fastest, whose own is 1."""
    if ratio.low == ratio.high == 1:
        return Cell("1", sort=1.0)
    return Cell(hundredths(ratio.estimate), ratio_bounds_text(ratio), ratio.estimate)


def rank_cell(standing: Standing) -> Cell:
    """A rank, and that it is shared."""
    return Cell(
        str(standing.rank), "tied" if standing.tied else "", standing.rank, "best" if standing.rank == 1 else ""
    )


def rate_cell(interval: Interval) -> Cell:
    """A rate between its bounds."""
    return Cell(significant(interval.estimate), bounds_text(interval), interval.estimate)


def number_cell(value: float | None, digits: int = 3) -> Cell:
    """A number, or none."""
    return missing() if value is None else Cell(significant(value, digits), sort=value)


def _row(row: Row, cast: Cast) -> tuple[Cell, ...]:
    name = cast.cell(row.variant.name, row.variant.framework_version)
    contract = row.variant.contract
    passed = Cell(f"{contract.passed:,}/{contract.passed + contract.failed:,}", sort=contract.passed)
    if row.figures is None:
        gate = GATES[row.invalid.gate] if row.invalid else "not measured"
        return (name, Cell(f"invalid: {gate}", kind="invalid"), *[missing()] * 6, passed)
    return (name, *_figures(row.figures), passed)


def _figures(figures: Figures) -> tuple[Cell, ...]:
    return (
        rate_cell(figures.capacity),
        ratio_cell(figures.standing.ratio),
        rank_cell(figures.standing),
        number_cell(figures.p50_ms),
        number_cell(figures.p99_ms),
        number_cell(figures.cpu_ms),
        Cell(f"{figures.memory_mb:,.0f}", sort=figures.memory_mb),
    )


def _strips(cells: Cells, cast: Cast, anchor: str) -> list[Block]:
    strips = [
        Strip(
            cast.titles[row.variant.name],
            cast.slot(row.variant.name),
            tuple(cells.rates[row.variant.name].values()),
            row.figures.capacity,
            significant(row.figures.capacity.estimate),
        )
        for row in cells.rows
        if row.figures
    ]
    if not strips:
        return []
    rates = strip_chart(f"rounds-{anchor}", "Requests/s of every round", f"{DOTS} The table has the figures.", strips)
    apart = "How far each round is from its variant's median"
    return [Figure(DOTS, (rates, deviation_chart(f"apart-{anchor}", apart, f"{DOTS} In per cent.", strips)))]


def _bare_table(cells: Cells, shipped: dict[str, dict[int, float]], cast: Cast) -> Table:
    titles = (
        *COLUMNS[:4],
        Column("shipped", "requests/s of the whole variant, from the table above"),
        Column("shipped/bare", "the share of the framework's own rate that is left"),
    )
    rows = tuple(
        (*_row(row, cast)[:4], *_against_shipped(cells.rates.get(row.variant.name), shipped.get(row.variant.name)))
        for row in cells.rows
    )
    caption = f"{cells.scenario.title}, by the framework alone: {cells.scenario.question}"
    return Table(caption, titles, rows, tuple(table_notes(cells)), quiet=True)


def _against_shipped(bare: dict[int, float] | None, shipped: dict[int, float] | None) -> tuple[Cell, ...]:
    if not shipped:
        return missing(), missing()
    rate = middle(shipped.values()).estimate
    left = rate / middle(bare.values()).estimate if bare else None
    return number_cell(rate), missing() if left is None else Cell(hundredths(left), sort=left)

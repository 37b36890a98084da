"""What a request costs: CPU time of server and database, and the memory of the server. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from markupsafe import Markup

from benchmarks.report.bars import Bar, Part, bar_chart
from benchmarks.report.blocks import Block, Cell, Column, Figure, Heading, Section, Table, columns, missing, text_column
from benchmarks.report.capacity import number_cell
from benchmarks.report.cast import Cast
from benchmarks.report.cells import MEGABYTE, SHIPPED, last_attempts, tables
from benchmarks.report.cells import Table as Cells
from benchmarks.report.numbers import significant
from benchmarks.results import Result

PER_THOUSAND = 1000
MEMORY_COLUMNS = columns(
    "variant",
    "idle PSS MB|proportional set size of all processes, before the first request of a load",
    "peak PSS MB|the highest after any window, median of the rounds",
    "added MB",
    "idle RSS MB|resident set size: shared pages counted for each process",
    "peak RSS MB",
)


@dataclass(frozen=True)
class Memory:
    """Bytes of a variant's process tree, before a load and at most."""

    idle_pss: float
    peak_pss: float
    idle_rss: float
    peak_rss: float


def costs_section(result: Result, cast: Cast) -> Section | None:
    """What a variant takes from the machine."""
    measured = [cells for cells in tables(result) if any(row.figures for row in cells.rows)]
    blocks: list[Block] = []
    if measured:
        blocks += [
            Heading("CPU", "milliseconds for 1,000 requests, of server and database"),
            _cpu_table(measured, cast),
        ]
        blocks.append(Figure(_cpu_caption(result), tuple(_cpu_chart(cells, cast) for cells in measured)))
    if found := memory(result):
        blocks += [Heading("Memory", "of all processes of the server, idle and at most"), _memory_table(found, cast)]
        blocks.append(Figure("Solid: idle. Light: what load adds.", (_memory_chart(found, cast),)))
    if not blocks:
        return None
    question = "What does the work cost in CPU time and memory, by the operating system's own accounting?"
    return Section("costs", "Cost", question, tuple(blocks))


def memory(result: Result) -> dict[str, Memory]:
    """Memory by variant, of those that were measured."""
    found = {}
    for variant in result.variants:
        starts = [one for one in result.starts if (one.variant, one.handler) == (variant.name, SHIPPED)]
        windows = [
            sample for scenario in result.scenarios for sample in last_attempts(result, scenario.name, variant.name)
        ]
        if starts and windows:
            found[variant.name] = Memory(
                idle_pss=median(start.pss_bytes for start in starts),
                peak_pss=_peak([(sample.round, sample.usage.pss_bytes) for sample in windows]),
                idle_rss=median(start.rss_bytes for start in starts),
                peak_rss=_peak([(sample.round, sample.usage.rss_bytes) for sample in windows]),
            )
    return found


def _peak(by_round: Sequence[tuple[int, int]]) -> float:
    numbers = {number for number, _ in by_round}
    return median(max(size for other, size in by_round if other == number) for number in numbers)


def _cpu_table(measured: Sequence[Cells], cast: Cast) -> Table:
    titles = (text_column("variant"), *(Column(cells.scenario.title, cells.scenario.question) for cells in measured))
    rows = tuple((cast.cell(name), *(_cpu_cell(cells, name) for cells in measured)) for name in cast.titles)
    caption = "CPU milliseconds for 1,000 requests: the server's, and the database's behind a plus where it is seen"
    return Table(caption, titles, rows)


def _cpu_cell(cells: Cells, name: str) -> Cell:
    figures = next(row.figures for row in cells.rows if row.variant.name == name)
    if figures is None:
        return missing()
    database = "" if figures.database_cpu_ms is None else f"+ {significant(figures.database_cpu_ms * PER_THOUSAND)}"
    return Cell(significant(figures.cpu_ms * PER_THOUSAND), database, figures.cpu_ms)


def _cpu_caption(result: Result) -> str:
    seen = any(sample.usage.database_cpu_seconds is not None for sample in result.samples)
    if seen:
        return "In colour: the server. Grey behind it: the database's server."
    if result.database.engine == "SQLite":
        return "SQLite works inside the server, whose CPU holds it."
    return "The CPU of the database's server was out of sight."


def _cpu_chart(cells: Cells, cast: Cast) -> Markup:
    bars = []
    for row in cells.rows:
        if row.figures is not None:
            server, database = row.figures.cpu_ms * PER_THOUSAND, (row.figures.database_cpu_ms or 0.0) * PER_THOUSAND
            parts = (
                Part(server, f"v{cast.slot(row.variant.name)}"),
                *([Part(database, "other")] if database else []),
            )
            bars.append(Bar(row.variant.title, f"{significant(server + database)} ms", parts))
    title = f"{cells.scenario.title}: CPU ms for 1,000 requests"
    description = "A bar for each variant, its server's share first and then the database's."
    return bar_chart(f"cpu-{cells.scenario.name}", title, description, sorted(bars, key=lambda bar: bar.value))


def _memory_table(found: dict[str, Memory], cast: Cast) -> Table:
    rows = []
    for name, one in found.items():
        figures = (one.idle_pss, one.peak_pss, one.peak_pss - one.idle_pss, one.idle_rss, one.peak_rss)
        rows.append((cast.cell(name), *(number_cell(figure / MEGABYTE) if figure else missing() for figure in figures)))
    notes = ("PSS counts a page that processes share once; systems without it show only RSS.",)
    return Table("Memory of the server, in megabytes", MEMORY_COLUMNS, tuple(rows), notes)


def _memory_chart(found: dict[str, Memory], cast: Cast) -> Markup:
    bars = []
    for name, one in found.items():
        idle, peak = one.idle_pss or one.idle_rss, one.peak_pss or one.peak_rss
        slot = cast.slot(name)
        parts = (Part(idle / MEGABYTE, f"v{slot}"), Part(max(0.0, peak - idle) / MEGABYTE, f"v{slot} light"))
        bars.append(Bar(cast.titles[name], f"{idle / MEGABYTE:,.0f} → {peak / MEGABYTE:,.0f} MB", parts))
    description = "A bar for each variant: memory before the load, and what the load adds."
    return bar_chart("memory", "Memory of the server, MB", description, sorted(bars, key=lambda bar: bar.value))

"""A result in brief: the tables of capacity for a terminal and for a README, and the conditions under them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment as Templates
from jinja2 import StrictUndefined
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table as RichTable

from benchmarks.report.cells import Figures, Row, Table, complete_rounds, repeats, tables
from benchmarks.report.console_tables import open_table
from benchmarks.report.numbers import NOTHING, interval_text, listed, ratio_text, significant
from benchmarks.report.rounds import rounds_text, users_text, warm_up_text, windows_text
from benchmarks.report.speed import speed_text
from benchmarks.results import Layout, Result
from benchmarks.statistics.intervals import median_coverage

COLUMNS = (
    "variant",
    "requests/s",
    "ratio to the fastest",
    "rank",
    "p50 ms",
    "p99 ms",
    "CPU ms a request",
    "memory MB",
    "start ms",
    "contract",
)
# Below this many characters a terminal gets intervals on a line of their own.
WIDE = 125
LEFT_COLUMNS = 3
NARROW_COLUMNS = ("variant", "requests/s", "ratio", "rank", "p50\nms", "p99\nms", "CPU\nms", "MB", "start\nms")
GATES = {
    "errors": "errors",
    "others": "CPU taken",
    "generator": "generator too busy",
    "saturation": "not saturated",
    "little": "Little's law",
    "rate": "cannot serve this rate",
    "late": "generator late",
    "contract": "contract broken",
    "failed": "not measured",
}


@dataclass(frozen=True)
class Section:
    """One table as text, and the notes that belong under it."""

    title: str
    question: str
    rows: list[tuple[str, ...]]
    notes: list[str]


def to_readme(result: Result, extras: Sequence[str] = ()) -> str:
    """The tables of capacity, some more paragraphs, the conditions and how to read them, as GitHub's Markdown."""
    return _render("comparison.md.j2", result, extras)


def to_console(result: Result, console: Console) -> None:
    """Print the same for a terminal."""
    for section in sections(result):
        console.print(_rich_table(section, narrow=console.width < WIDE))
        for note in section.notes:
            console.print(f"  {note}", highlight=False, markup=False)
        console.print()
    console.print(Markdown(_render("conditions.md.j2", result)))


def sections(result: Result) -> list[Section]:
    """Every table as text."""
    return [
        Section(
            title=table.scenario.title,
            question=table.scenario.question,
            rows=[_cells(row) for row in table.rows],
            notes=table_notes(table),
        )
        for table in tables(result)
    ]


def cores_text(layout: Layout) -> str:
    """Where the server and the generator ran."""
    if not layout.server:
        return "server and generator on any core, as this system cannot hold a process to some"
    if layout.server == layout.generator:
        return "one core for everything, so that nothing could be measured well"
    placed = f"server on core {_numbers(layout.server)}, generator on core {_numbers(layout.generator)}"
    return placed if layout.database is None else f"{placed}, database on core {_numbers(layout.database)}"


def _numbers(cores: tuple[int, ...]) -> str:
    return ", ".join(map(str, cores))


def _cells(row: Row) -> tuple[str, ...]:
    variant = row.variant
    name = f"{variant.title} {variant.framework_version}"
    contract = f"{variant.contract.passed}/{variant.contract.passed + variant.contract.failed}"
    startup = NOTHING if row.startup_ms is None else f"{row.startup_ms:,.0f}"
    if row.figures is None:
        why = GATES[row.invalid.gate] if row.invalid else "not measured"
        return (name, f"invalid: {why}", *[NOTHING] * 6, startup, contract)
    return (name, *_figure_cells(row.figures), startup, contract)


def _figure_cells(figures: Figures) -> tuple[str, ...]:
    standing = figures.standing
    fastest = standing.ratio.low == standing.ratio.high == 1
    return (
        interval_text(figures.capacity),
        "1" if fastest else ratio_text(standing.ratio),
        f"{standing.rank} tied" if standing.tied else str(standing.rank),
        significant(figures.p50_ms),
        significant(figures.p99_ms),
        significant(figures.cpu_ms),
        f"{figures.memory_mb:,.0f}",
    )


def table_notes(table: Table) -> list[str]:
    """What has to be said under a scenario's table: why cells are empty, who is tied, whose rounds are far apart."""
    titles = {row.variant.name: row.variant.title for row in table.rows}
    notes = [f"{row.variant.title}: {row.invalid.why}." for row in table.rows if row.invalid]
    measured = [row for row in table.rows if row.figures]
    if measured and len(measured) < len(table.rows):
        notes.append("Ranks and ratios are among those with figures; who has none may be faster or slower.")
    place = {row.variant.name: index for index, row in enumerate(measured)}
    for row in measured:
        standing = row.figures.standing if row.figures else None
        later = [titles[name] for name in standing.tied if place[name] > place[row.variant.name]] if standing else []
        if later:
            notes.append(f"{row.variant.title} is tied with {listed(later)}.")
    return notes + _spread_note(measured) + _database_note(measured)


def _spread_note(rows: list[Row]) -> list[str]:
    """Whose rounds are far apart."""
    wide = [f"{row.variant.title} {row.figures.spread:.0%}" for row in rows if row.figures and row.figures.spread]
    return [f"Rounds that are far apart, from lowest to highest: {', '.join(wide)}."] if wide else []


def _database_note(rows: list[Row]) -> list[str]:
    """What the server of the database used, which is in no variant's own figure; nothing where nobody asked it."""
    used = [(row.variant.title, row.figures.database_cpu_ms) for row in rows if row.figures]
    told = [f"{title} {significant(cpu_ms)}" for title, cpu_ms in used if cpu_ms]
    return [f"CPU ms a request of the database, beside the variant's: {', '.join(told)}."] if told else []


def _rich_table(section: Section, *, narrow: bool) -> RichTable:
    """A table for a terminal; a narrow one has two lines a cell, and the contract's column only in the list below."""
    columns = NARROW_COLUMNS if narrow else COLUMNS
    table = open_table(f"{section.title}: {section.question}", narrow=narrow)
    for place, column in enumerate(columns):
        # A figure that is cut off would be another figure.
        table.add_column(column, justify="left" if place < LEFT_COLUMNS else "right", overflow="fold")
    for row in section.rows:
        table.add_row(*(cell.replace(" ", "\n") if narrow else cell for cell in row[: len(columns)]))
    return table


def _render(template: str, result: Result, extras: Sequence[str] = ()) -> str:
    source = files("benchmarks.report") / "templates"
    # Markdown is no HTML, and what is put into it is our own.
    templates = Templates(autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    templates.filters["number"] = significant
    conditions = (source / "conditions.md.j2").read_text(encoding="utf-8")
    text = (source / template).read_text(encoding="utf-8")
    figures = tables(result)
    values = {
        "result": result,
        "sections": sections(result),
        "extras": extras,
        "columns": COLUMNS,
        "left": LEFT_COLUMNS,
        "rounds": complete_rounds(result),
        "rounds_text": rounds_text(result),
        "users": users_text(result),
        "windows": windows_text(result),
        "coverage": median_coverage,
        "repeats": {GATES[gate]: count for gate, count in repeats(result).items()},
        "half_widths": {table.scenario.title: table.half_width for table in figures if math.isfinite(table.half_width)},
        "warm_up": warm_up_text(result),
        "speed": speed_text(result),
        "cores": cores_text(result.environment.layout),
    }
    conditions_text = templates.from_string(conditions).render(values)
    return templates.from_string(text).render(values | {"conditions": conditions_text}).rstrip() + "\n"

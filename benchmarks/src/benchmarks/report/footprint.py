"""How fast a variant starts, what it installs, and how much of it had to be written. Pure."""

from benchmarks.report.bars import Bar, Part, bar_chart
from benchmarks.report.blocks import Block, Cell, Figure, Heading, Section, Table, columns, missing
from benchmarks.report.capacity import number_cell, rate_cell
from benchmarks.report.cast import Cast
from benchmarks.report.cells import BARE, MEGABYTE, SHIPPED, middle
from benchmarks.report.numbers import significant
from benchmarks.report.strips import Strip, deviation_chart, strip_chart
from benchmarks.results import Result

START_COLUMNS = columns(
    "variant",
    "start ms|from exec to the first 200, median with its 95 % interval",
    "starts",
    "bare ms|the framework alone",
)
SIZE_COLUMNS = columns(
    "variant",
    "installed MB|all packages in a fresh environment, without Python itself",
    "packages|installed in all, dependencies of dependencies too",
    "lines|of code that this variant had to write: no blank lines, comments or docstrings",
)

STARTS = "One dot a start; the line is their median, the band its 95 % interval."


def starts_section(result: Result, cast: Cast) -> Section | None:
    """How long it takes until a variant answers."""
    found = {name: times for name in cast.titles if (times := _times(result, name, SHIPPED))}
    if not found:
        return None
    order = sorted(found, key=lambda name: middle(found[name]).estimate)
    rows = tuple(
        (
            cast.cell(name),
            rate_cell(middle(found[name])),
            Cell(str(len(found[name])), sort=len(found[name])),
            _middle(_times(result, name, BARE)),
        )
        for name in order
    )
    strips = [_strip(name, found[name], cast) for name in order]
    charts = (
        strip_chart("starts", "Milliseconds of every start", f"{STARTS} The table has the figures.", strips),
        deviation_chart("apart-starts", "How far each start is from its variant's median", STARTS, strips),
    )
    table = Table("Milliseconds from exec to the first 200 of /health/ready", START_COLUMNS, rows)
    figure = Figure(STARTS, charts)
    return Section("start", "Start", "How long does it take from exec to the first 200?", (table, figure))


def footprint_section(result: Result, cast: Cast) -> Section | None:
    """What a variant takes when nothing runs."""
    if not result.footprints:
        return None
    blocks: tuple[Block, ...] = (_size_table(result, cast), _size_figure(result, cast))
    if any(footprint.lines for footprint in result.footprints):
        blocks += (Heading("Lines of code", "what each variant had to write itself, by feature"), _lines(result, cast))
    question = "What is installed, on what does it depend, and how much code did the same API need?"
    return Section("footprint", "Footprint", question, blocks)


def _times(result: Result, name: str, handler: str) -> list[float]:
    wanted = (name, handler)
    return [1000 * start.startup_seconds for start in result.starts if (start.variant, start.handler) == wanted]


def _middle(times: list[float]) -> Cell:
    return rate_cell(middle(times)) if times else missing()


def _strip(name: str, times: list[float], cast: Cast) -> Strip:
    usual = middle(times)
    return Strip(cast.titles[name], cast.slot(name), tuple(times), usual, f"{significant(usual.estimate)} ms")


def _size_table(result: Result, cast: Cast) -> Table:
    rows = tuple(
        (
            cast.cell(one.variant),
            number_cell(one.installed_bytes / MEGABYTE),
            Cell(str(len(one.packages)), sort=len(one.packages)),
            Cell(f"{sum(one.lines.values()):,}", sort=sum(one.lines.values())) if one.lines else missing(),
        )
        for one in sorted(result.footprints, key=lambda one: one.installed_bytes)
    )
    return Table("Installed size, packages and lines", SIZE_COLUMNS, rows)


def _size_figure(result: Result, cast: Cast) -> Figure:
    bars = [
        Bar(
            cast.titles[one.variant],
            f"{significant(one.installed_bytes / MEGABYTE)} MB, {len(one.packages)} packages",
            (Part(one.installed_bytes / MEGABYTE, f"v{cast.slot(one.variant)}"),),
        )
        for one in sorted(result.footprints, key=lambda one: one.installed_bytes)
    ]
    chart = bar_chart("installed", "Installed size, MB", "A bar for each variant; the table has the figures.", bars)
    return Figure("Packages in a fresh environment, without Python itself.", (chart,))


def _lines(result: Result, cast: Cast) -> Table:
    features = list(dict.fromkeys(feature for one in result.footprints for feature in one.lines))
    names = [one.variant for one in result.footprints]
    by_name = {one.variant: one.lines for one in result.footprints}
    rows = [
        (Cell(feature, sort=feature), *(_count(by_name[name].get(feature)) for name in names)) for feature in features
    ]
    rows.append((Cell("in all"), *(_count(sum(by_name[name].values())) for name in names)))
    titles = columns("feature", *(cast.titles[name] for name in names))
    return Table("Lines of code by feature", titles, tuple(rows))


def _count(lines: int | None) -> Cell:
    return missing() if lines is None else Cell(f"{lines:,}", sort=lines)

"""Latency under a load that does not wait: figures, curves and tables. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from markupsafe import Markup

from benchmarks.gates import Fault
from benchmarks.gates_open import disturbance, fault_of_rounds, latency_faults
from benchmarks.report.blocks import Block, Cell, Figure, Heading, Section, Table, columns, missing, text_column
from benchmarks.report.capacity import number_cell, rate_cell
from benchmarks.report.cast import Cast
from benchmarks.report.cells import middle
from benchmarks.report.lines import Axis, Curve, LineChart, line_chart
from benchmarks.report.text import GATES
from benchmarks.results import Result
from benchmarks.statistics.intervals import Interval
from benchmarks.studies import LatencySample

EQUAL = "equal"
PERCENTILES = ("p50", "p90", "p99", "p99_9")
COLUMNS = (
    text_column("variant"),
    text_column("load", "share of the variant's own capacity, or the rate that all got"),
    *columns(
        "",
        "offered/s|arrivals a second",
        "p50 ms",
        "p90 ms",
        "p99 ms|median of the rounds with its 95 % interval",
        "p99.9 ms",
        "answered|good answers, of the arrivals",
    )[1:],
)


@dataclass(frozen=True)
class Point:
    """What a variant did at one load: medians over rounds of percentiles in milliseconds, or why there are none."""

    variant: str
    scenario: str
    point: str
    rate: float
    percentiles: dict[str, Interval]
    answered: float
    invalid: Fault | None

    @property
    def share(self) -> float | None:
        """Of the own capacity; None at the rate that all got."""
        return None if self.point == EQUAL else float(self.point)

    @property
    def words(self) -> str:
        """The load in words."""
        return "equal for all" if self.share is None else f"{self.share:.0%} of its own"


def points(result: Result) -> list[Point]:
    """Every point that was measured, in the order of scenarios, loads and variants."""
    last: dict[tuple[str, str, str], dict[int, LatencySample]] = {}
    for sample in result.latencies:
        last.setdefault((sample.scenario, sample.variant, sample.point), {})[sample.round] = sample
    known = [scenario.name for scenario in result.scenarios]
    found = [_point(result, key, list(rounds.values())) for key, rounds in last.items()]
    return sorted(found, key=lambda point: (known.index(point.scenario), point.share or 0.0, point.variant))


def latency_section(result: Result, cast: Cast) -> Section | None:
    """How long an answer takes at a given load."""
    found = points(result)
    if not found:
        return None
    blocks: list[Block] = []
    for scenario in result.scenarios:
        if of_scenario := [point for point in found if point.scenario == scenario.name]:
            blocks += [Heading(scenario.title, scenario.question), *_charts(of_scenario, cast, scenario.name)]
            blocks.append(latency_table(f"{scenario.title}: response times by load", of_scenario, cast))
    question = (
        "How long does an answer take, at the same rate for all and at shares of each variant's own capacity? "
        "Requests come when they come (Poisson), and time counts from the instant each was due."
    )
    return Section("latency", "Latency under load", question, tuple(blocks))


def latency_table(caption: str, found: Sequence[Point], cast: Cast) -> Table:
    """Percentiles by variant and load."""
    notes = tuple(
        f"{cast.titles[point.variant]}, {point.words}: {point.invalid.why}." for point in found if point.invalid
    )
    return Table(caption, COLUMNS, tuple(_row(point, cast) for point in found), notes)


def _point(result: Result, key: tuple[str, str, str], samples: Sequence[LatencySample]) -> Point:
    def usual(figure: Callable[[LatencySample], float]) -> float:
        return median(figure(sample) for sample in samples)

    scenario, variant, point = key
    invalid = fault_of_rounds([latency_faults(sample) for sample in samples])
    samples = [sample for sample in samples if not disturbance(latency_faults(sample))] or samples
    return Point(
        variant=variant,
        scenario=scenario,
        point=point,
        rate=usual(lambda sample: sample.load.rate),
        percentiles={
            name: middle([sample.load.latency_ms[name] for sample in samples])
            for name in PERCENTILES
            if all(name in sample.load.latency_ms for sample in samples)
        },
        answered=usual(lambda sample: 1 - sample.load.error_share),
        invalid=invalid,
    )


def _row(point: Point, cast: Cast) -> tuple[Cell, ...]:
    load = Cell(point.words, sort=point.share or 0.0)
    head = (cast.cell(point.variant), load, number_cell(point.rate))
    if point.invalid:
        return (*head, Cell(f"invalid: {GATES[point.invalid.gate]}", kind="invalid"), *[missing()] * 4)
    shown = [point.percentiles.get(name) for name in PERCENTILES]
    cells = [missing() if interval is None else number_cell(interval.estimate) for interval in shown]
    if tail := point.percentiles.get("p99"):
        cells[2] = rate_cell(tail)
    return (*head, *cells, Cell(f"{point.answered:.1%}", sort=point.answered))


def _charts(found: Sequence[Point], cast: Cast, scenario: str) -> list[Block]:
    by_rate = [_chart(found, cast, scenario, name, by_share=False) for name in ("p50", "p99")]
    by_share = [_chart(found, cast, scenario, name, by_share=True) for name in ("p50", "p99")]
    drawn = tuple(chart for chart in (*by_rate, *by_share) if chart is not None)
    caption = (
        "Response times in milliseconds, on logarithmic scales, over the offered load: once as a rate, once as a share "
        "of what the variant can serve. A point that failed a gate is left out."
    )
    return [Figure(caption, drawn)] if drawn else []


def _chart(found: Sequence[Point], cast: Cast, scenario: str, name: str, *, by_share: bool) -> Markup | None:
    curves = []
    for variant in cast.titles:
        if places := _places([point for point in found if point.variant == variant], name, by_share=by_share):
            curves.append(Curve(cast.short(variant), cast.slot(variant), places))
    if not curves:
        return None
    x = Axis("share of own capacity", ticks=(25, 50, 75, 90), suffix="%") if by_share else Axis("requests/s offered")
    kind = "share of own capacity" if by_share else "offered rate"
    return line_chart(
        LineChart(
            key=f"latency-{scenario}-{name}-{'share' if by_share else 'rate'}",
            title=f"{name} over {kind}",
            description=f"{name} in milliseconds over the {kind}, a line for each variant; the table has the figures.",
            x=x,
            y=Axis("ms, logarithmic", logarithmic=True),
            curves=tuple(curves),
        )
    )


def _places(of_variant: Sequence[Point], name: str, *, by_share: bool) -> tuple[tuple[float, float], ...]:
    good = [point for point in of_variant if not point.invalid and name in point.percentiles]
    if by_share:
        return tuple((100 * point.share, point.percentiles[name].estimate) for point in good if point.share is not None)
    return tuple(sorted((point.rate, point.percentiles[name].estimate) for point in good))

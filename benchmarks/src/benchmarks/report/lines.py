"""Curves: a figure over what was varied, a line and a mark for each variant, each named where its line ends. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchmarks.report.axes import Scale, linear, logarithmic, spread_out
from benchmarks.report.numbers import compact
from benchmarks.report.svg import drawing, element, line, mark, number, text

WIDTH, HEIGHT = 400.0, 262.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 84.0, 30.0, 40.0
LABEL_GAP = 13.0


@dataclass(frozen=True)
class Curve:
    """A variant's points from left to right, as (x, y)."""

    label: str
    slot: int
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Axis:
    """What an axis shows; `ticks` are marked where they are given, and else round figures are."""

    title: str
    logarithmic: bool = False
    ticks: tuple[float, ...] = ()
    suffix: str = ""


@dataclass(frozen=True)
class LineChart:
    """A drawing of some curves; `limit` is a level that is drawn across it, with its name."""

    key: str
    title: str
    description: str
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]
    limit: tuple[float, str] | None = None


def line_chart(chart: LineChart) -> Markup:
    """Draw it."""
    xs = [x for curve in chart.curves for x, _ in curve.points]
    ys = [y for curve in chart.curves for _, y in curve.points]
    ys += [chart.limit[0]] if chart.limit else []
    across = _scale(chart.x, xs, LEFT, WIDTH - RIGHT)
    up = _scale(chart.y, ys, HEIGHT - BOTTOM, TOP)
    return drawing(
        chart.key,
        (WIDTH, HEIGHT),
        chart.title,
        chart.description,
        text(0, 12, chart.title, "chart-title"),
        *_grid(chart, across, up),
        *_limit(chart, up),
        *(_curve(curve, across, up) for curve in chart.curves),
        *_labels(chart.curves, across, up),
    )


def _scale(axis: Axis, values: Sequence[float], start: float, end: float) -> Scale:
    values = [*values, *axis.ticks]
    return logarithmic(values, start, end) if axis.logarithmic else linear(values, start, end)


def _grid(chart: LineChart, across: Scale, up: Scale) -> list[Markup]:
    drawn = [
        line((LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM), "axis"),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, chart.x.title, "axis-title", "middle"),
        text(WIDTH - RIGHT, 12, chart.y.title, "axis-title", "end"),
    ]
    for tick in chart.y.ticks or up.ticks():
        drawn += [
            line((LEFT, up(tick)), (WIDTH - RIGHT, up(tick)), "grid"),
            text(LEFT - 6, up(tick) + 3.5, compact(tick) + chart.y.suffix, "tick", "end"),
        ]
    for tick in chart.x.ticks or across.ticks():
        drawn += [
            line((across(tick), HEIGHT - BOTTOM), (across(tick), HEIGHT - BOTTOM + 4), "axis"),
            text(across(tick), HEIGHT - BOTTOM + 16, compact(tick) + chart.x.suffix, "tick", "middle"),
        ]
    return drawn


def _limit(chart: LineChart, up: Scale) -> list[Markup]:
    if chart.limit is None:
        return []
    value, name = chart.limit
    return [
        line((LEFT, up(value)), (WIDTH - RIGHT, up(value)), "limit"),
        text(LEFT + 4, up(value) - 4, name, "tick"),
    ]


def _curve(curve: Curve, across: Scale, up: Scale) -> Markup:
    places = [(across(x), up(y)) for x, y in curve.points]
    path = " ".join(f"{number(x)},{number(y)}" for x, y in places)
    return element(
        "g",
        element("polyline", points=path, class_=f"curve v{curve.slot}"),
        *(mark(x, y, curve.slot) for x, y in places),
    )


def _labels(curves: Sequence[Curve], across: Scale, up: Scale) -> list[Markup]:
    """Each name beside the end of its line, moved up or down where two would touch."""
    ends = [(across(curve.points[-1][0]), up(curve.points[-1][1])) for curve in curves]
    moved = spread_out([y for _, y in ends], LABEL_GAP, TOP, HEIGHT - BOTTOM)
    drawn = []
    for curve, (x, y), place in zip(curves, ends, moved, strict=True):
        drawn += [
            line((x + 6, y), (WIDTH - RIGHT + 4, place), f"leader v{curve.slot}"),
            text(WIDTH - RIGHT + 7, place + 4, curve.label, f"label v{curve.slot}"),
        ]
    return drawn

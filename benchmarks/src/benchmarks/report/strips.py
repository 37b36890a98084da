"""Strips of dots: every round as a dot, the median as a line, its interval as a band. Pure.

A box plot of five rounds would hide that there are five.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchmarks.report.axes import Scale, linear
from benchmarks.report.numbers import compact
from benchmarks.report.svg import box, drawing, line, mark, text
from benchmarks.statistics.intervals import Interval

WIDTH = 400.0
TOP, ROW, BOTTOM = 24.0, 38.0, 20.0
MARGIN = 8.0


@dataclass(frozen=True)
class Strip:
    """The rounds of a variant."""

    label: str
    slot: int
    values: tuple[float, ...]
    interval: Interval
    figure: str


def strip_chart(key: str, title: str, description: str, strips: Sequence[Strip]) -> Markup:
    """Draw strips on one axis, which begins at zero."""
    across = linear((value for strip in strips for value in strip.values), MARGIN, WIDTH - MARGIN)
    return _strips(key, title, description, strips, across)


def deviation_chart(key: str, title: str, description: str, strips: Sequence[Strip]) -> Markup:
    """Draw how far each round is from the median of its variant, in per cent, all variants on one axis."""
    around = [_around(strip) for strip in strips]
    most = max(1.0, *(abs(value) for strip in around for value in strip.values)) * 1.1
    across = Scale(-most, most, MARGIN, WIDTH - MARGIN)
    return _strips(key, title, description, around, across, suffix="%")


def _around(strip: Strip) -> Strip:
    middle, interval = strip.interval.estimate, strip.interval
    values = tuple(100 * (value / middle - 1) for value in strip.values)
    low, high = (100 * (bound / middle - 1) for bound in (interval.low, interval.high))
    widest = max(values, key=abs)
    return Strip(strip.label, strip.slot, values, Interval(0.0, low, high), f"{widest:+.1f}% at most")


def _strips(key: str, title: str, description: str, strips: Sequence[Strip], across: Scale, suffix: str = "") -> Markup:
    bottom = TOP + len(strips) * ROW
    drawn = [text(0, 12, title, "chart-title")]
    for tick in across.ticks(6):
        drawn += [
            line((across(tick), TOP), (across(tick), bottom + 3), "grid"),
            text(across(tick), bottom + 16, compact(tick) + suffix, "tick", "middle"),
        ]
    for place, strip in enumerate(strips):
        drawn += _strip(strip, TOP + place * ROW, across)
    return drawing(key, (WIDTH, bottom + BOTTOM), title, description, *drawn)


def _strip(strip: Strip, top: float, across: Scale) -> list[Markup]:
    middle, interval = top + 26, strip.interval
    return [
        text(0, top + 13, strip.label, "label halo"),
        text(WIDTH - 2, top + 13, strip.figure, "figure halo", "end"),
        line((MARGIN, middle), (WIDTH - MARGIN, middle), "rail"),
        box(across(interval.low), middle - 5, across(interval.high) - across(interval.low), 10, f"band v{strip.slot}"),
        *(mark(across(value), middle, strip.slot, 2.8) for value in strip.values),
        line((across(interval.estimate), middle - 8), (across(interval.estimate), middle + 8), f"median v{strip.slot}"),
    ]

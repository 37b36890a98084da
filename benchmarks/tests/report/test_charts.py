"""Scales, ticks, labels and drawings."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from benchmarks.report.axes import Scale, linear, linear_ticks, log_ticks, logarithmic, spread_out
from benchmarks.report.bars import Bar, Part, bar_chart
from benchmarks.report.lines import Axis, Curve, LineChart, line_chart
from benchmarks.report.numbers import compact
from benchmarks.report.strips import Strip, deviation_chart, strip_chart
from benchmarks.report.svg import mark
from benchmarks.statistics.intervals import Interval


def elements(drawing: str, tag: str) -> list[ElementTree.Element]:
    """All elements of a kind."""
    return list(ElementTree.fromstring(drawing).iter(tag))  # noqa: S314 - our own drawing


def numbers(drawing: str, tag: str, name: str) -> list[float]:
    """An attribute of all elements of a kind."""
    return [float(one.attrib[name]) for one in elements(drawing, tag) if name in one.attrib]


def test_a_scale_leads_from_bounds_to_places() -> None:
    assert Scale(0, 10, 100, 200)(5) == 150
    assert Scale(1, 100, 0, 200, logarithmic=True)(10) == pytest.approx(100)
    assert Scale(0, 10, 200, 100)(10) == 100


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 10, [0, 2, 4, 6, 8, 10]), (0, 7000, [0, 2000, 4000, 6000]), (0, 0.9, [0, 0.2, 0.4, 0.6, 0.8])],
)
def test_linear_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert linear_ticks(low, high, 5) == pytest.approx(ticks)


def test_logarithmic_ticks_thin_out_over_many_decades() -> None:
    assert log_ticks(0.4, 12, 5) == pytest.approx([0.5, 1, 2, 5, 10])
    assert log_ticks(1, 1_000_000, 6) == pytest.approx([1, 10, 100, 1_000, 10_000, 100_000, 1_000_000])


def test_scales_hold_every_value_with_room() -> None:
    assert linear([3.0], 0, 1).low == 0 < 3 < linear([3.0], 0, 1).high
    assert linear([90.0, 100.0], 0, 1, zero=False).low > 80
    assert logarithmic([1.0, 100.0], 0, 1).low < 1


def test_labels_are_moved_apart_in_their_order_and_within_bounds() -> None:
    moved = spread_out([50.0, 51.0, 98.0, 99.0], 10.0, 0.0, 100.0)
    assert moved == sorted(moved)
    assert all(after - before >= 10 for before, after in pairwise(moved))
    assert moved[-1] <= 100
    assert spread_out([10.0, 90.0], 10.0, 0.0, 100.0) == [10.0, 90.0]


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (2500, "2,500"), (10_000, "10k"), (1e6, "1M"), (0.5, "0.5")])
def test_ticks_are_short(value: float, text: str) -> None:
    assert compact(value) == text


def test_bars_are_as_long_as_their_figures_and_share_a_scale_where_told() -> None:
    bars = [Bar("one", "10", (Part(6, "v0"), Part(4, "other"))), Bar("two", "5", (Part(5, "v1"),))]
    widths = numbers(bar_chart("key", "A title", "Words", bars), "rect", "width")
    assert widths == pytest.approx([238.8, 159.2, 199.0], abs=0.1)
    halved = numbers(bar_chart("key", "A title", "Words", bars, most=20), "rect", "width")
    assert halved == pytest.approx([119.4, 79.6, 99.5], abs=0.1)


def test_a_part_is_named_only_where_there_is_room() -> None:
    drawn = bar_chart("key", "T", "W", [Bar("one", "", (Part(98, "l0", "wide"), Part(2, "l1", "narrow")))])
    assert "wide" in drawn
    assert "narrow" not in drawn


def test_a_strip_has_a_dot_a_round_and_deviations_are_around_zero() -> None:
    strip = Strip("one", 0, (90.0, 100.0, 110.0), Interval(100.0, 90.0, 110.0), "100")
    assert strip_chart("key", "T", "W", [strip]).count('class="mark') == 3
    drawn = deviation_chart("key", "T", "W", [strip])
    assert "-10.0% at most" in drawn or "+10.0% at most" in drawn
    assert ">0%<" in drawn


def test_a_curve_is_named_at_its_end_and_points_rise_as_figures_do() -> None:
    curves = (Curve("one", 0, ((1.0, 10.0), (2.0, 20.0))), Curve("a < b", 1, ((1.0, 5.0),)))
    drawn = line_chart(LineChart("key", "T", "W", Axis("x"), Axis("y", logarithmic=True), curves, (15.0, "limit")))
    points = next(one.attrib["points"] for one in elements(drawn, "polyline"))
    (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in points.split())
    assert x1 < x2
    assert y1 > y2
    assert "a &lt; b" in drawn
    assert "limit" in drawn


def test_marks_of_variants_differ_in_shape_too() -> None:
    shapes = {mark(10, 10, slot).replace(f"v{slot}", "") for slot in range(8)}
    assert len(shapes) == 8

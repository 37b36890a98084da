"""Bars: figures of variants side by side, each with its name and its figure above it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchmarks.report.svg import box, drawing, text

WIDTH = 400.0
TOP, ROW, BAR = 24.0, 40.0, 15.0
# A name inside a part of a bar takes about so much a letter.
LETTER = 6.4


@dataclass(frozen=True)
class Part:
    """A part of a bar; `style` is a class of the page's style sheet, such as `v0`, `rest` or `l2`."""

    value: float
    style: str
    name: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar, its parts from left to right; `figure` is what it comes to, in words."""

    label: str
    figure: str
    parts: tuple[Part, ...]

    @property
    def value(self) -> float:
        """Its whole length."""
        return sum(part.value for part in self.parts)


def bar_chart(key: str, title: str, description: str, bars: Sequence[Bar], most: float = 0.0) -> Markup:
    """Draw bars from zero on; `most` is the longest of several drawings that share a scale."""
    most = max(most, *(bar.value for bar in bars)) or 1.0
    drawn = [text(0, 12, title, "chart-title")]
    for place, bar in enumerate(bars):
        drawn += _bar(bar, TOP + place * ROW, (WIDTH - 2) / most)
    return drawing(key, (WIDTH, TOP + len(bars) * ROW), title, description, *drawn)


def _bar(bar: Bar, top: float, scale: float) -> list[Markup]:
    drawn = [
        text(0, top + 13, bar.label, "label"),
        text(WIDTH - 2, top + 13, bar.figure, "figure", "end"),
    ]
    x = 0.0
    for part in bar.parts:
        width = part.value * scale
        drawn.append(box(x, top + 18, width, BAR, f"bar {part.style}"))
        if part.name and width > LETTER * len(part.name) + 6:
            drawn.append(text(x + width / 2, top + 29.5, part.name, f"inside {part.style}", "middle"))
        x += width
    return drawn

"""From figures to places on a drawing, and the round figures that an axis is marked with. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
ALMOST = 1e-9


@dataclass(frozen=True)
class Scale:
    """A linear or logarithmic scale from `low` and `high` to the places `start` and `end`."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """The place of a value."""
        if self.logarithmic:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[float]:
        """Round figures within the scale, about so many."""
        if not self.logarithmic:
            return linear_ticks(self.low, self.high, most)
        return log_ticks(self.low, self.high, most)


def linear(values: Iterable[float], start: float, end: float, *, zero: bool = True) -> Scale:
    """A linear scale that holds all values with a little room, from zero on unless told otherwise."""
    known = list(values)
    low, high = min(known), max(known)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return Scale(0.0 if zero else max(0.0, low - room), high + (high * 0.04 if zero else room), start, end)


def logarithmic(values: Iterable[float], start: float, end: float) -> Scale:
    """A logarithmic scale that holds all positive values with a little room."""
    known = [value for value in values if value > 0]
    return Scale(min(known) / 1.15, max(known) * 1.15, start, end, logarithmic=True)


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Multiples of the smallest round step that gives no more than so many."""
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next(candidate for candidate in STEPS if candidate * power >= raw * (1 - ALMOST))
    first, last = math.ceil(low / step - ALMOST), math.floor(high / step + ALMOST)
    return [round(index * step, 10) for index in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """One, two and five times the powers of ten, or only the powers where those are too many."""
    for factors in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        ticks = [
            factor * 10.0**power
            for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
            for factor in factors
            if low <= factor * 10.0**power <= high
        ]
        if len(ticks) <= most + 1:
            break
    return ticks


def spread_out(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart until none is nearer than `gap` to the next, in their order and within bounds."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = [0.0] * len(places)
    before = low - gap
    for index in order:
        before = moved[index] = max(places[index], before + gap)
    after = high + gap
    for index in reversed(order):
        after = moved[index] = min(moved[index], after - gap)
    return moved

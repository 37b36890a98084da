"""In which order things are measured: random, so that no drift favours anyone, and the same again for a seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from benchmarks.plan.contestants import Contestant
from benchmarks.plan.scenarios import Scenario
from variants.catalog import Handler

T = TypeVar("T")


@dataclass(frozen=True)
class ScenarioTurns:
    """A scenario of a round, for the variants or for the frameworks alone: the orders of the warm-up and of the turns.

    The two are apart, as nobody compares a variant with a bare handler: those who are compared take turns side by side.
    """

    scenario: Scenario
    handler: Handler
    warm_up: tuple[Contestant, ...]
    turns: tuple[tuple[Contestant, ...], ...]


@dataclass(frozen=True)
class Round:
    """One fresh server of every contestant, started in this order, and what they are asked, side by side."""

    number: int
    starts: tuple[Contestant, ...]
    scenarios: tuple[ScenarioTurns, ...]


def round_numbered(
    number: int, contestants: Sequence[Contestant], scenarios: Sequence[Scenario], *, turns: int, seed: int
) -> Round:
    """Put a round in order: the scenarios at random with the writing ones last, and the turns within each."""
    draw = chance(seed, "capacity", number)
    starts = shuffled(contestants, draw)
    drawn = sorted(shuffled(scenarios, draw), key=lambda scenario: scenario.writes)
    parts = (_turns(scenario, handler, contestants, turns, draw) for scenario in drawn for handler in Handler)
    return Round(number, starts, tuple(part for part in parts if part.warm_up))


def rounds(
    contestants: Sequence[Contestant], scenarios: Sequence[Scenario], *, turns: int, seed: int
) -> Iterator[Round]:
    """Give round after round, without end: whoever measures knows when the answer is good enough."""
    return (round_numbered(number, contestants, scenarios, turns=turns, seed=seed) for number in count(1))


def by_settings(parts: Sequence[ScenarioTurns]) -> list[list[ScenarioTurns]]:
    """Put scenarios together that can share servers: those that want no settings of their own, and each that does."""
    groups: dict[tuple[tuple[str, str], ...], list[ScenarioTurns]] = {}
    for part in parts:
        groups.setdefault(tuple(sorted(part.scenario.server_environment.items())), []).append(part)
    return list(groups.values())


def mirrored(items: Sequence[T], turns: int, draw: random.Random) -> tuple[tuple[T, ...], ...]:
    """Give each turn an order of its own, ABCD DCBA: what drifts steadily falls on all alike over two turns."""
    orders: list[tuple[T, ...]] = []
    for turn in range(turns):
        orders.append(orders[-1][::-1] if turn % 2 else shuffled(items, draw))
    return tuple(orders)


def shuffled(items: Sequence[T], draw: random.Random) -> tuple[T, ...]:
    """The items in random order."""
    return tuple(draw.sample(list(items), len(items)))


def chance(seed: int, study: str, number: int) -> random.Random:
    """The chance of one step of a study, which another step does not change."""
    return random.Random(f"{seed}/{study}/{number}")  # noqa: S311 - an order that can be repeated, no secret


def new_seed() -> int:
    """A seed to record."""
    return random.SystemRandom().randrange(1_000_000)


def _turns(
    scenario: Scenario, handler: Handler, contestants: Sequence[Contestant], turns: int, draw: random.Random
) -> ScenarioTurns:
    taking = [one for one in contestants if one.handler is handler and one.takes(scenario)]
    return ScenarioTurns(scenario, handler, shuffled(taking, draw), mirrored(taking, turns, draw))

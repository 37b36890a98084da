"""In which order things are measured: random, so that no drift favours anyone, and the same again for a seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from benchmarks.plan.scenarios import Scenario


@dataclass(frozen=True)
class Turn:
    """One fresh server of one variant in a round, and the scenarios that it is asked in this order."""

    round: int
    variant: str
    scenarios: tuple[Scenario, ...]


def turns_of_round(number: int, variants: Sequence[str], scenarios: Sequence[Scenario], seed: int) -> list[Turn]:
    """Give each variant one turn in random order, each with all scenarios in random order and the writing ones last."""
    draw = random.Random(f"{seed}/{number}")  # noqa: S311 - an order that can be repeated, no secret
    order = draw.sample(list(variants), len(variants))
    return [Turn(number, variant, _shuffled(scenarios, draw)) for variant in order]


def rounds(variants: Sequence[str], scenarios: Sequence[Scenario], seed: int) -> Iterator[list[Turn]]:
    """Give round after round, without end: whoever measures knows when the answer is good enough."""
    return (turns_of_round(number, variants, scenarios, seed) for number in count(1))


def new_seed() -> int:
    """A seed to record."""
    return random.SystemRandom().randrange(1_000_000)


def _shuffled(scenarios: Sequence[Scenario], draw: random.Random) -> tuple[Scenario, ...]:
    drawn = draw.sample(list(scenarios), len(scenarios))
    return tuple(sorted(drawn, key=lambda scenario: scenario.writes))

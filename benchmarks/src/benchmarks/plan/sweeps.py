"""What the scale study varies, and over which values. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.plan.scenarios import Scenario, scenarios_named

CONCURRENCY, ROWS, WORKERS = "concurrency", "rows", "workers"
USERS = (1, 4, 16, 64, 256)
LEAST_ROUNDS = 2


@dataclass(frozen=True)
class Sweep:
    """One dimension, the scenario that is asked, and the values."""

    dimension: str
    scenario: Scenario
    values: tuple[int, ...]


def sweeps(*, rows: Sequence[int], cores: int) -> tuple[Sweep, ...]:
    """The sweeps of a machine; workers go up to all its cores but the generator's, which is one of two cores."""
    article, page = scenarios_named(["article", "page"], quick=False)
    return (
        Sweep(CONCURRENCY, article, USERS),
        Sweep(ROWS, page, tuple(rows)),
        Sweep(WORKERS, article, tuple(range(1, max(2, cores)))),
    )

"""Which rates an open loop offers: those of the latency study, and those of a search for a service level. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.plan.contestants import Contestant
from benchmarks.plan.order import chance, shuffled
from benchmarks.plan.scenarios import Scenario

LATENCY, LEVEL = "latency", "level"
# A read of one row and one of many; what these say of waiting, the others say too.
SCENARIOS = ("article", "page")
EQUAL = "equal"
EQUAL_SHARE = 0.5
SHARES = ("0.25", "0.50", "0.75", "0.90")
LATENCY_ROUNDS = 3
LEVEL_ROUNDS = 3
# An open loop may be offered a little more than a closed one of 32 users was served.
LEVEL_TOP_SHARE = 1.25
BRACKET = 0.03
# So far from what another round found a search looks for the other end, then twice as far: a galloping search.
HINTED_STEP = 0.04
MOST_STEPS = 12


@dataclass(frozen=True)
class OpenWindow:
    """One window to be measured: `rate` arrivals a second, drawn with `seed`.

    Attributes:
        point: `equal`, or the share of the own capacity.
    """

    contestant: Contestant
    point: str
    rate: float
    seed: str


@dataclass(frozen=True)
class Bracket:
    """What a search knows: the level is kept at `low`, and not at `high`; 0 is always kept.

    Attributes:
        hint: where the answer may be, which is tried before the middle; it makes a search shorter, and proves nothing.
        step: how far the hint moves on, as a share of it, while the answer is not found to be on its other side.
    """

    low: float
    high: float
    hint: float | None = None
    step: float = HINTED_STEP

    @property
    def next_rate(self) -> float:
        """The rate to try next."""
        if self.hint is not None and self.low < self.hint < self.high:
            return self.hint
        return (self.low + self.high) / 2

    @property
    def is_close(self) -> bool:
        """Whether both ends are near enough."""
        return self.high - self.low <= BRACKET * self.high

    def narrowed(self, *, kept: bool) -> "Bracket":
        """What is known when the next rate has been tried."""
        tried = self.next_rate
        low, high = (tried, self.high) if kept else (self.low, tried)
        if tried != self.hint:
            return Bracket(low, high)
        return Bracket(low, high, tried * (1 + self.step if kept else 1 - self.step), 2 * self.step)


def open_scenarios(scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios that open loops are about: the usual ones, or all where none of those is wanted."""
    return tuple(scenario for scenario in scenarios if scenario.name in SCENARIOS) or tuple(scenarios)


def sharing_servers(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """Put scenarios together that can share servers: those that want no settings of their own, and each that does."""
    groups: dict[tuple[tuple[str, str], ...], list[Scenario]] = {}
    for scenario in scenarios:
        groups.setdefault(tuple(sorted(scenario.server_environment.items())), []).append(scenario)
    return list(groups.values())


def latency_windows(
    number: int, scenario: Scenario, capacities: Mapping[Contestant, float], seed: int
) -> tuple[OpenWindow, ...]:
    """All windows of a scenario in a round: loads in random order, and at each of them the contestants in random order.

    All contestants get the same schedule at the rate that is equal for all, the same arrivals at the same instants.

    Parameters:
        capacities: good answers a second of a closed loop; the slowest one sets the equal rate.
    """
    if not capacities:
        return ()
    draw = chance(seed, f"{LATENCY}/{scenario.name}", number)
    equal = EQUAL_SHARE * min(capacities.values())
    windows: list[OpenWindow] = []
    for point in shuffled((EQUAL, *SHARES), draw):
        for contestant in shuffled(tuple(capacities), draw):
            rate = equal if point == EQUAL else float(point) * capacities[contestant]
            windows.append(OpenWindow(contestant, point, rate, f"{seed}/{number}/{scenario.name}/{point}"))
    return tuple(windows)

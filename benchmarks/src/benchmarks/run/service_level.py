"""Service level: the highest rate at which the 99th percentile and the errors stay below what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.gates import MAX_ERROR_SHARE, Fault
from benchmarks.gates_open import ERRORS, RATE, disturbance, open_faults
from benchmarks.plan.contestants import Contestant
from benchmarks.plan.latency import LEVEL, LEVEL_ROUNDS, LEVEL_TOP_SHARE, MOST_STEPS, Bracket, open_scenarios
from benchmarks.run.book import Step as StudyStep
from benchmarks.run.context import Context
from benchmarks.run.open_window import OpenLoads, capacities, open_round
from benchmarks.run.turns import MAX_REPEATS
from benchmarks.studies import OpenLoad, ServiceLevel, Step

WINDOW_SECONDS = 2.0
# Whoever waits for so long has broken any level that somebody would promise.
GRACE_SECONDS = 0.5
# What the second round is expected to take of the first: it knows about where to look, and tries fewer rates.
LATER_SHARE = 0.6


@dataclass
class Search:
    """The bisection of one contestant: what is known, what was tried, and why it may have to be given up."""

    contestant: Contestant
    bracket: Bracket
    steps: list[Step] = field(default_factory=list)
    tried: int = 0
    invalid: str | None = None
    lost: bool = False

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to try."""
        return self.lost or self.invalid is not None or self.bracket.is_close or self.tried >= MOST_STEPS


def measure_levels(context: Context) -> None:
    """Measure the rounds into the book, the first one in any case; a round is a step, with servers of its own."""
    for number in range(1, LEVEL_ROUNDS + 1):
        step = StudyStep(LEVEL, number)
        if context.book.is_done(step):
            continue
        if number > 1 and not context.has_seconds(_expected_seconds(context, number)):
            return
        open_round(context, step, _measure_scenario)
        context.finish(step)


def level_fault(load: OpenLoad, faults: Sequence[Fault], level_p99_ms: float) -> str | None:
    """What of the level a window broke, in words; None when it kept all of it."""
    if load.latency_ms["p99"] >= level_p99_ms:
        return f"p99 is {load.latency_ms['p99']:.1f} ms"
    if load.error_share >= MAX_ERROR_SHARE:
        return next((fault.why for fault in faults if fault.gate == ERRORS), f"{load.error_share:.1%} errors")
    return next((fault.why for fault in faults if fault.gate == RATE), None)


def _expected_seconds(context: Context, number: int) -> float:
    """How long a later round may take, by those before it."""
    before = context.book.study_seconds.get(LEVEL, 0.0) / (number - 1)
    return LATER_SHARE * before if number == 2 else before


def _measure_scenario(loads: OpenLoads) -> None:
    """Let all searches go on step by step and in turn, so that they see the same machine."""
    found = capacities(loads)
    searches = [
        Search(one, Bracket(0.0, LEVEL_TOP_SHARE * capacity, _hint(loads, one))) for one, capacity in found.items()
    ]
    while going_on := [search for search in searches if not search.is_over]:
        for search in going_on:
            _tell(loads, search)
            _go_on(loads, search)
    for search in searches:
        if not search.lost:
            loads.context.book.levels.append(_level(loads, search))


def _hint(loads: OpenLoads, contestant: Contestant) -> float | None:
    """What an earlier round found."""
    key = (contestant.name, loads.scenario.name)
    found = [one.rate for one in loads.context.book.levels if (one.variant, one.scenario) == key and one.rate > 0]
    return found[-1] if found else None


def _go_on(loads: OpenLoads, search: Search) -> None:
    """Try the next rate. Broken once may be bad luck, so it is tried again; a disturbed window does not count."""
    broken = 0
    for attempt in range(1, MAX_REPEATS + 2):
        tried = _try(loads, search, attempt)
        if tried is None:
            search.lost = True
            return
        step, disturbed = tried
        search.steps.append(step)
        broken += step.why is not None and disturbed is None
        if step.why is None or broken == 2:
            search.tried += 1
            search.bracket = search.bracket.narrowed(kept=step.why is None)
            return
    search.invalid = disturbed.why if disturbed else f"it broke the level once in {MAX_REPEATS + 1} disturbed windows"


def _try(loads: OpenLoads, search: Search, attempt: int) -> tuple[Step, Fault | None] | None:
    """Measure the next rate once; what disturbed it is told too. What only makes it longer cannot keep a level."""
    rate, settings = search.bracket.next_rate, loads.context.settings
    seed = f"{settings.seed}/{LEVEL}/{loads.step.round}/{loads.scenario.name}/{search.tried}/{attempt}"
    measured = loads.window(search.contestant, rate, seed=seed, seconds=WINDOW_SECONDS, grace=GRACE_SECONDS)
    if measured is None:
        return None
    load, usage = measured
    faults = open_faults(load, usage)
    why = level_fault(load, faults, settings.level_p99_ms)
    return Step(rate, load.latency_ms["p99"], load.error_share, why), disturbance(faults)


def _level(loads: OpenLoads, search: Search) -> ServiceLevel:
    rate = 0.0 if search.invalid else search.bracket.low
    name, scenario = search.contestant.name, loads.scenario.name
    return ServiceLevel(loads.step.round, name, scenario, rate, tuple(search.steps), search.invalid)


def _tell(loads: OpenLoads, search: Search) -> None:
    scenarios = open_scenarios(loads.context.scenarios)
    of_round = (scenarios.index(loads.scenario) + search.tried / MOST_STEPS) / len(scenarios)
    doing = f"{search.contestant.label}, {loads.scenario.name}, {search.bracket.next_rate:,.0f} requests/s"
    share = (loads.step.round - 1 + of_round) / LEVEL_ROUNDS
    loads.context.progress(share, f"level, round {loads.step.round}: {doing}")

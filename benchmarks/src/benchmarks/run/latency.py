"""Latency under load: at the same rate for all, and at shares of the own capacity, in windows of an open loop."""

from collections.abc import Sequence

from benchmarks.gates import Fault
from benchmarks.gates_open import latency_faults
from benchmarks.plan.latency import LATENCY, LATENCY_ROUNDS, OpenWindow, latency_windows, open_scenarios
from benchmarks.run.book import Step
from benchmarks.run.context import Context
from benchmarks.run.open_window import OpenLoads, capacities, open_round
from benchmarks.run.turns import OVERHEAD_SECONDS, until_valid
from benchmarks.studies import LatencySample

WINDOW_SECONDS = 3.0


def measure_latency(context: Context) -> None:
    """Measure the rounds into the book; a round is a step, with servers of its own."""
    for number in range(1, LATENCY_ROUNDS + 1):
        step = Step(LATENCY, number)
        if not context.book.is_done(step):
            open_round(context, step, _measure_scenario)
            context.finish(step)


def _measure_scenario(loads: OpenLoads) -> None:
    """Take all windows of a scenario; who cannot be loaded is out of it for this round."""
    context, number = loads.context, loads.step.round
    windows = latency_windows(number, loads.scenario, capacities(loads), context.settings.seed)
    lost = set()
    for place, window in enumerate(windows):
        doing = f"latency, round {number}: {window.contestant.label}, {loads.scenario.name}, load {window.point}"
        context.progress(_share(loads, place / len(windows)), doing)
        if window.contestant not in lost and not _take(loads, window):
            lost.add(window.contestant)


def _take(loads: OpenLoads, window: OpenWindow) -> bool:
    """Measure a window into the book, and again while a gate trips; whether there was a load at all.

    A repetition has the same rate and other arrivals, so that one unlucky schedule is not tried four times.
    """
    context = loads.context

    def take(attempt: int) -> Sequence[Fault] | None:
        seed = f"{window.seed}/{attempt}"
        measured = loads.window(window.contestant, window.rate, seed=seed, seconds=WINDOW_SECONDS)
        if measured is None:
            return None
        name, scenario = window.contestant.name, loads.scenario.name
        sample = LatencySample(loads.step.round, name, scenario, window.point, attempt, *measured)
        context.book.latencies.append(sample)
        return latency_faults(sample)

    return until_valid(take, lambda: context.has_seconds(WINDOW_SECONDS + OVERHEAD_SECONDS))


def _share(loads: OpenLoads, of_scenario: float) -> float:
    """How much of the whole study is done."""
    scenarios = open_scenarios(loads.context.scenarios)
    of_round = (scenarios.index(loads.scenario) + of_scenario) / len(scenarios)
    return (loads.step.round - 1 + of_round) / LATENCY_ROUNDS

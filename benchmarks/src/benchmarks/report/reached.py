"""What a run has reached, and what it cost: the last lines that it prints. Pure."""

import math

from benchmarks.report.cells import tables
from benchmarks.report.rounds import rounds_text
from benchmarks.results import Result

MINUTE = 60.0
# An interval as wide as twice its ratio says no more than that there are too few rounds.
KNOWN = 1.0


def reached(result: Result) -> list[str]:
    """One line for the precision, one for the time, and one for each thing that could not be measured."""
    spent = {name: seconds for name, seconds in result.study_seconds.items() if seconds >= 1}
    minutes = ", ".join(f"{name} {_minutes(seconds)}" for name, seconds in spent.items())
    again = f", gone on with {result.resumed} times" if result.resumed > 1 else ", gone on with once"
    cost = f"It took {_minutes(result.seconds)} minutes{again if result.resumed else ''}: {minutes}."
    return [*_precision(result), cost, *result.notes]


def _precision(result: Result) -> list[str]:
    widths = {table.scenario.name: table.half_width for table in tables(result) if table.rates}
    known = {name: width for name, width in widths.items() if math.isfinite(width)}
    if not known:
        return []
    name = max(known, key=lambda name: known[name])
    rounds = rounds_text(result)
    target = "" if result.settings.quick else f"; the target is ± {result.settings.precision:.0%}"
    if known[name] > KNOWN:
        return [f"{rounds}: too few of them passed the gates to tell all ratios of {name}{target}."]
    return [f"{rounds}: ratios are known to ± {known[name]:.0%} at worst ({name}){target}."]


def _minutes(seconds: float) -> str:
    return f"{seconds / MINUTE:.1f}"

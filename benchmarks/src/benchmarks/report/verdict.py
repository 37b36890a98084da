"""The verdict in words: for each scenario who is fastest, who is tied, and by how much the others follow. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from benchmarks.report.cells import Figures, Row, Table, tables
from benchmarks.report.numbers import ENDLESS, TIMES, hundredths, listed, significant
from benchmarks.report.text import GATES
from benchmarks.results import Result

# Of these the first that has figures is what the page is headed with.
MAIN = ("mix", "blog", "page")


@dataclass(frozen=True)
class Verdict:
    """What the rounds say of a scenario: `lead` is who is fastest, `rest` how the others follow."""

    scenario: str
    title: str
    question: str
    lead: str
    rest: str


def verdicts(result: Result) -> list[Verdict]:
    """One for each scenario, in the order of the result."""
    return [_verdict(table) for table in tables(result)]


def headline(found: Sequence[Verdict]) -> Verdict:
    """The one that answers most readers' question: the mix, or a page, or what there is."""
    by_name = {verdict.scenario: verdict for verdict in found}
    return next((by_name[name] for name in MAIN if name in by_name), found[0])


def _verdict(table: Table) -> Verdict:
    measured = [(row, row.figures) for row in table.rows if row.figures]
    absent = [row for row in table.rows if row.invalid]
    lead = _lead(measured) if measured else "Nobody has figures that can be trusted."
    rest = [*_followers(measured), *_ties(measured), *_absent(absent)]
    scenario = table.scenario
    return Verdict(scenario.name, scenario.title, scenario.question, lead, " ".join(rest))


def _lead(measured: Sequence[tuple[Row, Figures]]) -> str:
    first = [(row.variant.title, figures) for row, figures in measured if figures.standing.rank == 1]
    rates = listed([significant(figures.capacity.estimate) for _, figures in first])
    if len(measured) == 1:
        return f"Only {first[0][0]} has figures: {rates} requests a second."
    if len(first) == 1:
        return f"{first[0][0]} is fastest, with {rates} requests a second."
    return f"{listed([title for title, _ in first])} tie, with {rates} requests a second."


def _followers(measured: Sequence[tuple[Row, Figures]]) -> list[str]:
    after = [(row.variant.title, figures.standing.ratio) for row, figures in measured if figures.standing.rank > 1]
    told = [
        f"{title} serves {hundredths(ratio.estimate)}{TIMES} [{hundredths(ratio.low)}, {hundredths(ratio.high)}]"
        if ratio.high <= ENDLESS
        else f"{title} cannot be placed by so few rounds"
        for title, ratio in after
    ]
    return [f"{listed(told)} of {measured[0][0].variant.title}'s rate."] if told else []


def _ties(measured: Sequence[tuple[Row, Figures]]) -> list[str]:
    """Who else cannot be told apart, beside those in front; each pair once."""
    pairs = [
        (first.variant.title, second.variant.title)
        for (first, of_first), (second, of_second) in combinations(measured, 2)
        if second.variant.name in of_first.standing.tied and of_second.standing.rank > 1
    ]
    return [f"{first} and {second} are tied." for first, second in pairs]


def _absent(rows: Sequence[Row]) -> list[str]:
    reasons = [f"{row.variant.title} ({GATES[row.invalid.gate]})" for row in rows if row.invalid]
    return [f"No figure for {listed(reasons)}."] if reasons else []

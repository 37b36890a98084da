"""The reader's own mix: what one saturated core serves of requests of several kinds. Pure.

A core that serves `capacity_i` requests a second of kind i spends `1 / capacity_i` seconds on one. Of a mix with the
shares `share_i` a request takes `Σ share_i / capacity_i` seconds, so the core serves `1 / Σ share_i / capacity_i` a
second, as long as it does nothing but work. The page's script does the same for other shares; `page.js` says so too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import geometric_mean, median

from benchmarks.report.blocks import Cell, Mixer, Prose, Section, Slider, Table, columns, missing
from benchmarks.report.capacity import rank_cell, ratio_cell
from benchmarks.report.cast import Cast
from benchmarks.report.cells import tables
from benchmarks.report.numbers import significant
from benchmarks.results import Result
from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, paired_ratio, student_quantile
from benchmarks.statistics.ranking import EQUIVALENCE, Standing, is_tied

# Of a hundred requests, as the blog's mix has them, but for 10 lists of comments, which are no scenario of their own.
USUAL_SHARES = {"page": 40, "article": 40, "comment": 7, "create_article": 2, "token": 1}
MIXES = frozenset({"blog", "mix"})
FORMULA = (
    "A core needs 1 ÷ capacity seconds for a request of a kind. So one saturated "
    "core serves 1 ÷ Σ (share ÷ capacity) requests of a mix in a second."
)
COLUMNS = columns("variant", "requests/s|of the mix, median of the rounds", "ratio|to the fastest", "rank")
Rates = Mapping[str, Mapping[str, Mapping[int, float]]]


@dataclass(frozen=True)
class Mixed:
    """What a variant serves of a mix, and where that places it."""

    variant: str
    capacity: float
    standing: Standing


def mix_section(result: Result, cast: Cast) -> Section | None:
    """The reader's own mix, where there are two kinds of requests to be mixed."""
    kinds = {cells.scenario.name: cells for cells in tables(result) if cells.rates and cells.scenario.name not in MIXES}
    if len(kinds) < 2:
        return None
    shares = {name: USUAL_SHARES.get(name, 0) for name in kinds}
    if not any(shares.values()):
        shares = dict.fromkeys(kinds, 1)
    rates = {
        name: {kind: cells.rates[name] for kind, cells in kinds.items() if name in cells.rates} for name in cast.titles
    }
    sliders = tuple(Slider(kind, cells.scenario.title, shares[kind]) for kind, cells in kinds.items())
    table = Table("What one core serves of this mix", COLUMNS, _rows(rates, shares, cast), anchor="mix-table")
    question = "How do the variants compare for the requests that you expect? Move the sliders: the table follows."
    told = Prose((FORMULA,))
    return Section("mix", "Your own mix", question, (Mixer(sliders, table, _data(rates, cast)), told))


def mixed(rates: Rates, shares: Mapping[str, float]) -> list[Mixed]:
    """Rank variants by the capacity of a mix, fastest first; who lacks a part of it is left out.

    All pairs are compared over the rounds that both have: who is tied at 5 % divided by the number of pairs
    (Bonferroni: simple enough for a page's script to do the same), and a ratio is shown with its own 95 % interval.
    """
    found = {name: capacities for name, kinds in rates.items() if (capacities := mix_rates(kinds, shares))}
    order = sorted(found, key=lambda name: geometric_mean(found[name].values()), reverse=True)
    pairs = list(combinations(order, 2))
    intervals = {pair: _ratio(found[pair[1]], found[pair[0]], ERROR_LEVEL / len(pairs)) for pair in pairs}
    ratios = {name: _ratio(found[name], found[order[0]], ERROR_LEVEL) for name in order}
    return [Mixed(name, median(found[name].values()), _standing(name, order, intervals, ratios)) for name in order]


def mix_rates(kinds: Mapping[str, Mapping[int, float]], shares: Mapping[str, float]) -> dict[int, float]:
    """The capacity of a mix in each round that has all of its parts; empty where one is missing."""
    wanted = {kind: share for kind, share in shares.items() if share > 0}
    if not wanted or any(kind not in kinds for kind in wanted):
        return {}
    whole = sum(wanted.values())
    rounds = sorted(set.intersection(*(set(kinds[kind]) for kind in wanted)))
    return {number: 1 / sum(share / whole / kinds[kind][number] for kind, share in wanted.items()) for number in rounds}


def _ratio(slower: Mapping[int, float], faster: Mapping[int, float], level: float) -> Interval:
    shared = sorted(slower.keys() & faster.keys())
    if not shared:
        return Interval(1.0, 0.0, float("inf"))
    return paired_ratio([slower[number] for number in shared], [faster[number] for number in shared]).interval(level)


def _standing(
    name: str, order: list[str], intervals: Mapping[tuple[str, str], Interval], ratios: Mapping[str, Interval]
) -> Standing:
    tied = [other for other in order if other != name and is_tied(_between(name, other, intervals))]
    faster = [other for other in order[: order.index(name)] if other not in tied]
    return Standing(1 + len(faster), tuple(tied), Interval(1.0, 1.0, 1.0) if name == order[0] else ratios[name])


def _between(name: str, other: str, intervals: Mapping[tuple[str, str], Interval]) -> Interval:
    return intervals[(name, other) if (name, other) in intervals else (other, name)]


def _rows(rates: Rates, shares: Mapping[str, float], cast: Cast) -> tuple[tuple[Cell, ...], ...]:
    found = mixed(rates, shares)
    placed = {one.variant for one in found}
    rows = [
        (
            cast.cell(one.variant),
            Cell(significant(one.capacity), sort=one.capacity),
            ratio_cell(one.standing.ratio),
            rank_cell(one.standing),
        )
        for one in found
    ]
    lost = [
        (cast.cell(name), Cell("a part has no figure", kind="invalid"), missing(), missing()) for name in cast.titles
    ]
    return (*rows, *(row for row, name in zip(lost, cast.titles, strict=True) if name not in placed))


def _data(rates: Rates, cast: Cast) -> dict[str, object]:
    """All that the script needs: rates by round, and Student's quantiles by the number of variants and of rounds."""
    most = max((len(rounds) for kinds in rates.values() for rounds in kinds.values()), default=1)
    levels = {count: ERROR_LEVEL / (count * (count - 1) / 2) for count in range(2, len(rates) + 1)}
    return {
        "rates": {name: {kind: dict(rounds) for kind, rounds in kinds.items()} for name, kinds in rates.items()},
        "titles": cast.titles,
        "slots": {name: cast.slot(name) for name in cast.titles},
        "quantiles": {
            count: [student_quantile(1 - level / 2, freedom) for freedom in range(1, most)]
            for count, level in levels.items()
        },
        "equivalence": EQUIVALENCE,
    }

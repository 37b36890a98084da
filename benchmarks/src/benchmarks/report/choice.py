"""`Choose this when …`: what follows from the figures and from the listed facts, and nothing else. Pure."""

from collections.abc import Mapping
from statistics import median

from benchmarks.report.blocks import Card, Cards
from benchmarks.report.cast import Cast
from benchmarks.report.cells import MEGABYTE, SHIPPED, Table, tables
from benchmarks.report.costs import memory
from benchmarks.report.exact import exact_costs
from benchmarks.report.features import NO, feature_title
from benchmarks.report.levels import level_rates
from benchmarks.report.numbers import TIMES, hundredths, listed, significant
from benchmarks.results import Result
from benchmarks.statistics.ranking import Standing, standings

# For figures without an interval between variants, the next must be so much farther for the first to be named.
CLEARLY = 1.1
COUNTED = frozenset({"packages", "lines"})


def choices(result: Result, cast: Cast) -> Cards:
    """A card for each variant."""
    found = tables(result)
    least = _leasts(result)
    cards = []
    for variant in result.variants:
        name = variant.name
        when = (*_fast(found, name), *_promises(result, name), *least.get(name, ()), *_only(result, name))
        but = (*_slow(found, name, cast), *_lacks(result, name), *_untold(found, name))
        cards.append(Card(variant.title, cast.slot(name), variant.good_for, when, but))
    return Cards(tuple(cards))


def _fast(found: list[Table], name: str) -> list[str]:
    alone: list[str] = []
    tied: list[str] = []
    for table in found:
        places = {row.variant.name: row.figures.standing for row in table.rows if row.figures}
        standing = places.get(name)
        if standing and standing.rank == 1 and _tells_apart(places):
            (tied if standing.tied else alone).append(table.scenario.title)
    told = [f"capacity counts: nobody serves more of {_quoted(alone)}"] if alone else []
    return [*told, f"capacity counts: nobody is certainly faster at {_quoted(tied)}"] if tied else told


def _slow(found: list[Table], name: str, cast: Cast) -> list[str]:
    told = []
    for table in found:
        measured = [(row.variant.name, row.figures.standing) for row in table.rows if row.figures]
        last, standing = measured[-1] if len(measured) > 1 else ("", None)
        if last == name and standing and not standing.tied:
            first = cast.titles[measured[0][0]]
            told.append(f"{hundredths(standing.ratio.estimate)}{TIMES} {first}'s rate at “{table.scenario.title}”")
    return [f"it is certainly the slowest here: {listed(told)}"] if told else []


def _untold(found: list[Table], name: str) -> list[str]:
    absent = [table.scenario.title for table in found if table.rates and name not in table.rates]
    return [f"nothing is known here of its capacity at {_quoted(absent)}"] if absent else []


def _promises(result: Result, name: str) -> list[str]:
    told = []
    for scenario in result.scenarios:
        places = standings(level_rates(result, scenario.name))
        if name in places and places[name].rank == 1 and _tells_apart(places):
            told.append(scenario.title)
    limit = f"{result.settings.level_p99_ms:g} ms"
    return (
        [f"you promise a p99 below {limit}: nobody certainly keeps it at a higher rate of {_quoted(told)}"]
        if told
        else []
    )


def _tells_apart(places: Mapping[str, Standing]) -> bool:
    """Whether somebody is certainly behind: what speaks for everyone is no reason to choose anyone."""
    return any(place.rank > 1 for place in places.values())


def _leasts(result: Result) -> dict[str, list[str]]:
    """Where a variant needs clearly the least of something, by variant."""
    lines = {one.variant: float(sum(one.lines.values())) for one in result.footprints}
    asked: tuple[tuple[str, Mapping[str, float], str, float], ...] = (
        ("memory is dear: least at its peak", _peaks(result), "MB", MEGABYTE),
        ("starts must be quick: soonest to answer", _starts(result), "ms", 1.0),
        ("images must be small: least installed", _installed(result), "MB", MEGABYTE),
        ("every dependency is a burden: fewest packages", _packages(result), "packages", 1.0),
        ("you want to write little: fewest lines for the same API", lines, "lines", 1.0),
        *(
            (
                f"CPU is paid for: fewest instructions for “{scenario.title}”",
                _exact(result, scenario.name),
                "thousand",
                1e3,
            )
            for scenario in result.scenarios
        ),
    )
    found: dict[str, list[str]] = {}
    for words, figures, unit, scale in asked:
        order = sorted(figures, key=lambda name: figures[name])
        if len(order) > 1 and figures[order[1]] >= CLEARLY * figures[order[0]]:
            first, second = (_amount(figures[name] / scale, unit) for name in order[:2])
            found.setdefault(order[0], []).append(f"{words} ({first} {unit}; the next {second})")
    return found


def _amount(value: float, unit: str) -> str:
    return f"{value:,.0f}" if unit in COUNTED else significant(value)


def _peaks(result: Result) -> dict[str, float]:
    return {name: one.peak_pss or one.peak_rss for name, one in memory(result).items()}


def _starts(result: Result) -> dict[str, float]:
    times: dict[str, list[float]] = {}
    for start in result.starts:
        if start.handler == SHIPPED:
            times.setdefault(start.variant, []).append(1000 * start.startup_seconds)
    return {name: median(of_variant) for name, of_variant in times.items()}


def _installed(result: Result) -> dict[str, float]:
    return {one.variant: float(one.installed_bytes) for one in result.footprints}


def _packages(result: Result) -> dict[str, float]:
    return {one.variant: float(len(one.packages)) for one in result.footprints}


def _exact(result: Result, scenario: str) -> dict[str, float]:
    return {name: one.instructions for name, one in exact_costs(result, scenario, SHIPPED).items()}


def _only(result: Result, name: str) -> list[str]:
    """Features that no other variant has."""
    others = [variant.features for variant in result.variants if variant.name != name]
    mine = next(variant.features for variant in result.variants if variant.name == name)
    alone = [
        f"{feature_title(feature)} ({words})"
        for feature, words in mine.items()
        if words != NO and others and all(features.get(feature) == NO for features in others)
    ]
    return [f"you want what only it brings: {listed(alone)}"] if alone else []


def _lacks(result: Result, name: str) -> list[str]:
    """Features that every other variant has."""
    others = [variant.features for variant in result.variants if variant.name != name]
    mine = next(variant.features for variant in result.variants if variant.name == name)
    alone = [
        feature_title(feature)
        for feature, words in mine.items()
        if words == NO and others and all(features.get(feature, NO) != NO for features in others)
    ]
    return [f"it alone does not bring: {listed(alone)}"] if alone else []


def _quoted(titles: list[str]) -> str:
    return listed([f"“{title}”" for title in titles])

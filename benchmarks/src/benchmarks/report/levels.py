"""Service levels: the highest rate at which the answers are still quick enough. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.report.blocks import Block, Cell, Figure, Heading, Section, Table, columns, missing
from benchmarks.report.capacity import DOTS, rank_cell, rate_cell, ratio_cell
from benchmarks.report.cast import Cast
from benchmarks.report.cells import middle, tables
from benchmarks.report.numbers import significant
from benchmarks.report.strips import Strip, deviation_chart, strip_chart
from benchmarks.results import Result, ScenarioRecord
from benchmarks.statistics.ranking import Standing, standings

COLUMNS = columns(
    "variant",
    "requests/s|highest rate that kept the level, median of the rounds with its 95 % interval",
    "ratio|to the highest, within each round",
    "rank",
    "of capacity|the share of the closed loop's capacity at which the level is still kept",
)


ONE_ROUND = "There was time for one round, which has no interval: nobody is told apart here."


def level_rates(result: Result, scenario: str) -> dict[str, dict[int, float]]:
    """The rates by variant and round; a round in which not even the lowest rate kept the level is left out."""
    rates: dict[str, dict[int, float]] = {}
    for level in result.levels:
        if level.scenario == scenario and level.rate > 0:
            rates.setdefault(level.variant, {})[level.round] = level.rate
    return rates


def levels_section(result: Result, cast: Cast) -> Section | None:
    """Which rate a variant can promise."""
    blocks: list[Block] = []
    for scenario in result.scenarios:
        if any(level.scenario == scenario.name for level in result.levels):
            blocks += [Heading(scenario.title, scenario.question), *_blocks(result, scenario, cast)]
    if not blocks:
        return None
    limit = f"{result.settings.level_p99_ms:g} ms"
    question = f"Up to which rate is the 99th percentile below {limit}, and are errors below 0.1 %?"
    return Section("levels", "Service level", question, tuple(blocks))


def _blocks(result: Result, scenario: ScenarioRecord, cast: Cast) -> list[Block]:
    rates = level_rates(result, scenario.name)
    places = standings(rates)
    asked = [level.variant for level in result.levels if level.scenario == scenario.name]
    lost = [name for name in cast.titles if name in asked and name not in places]
    why = {level.variant: level.invalid for level in result.levels if level.scenario == scenario.name and level.invalid}
    capacities = next(cells.rates for cells in tables(result) if cells.scenario == scenario)
    rows = [_row(name, rates, places, capacities, cast) for name in places]
    for name in lost:
        text = "invalid: disturbed" if name in why else "not at any rate"
        rows.append((cast.cell(name), Cell(text, kind="invalid"), *[missing()] * 3))
    notes = [f"{cast.titles[name]}: {why[name]}." for name in lost if name in why]
    notes += [] if _has_intervals(rates) else [ONE_ROUND]
    table = Table(f"{scenario.title}: highest rate that kept the level", COLUMNS, tuple(rows), tuple(notes), quiet=True)
    return [table, *_strips(scenario, list(places), rates, cast)]


def _row(
    name: str,
    rates: dict[str, dict[int, float]],
    places: dict[str, Standing],
    capacities: dict[str, dict[int, float]],
    cast: Cast,
) -> tuple[Cell, ...]:
    rate = middle(rates[name].values())
    capacity = middle(capacities[name].values()).estimate if name in capacities else None
    share = missing() if capacity is None else Cell(f"{rate.estimate / capacity:.0%}", sort=rate.estimate / capacity)
    ratio, rank = ratio_cell(places[name].ratio), rank_cell(places[name])
    if not _has_intervals(rates):
        ratio, rank = replace(ratio, note=""), missing()
    return cast.cell(name), rate_cell(rate), ratio, rank, share


def _has_intervals(rates: dict[str, dict[int, float]]) -> bool:
    """Whether there are rounds enough for anybody to be told apart."""
    return any(len(of_variant) > 1 for of_variant in rates.values())


def _strips(
    scenario: ScenarioRecord, names: Sequence[str], rates: dict[str, dict[int, float]], cast: Cast
) -> list[Block]:
    strips = []
    for name in names:
        interval = middle(rates[name].values())
        figure = significant(interval.estimate)
        strips.append(Strip(cast.titles[name], cast.slot(name), tuple(rates[name].values()), interval, figure))
    if not strips:
        return []
    title = "Highest rate of every round"
    drawn = strip_chart(f"levels-{scenario.name}", title, DOTS, strips)
    apart = deviation_chart(f"apart-levels-{scenario.name}", "How far each is from its variant's median", DOTS, strips)
    return [Figure(DOTS, (drawn, apart))]

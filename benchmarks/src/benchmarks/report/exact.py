"""Exact cost: instructions of a request by layer, and what the layers around the framework cost. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchmarks.report.bars import Bar, Part, bar_chart
from benchmarks.report.blocks import Block, Cell, Column, Figure, Heading, Section, Table, columns, missing, text_column
from benchmarks.report.capacity import number_cell
from benchmarks.report.cast import Cast
from benchmarks.report.cells import BARE, SHIPPED
from benchmarks.report.numbers import hundredths, significant
from benchmarks.results import Result, ScenarioRecord

THOUSAND = 1000
# As many as the palette of layers in `page.css` has.
LAYER_STYLES = 7
COLUMNS = columns(
    "variant",
    "shipped|thousands of instructions of the variant, the trial in the middle",
    "apart|how far the trials are apart",
    "bare|thousands of instructions of the framework alone",
    "layers cost|shipped less bare: what the contract asks for around the framework",
    "shipped/bare",
)


@dataclass(frozen=True)
class Exact:
    """Instructions of one request of a variant, by layer too, in the middle one of its trials; how far those are apart.

    The middle one, as where a server's objects happen to lie in memory can shift all that it does by one per cent.
    """

    instructions: float
    apart: float
    layers: dict[str, float]


def exact_costs(result: Result, scenario: str, handler: str) -> dict[str, Exact]:
    """By variant, fewest first."""
    found = {}
    for variant in result.variants:
        key = (variant.name, handler, scenario)
        trials = sorted(
            (cost for cost in result.costs if (cost.variant, cost.handler, cost.scenario) == key),
            key=lambda cost: cost.instructions,
        )
        if trials:
            # Of an even number of trials the cheaper one, as the layers have to be those of one trial.
            middle = trials[(len(trials) - 1) // 2]
            apart = (trials[-1].instructions - trials[0].instructions) / middle.instructions
            found[variant.name] = Exact(middle.instructions, apart, middle.layers)
    return dict(sorted(found.items(), key=lambda item: item[1].instructions))


def exact_section(result: Result, cast: Cast) -> Section | None:
    """How many instructions a request takes."""
    blocks: list[Block] = []
    for scenario in result.scenarios:
        if any(cost.scenario == scenario.name for cost in result.costs):
            blocks += [Heading(scenario.title, scenario.question), *_blocks(result, scenario, cast)]
    if not blocks:
        return None
    question = (
        "How many instructions does the server execute for one request? They are counted one by one (callgrind), so "
        "they are the same on a busy machine and tomorrow. They say nothing of waiting, nor of the kernel's work."
    )
    return Section("exact", "Exact cost", question, tuple(blocks))


def _blocks(result: Result, scenario: ScenarioRecord, cast: Cast) -> list[Block]:
    shipped, bare = (exact_costs(result, scenario.name, handler) for handler in (SHIPPED, BARE))
    blocks: list[Block] = [_table(scenario, shipped, bare, cast)]
    layers = list(dict.fromkeys(name for one in (*shipped.values(), *bare.values()) for name in one.layers))
    if layers:
        blocks.append(_layer_table(scenario, shipped, layers, cast))
    most = max(one.instructions for one in (*shipped.values(), *bare.values())) / THOUSAND
    charts = tuple(
        _chart(f"exact-{scenario.name}-{handler}", f"{scenario.title}, {words}", costs, layers, most, cast)
        for handler, words, costs in ((SHIPPED, "as shipped", shipped), (BARE, "the framework alone", bare))
        if costs
    )
    legend = tuple((f"l{place % LAYER_STYLES}", layer) for place, layer in enumerate(layers))
    return [*blocks, Figure("Thousands of instructions for one request, on the same scale.", charts, legend)]


def _table(scenario: ScenarioRecord, shipped: dict[str, Exact], bare: dict[str, Exact], cast: Cast) -> Table:
    names = dict.fromkeys((*shipped, *bare))
    rows = tuple((cast.cell(name), *_cells(shipped.get(name), bare.get(name))) for name in names)
    return Table(f"{scenario.title}: thousands of instructions for one request", COLUMNS, rows, quiet=True)


def _cells(shipped: Exact | None, bare: Exact | None) -> tuple[Cell, ...]:
    mine = None if shipped is None else shipped.instructions
    alone = None if bare is None else bare.instructions
    return (
        _thousands(mine),
        missing() if shipped is None else Cell(f"{shipped.apart:.2%}", sort=shipped.apart),
        _thousands(alone),
        _thousands(mine - alone if mine is not None and alone is not None else None),
        _quotient(mine / alone if mine is not None and alone else None),
    )


def _thousands(instructions: float | None) -> Cell:
    return number_cell(None if instructions is None else instructions / THOUSAND)


def _quotient(value: float | None) -> Cell:
    return missing() if value is None else Cell(hundredths(value), sort=value)


def _layer_table(scenario: ScenarioRecord, shipped: dict[str, Exact], layers: Sequence[str], cast: Cast) -> Table:
    titles = (text_column("variant"), *(Column(layer) for layer in layers))
    rows = tuple(
        (cast.cell(name), *(_thousands(one.layers.get(layer)) for layer in layers)) for name, one in shipped.items()
    )
    return Table(f"{scenario.title}: thousands of instructions by layer, as shipped", titles, rows)


def _chart(key: str, title: str, costs: dict[str, Exact], layers: Sequence[str], most: float, cast: Cast) -> Markup:
    bars = [_bar(cast.titles[name], one, layers) for name, one in costs.items()]
    return bar_chart(key, title, "A bar for each variant, its layers from left to right.", bars, most)


def _bar(label: str, one: Exact, layers: Sequence[str]) -> Bar:
    """A bar of layers. One below 0, which is work that was saved, has no length to be drawn; the table tells it."""
    parts = tuple(
        Part(one.layers[layer] / THOUSAND, f"l{place % LAYER_STYLES}", layer)
        for place, layer in enumerate(layers)
        if one.layers.get(layer, 0.0) > 0
    )
    return Bar(label, significant(one.instructions / THOUSAND), parts or (Part(one.instructions / THOUSAND, "rest"),))

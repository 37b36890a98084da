"""Scale: capacity over users, processes and rows. Pure."""

from collections.abc import Sequence
from statistics import median

from markupsafe import Markup

from benchmarks.gates import Fault, scale_faults
from benchmarks.report.blocks import Block, Cell, Column, Figure, Heading, Section, Table, missing, text_column
from benchmarks.report.capacity import number_cell
from benchmarks.report.cast import Cast
from benchmarks.report.lines import Axis, Curve, LineChart, line_chart
from benchmarks.report.text import GATES
from benchmarks.results import Result, ScenarioRecord
from benchmarks.studies import ScaleSample

DIMENSIONS = {
    "concurrency": ("users at once", True),
    "workers": ("worker processes", False),
    "rows": ("articles in the database", True),
}


Samples = dict[str, dict[int, list[ScaleSample]]]


def scale_section(result: Result, cast: Cast) -> Section | None:
    """How capacity grows."""
    blocks: list[Block] = []
    for scenario in result.scenarios:
        grown = {name: found for name in DIMENSIONS if (found := _samples(result, scenario.name, name))}
        if grown:
            charts = (_chart(result, scenario, name, found, cast) for name, found in grown.items())
            caption = "Requests a second over what was varied; every other condition as above."
            blocks.append(Heading(scenario.title, scenario.question))
            blocks.append(Figure(caption, tuple(chart for chart in charts if chart is not None)))
            blocks += [_table(result, scenario, name, found, cast) for name, found in grown.items()]
    if not blocks:
        return None
    question = "How does capacity grow with users at once, with worker processes, and with the rows of the database?"
    return Section("scale", "Scale", question, tuple(blocks))


def _samples(result: Result, scenario: str, dimension: str) -> Samples:
    """By variant and by the value of what was varied, of each round the attempt that counts."""
    last = {
        (sample.variant, sample.value, sample.round): sample
        for sample in result.scales
        if (sample.scenario, sample.dimension) == (scenario, dimension)
    }
    found: Samples = {}
    for (variant, value, _), sample in sorted(last.items(), key=lambda item: item[0]):
        found.setdefault(variant, {}).setdefault(value, []).append(sample)
    return {
        variant: {value: _good(result, samples) for value, samples in values.items()}
        for variant, values in found.items()
    }


def _good(result: Result, samples: list[ScaleSample]) -> list[ScaleSample]:
    """Those that pass the gates, when they are half of the rounds at least; else all, and with them what is wrong."""
    good = [sample for sample in samples if not scale_faults(sample, result.settings)]
    return good if 2 * len(good) >= len(samples) else samples


def _fault(result: Result, samples: Sequence[ScaleSample]) -> Fault | None:
    return next((fault for sample in samples for fault in scale_faults(sample, result.settings)), None)


def _rate(samples: Sequence[ScaleSample]) -> float:
    return median(sample.load.capacity for sample in samples)


def _chart(result: Result, scenario: ScenarioRecord, dimension: str, found: Samples, cast: Cast) -> Markup | None:
    title, logarithmic = DIMENSIONS[dimension]
    good = {
        name: {value: _rate(samples) for value, samples in values.items() if not _fault(result, samples)}
        for name, values in found.items()
    }
    curves = tuple(
        Curve(cast.short(name), cast.slot(name), tuple((float(value), rate) for value, rate in rates.items()))
        for name, rates in good.items()
        if rates
    )
    if not curves:
        return None
    return line_chart(
        LineChart(
            key=f"scale-{scenario.name}-{dimension}",
            title=f"Capacity by {title}",
            description=f"Requests a second over {title}, a line for each variant; the table has the figures.",
            x=Axis(title, logarithmic=logarithmic, ticks=tuple(float(value) for value in _values(found))),
            y=Axis("requests/s"),
            curves=curves,
        )
    )


def _table(result: Result, scenario: ScenarioRecord, dimension: str, found: Samples, cast: Cast) -> Table:
    title, _ = DIMENSIONS[dimension]
    titles = (text_column("variant"), *(Column(f"{value:,}") for value in _values(found)))
    rows = tuple(
        (cast.cell(name), *(_cell(result, values.get(value, [])) for value in _values(found)))
        for name, values in found.items()
    )
    notes = tuple(
        f"{cast.titles[name]}, {value:,} {title}: {fault.why}."
        for name, values in found.items()
        for value, samples in values.items()
        if (fault := _fault(result, samples))
    )
    return Table(f"{scenario.title}: requests/s by {title}", titles, rows, notes)


def _values(found: Samples) -> list[int]:
    return sorted({value for values in found.values() for value in values})


def _cell(result: Result, samples: Sequence[ScaleSample]) -> Cell:
    if not samples:
        return missing()
    if fault := _fault(result, samples):
        return Cell(f"invalid: {GATES[fault.gate]}", kind="invalid")
    return number_cell(_rate(samples))

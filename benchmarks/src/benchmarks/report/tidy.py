"""Every figure of a result as one tidy table: one line a figure, for whoever computes on. Pure."""

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from io import StringIO

from benchmarks.results import Result, Sample, Start
from benchmarks.studies import ExactCost, Footprint, LatencySample, Load, OpenLoad, ScaleSample, ServiceLevel, Usage

Figure = tuple[str, float, str]


@dataclass(frozen=True)
class Line:
    """A figure and what it is of; what does not apply is empty.

    Attributes:
        point: a share of capacity, `equal`, or what was varied and to which value, such as `rows=1000`.
        round: also the trial of an exact cost.
        attempt: of several the highest counts.
    """

    study: str
    variant: str
    handler: str
    scenario: str
    point: str
    round: str
    turn: str
    attempt: str
    metric: str
    value: float
    unit: str


def to_csv(result: Result) -> str:
    """Write all lines, with their titles first."""
    written = StringIO()
    writer = csv.DictWriter(written, [field.name for field in fields(Line)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(line) for line in tidy_lines(result))
    return written.getvalue()


def tidy_lines(result: Result) -> Iterator[Line]:
    """All figures, study by study, each attempt of each window among them."""
    for start in result.starts:
        yield from _start(start)
    for sample in result.samples:
        yield from _capacity(sample)
    for latency in result.latencies:
        yield from _latency(latency)
    for level in result.levels:
        yield from _level(level)
    for scale in result.scales:
        yield from _scale(scale)
    for cost in result.costs:
        yield from _exact(cost)
    for footprint in result.footprints:
        yield from _footprint(footprint)


def _lines(
    study: str,
    variant: str,
    figures: list[Figure],
    *,
    handler: str = "shipped",
    scenario: str = "",
    point: str = "",
    round_: str | int = "",
    turn: str | int = "",
    attempt: str | int = "",
) -> Iterator[Line]:
    where = (study, variant, handler, scenario, point, str(round_), str(turn), str(attempt))
    return (Line(*where, metric, value, unit) for metric, value, unit in figures)


def _start(start: Start) -> Iterator[Line]:
    figures: list[Figure] = [
        ("startup", start.startup_seconds, "s"),
        ("idle_pss", start.pss_bytes, "B"),
        ("idle_rss", start.rss_bytes, "B"),
    ]
    return _lines("start", start.variant, figures, handler=start.handler, round_=start.round)


def _capacity(sample: Sample) -> Iterator[Line]:
    figures = [("capacity", sample.load.capacity, "1/s"), *_load(sample.load), *_usage(sample.usage)]
    return _lines(
        "capacity",
        sample.variant,
        figures,
        handler=sample.handler,
        scenario=sample.scenario,
        round_=sample.round,
        turn=sample.turn,
        attempt=sample.attempt,
    )


def _latency(sample: LatencySample) -> Iterator[Line]:
    load = sample.load
    rates: list[Figure] = [("offered_rate", load.rate, "1/s"), ("achieved_rate", load.achieved, "1/s")]
    figures = [*rates, ("error_share", load.error_share, "1"), *_load(load), *_usage(sample.usage)]
    return _lines(
        "latency",
        sample.variant,
        figures,
        scenario=sample.scenario,
        point=sample.point,
        round_=sample.round,
        attempt=sample.attempt,
    )


def _level(level: ServiceLevel) -> Iterator[Line]:
    figures: list[Figure] = [("highest_rate", level.rate, "1/s")]
    return _lines("level", level.variant, figures, scenario=level.scenario, round_=level.round)


def _scale(sample: ScaleSample) -> Iterator[Line]:
    figures = [("capacity", sample.load.capacity, "1/s"), *_load(sample.load), *_usage(sample.usage)]
    return _lines(
        "scale",
        sample.variant,
        figures,
        scenario=sample.scenario,
        point=f"{sample.dimension}={sample.value}",
        round_=sample.round,
        attempt=sample.attempt,
    )


def _exact(cost: ExactCost) -> Iterator[Line]:
    figures: list[Figure] = [("instructions", cost.instructions, "1")]
    figures += [(f"instructions of {layer}", count, "1") for layer, count in cost.layers.items()]
    return _lines("exact", cost.variant, figures, handler=cost.handler, scenario=cost.scenario, round_=cost.trial)


def _footprint(footprint: Footprint) -> Iterator[Line]:
    figures: list[Figure] = [("installed", footprint.installed_bytes, "B"), ("packages", len(footprint.packages), "1")]
    figures += [(f"lines of {feature}", count, "1") for feature, count in footprint.lines.items()]
    return _lines("footprint", footprint.variant, figures)


def _load(load: Load | OpenLoad) -> list[Figure]:
    return [
        ("requests", load.requests, "1"),
        ("failures", sum(load.failures.values()), "1"),
        ("latency_mean", load.mean_ms, "ms"),
        *((f"latency_{name}", value, "ms") for name, value in load.latency_ms.items()),
        ("generator_cpu_share", load.cpu_seconds / load.window_seconds, "1"),
    ]


def _usage(usage: Usage) -> list[Figure]:
    shares = {"server": usage.server_cpu_seconds, "others": usage.others_cpu_seconds, "stolen": usage.stolen_seconds}
    if usage.database_cpu_seconds is not None:
        shares["database"] = usage.database_cpu_seconds
    figures: list[Figure] = [(f"{name}_cpu_share", seconds / usage.seconds, "1") for name, seconds in shares.items()]
    return [*figures, ("pss", usage.pss_bytes, "B"), ("rss", usage.rss_bytes, "B")]

"""The figures of a table, worked out from a result. Pure: the same file gives the same figures."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.gates import SPREAD_TO_PRINT, Fault, sample_faults, spread
from benchmarks.results import Result, Sample, ScenarioRecord, VariantRecord
from benchmarks.statistics.intervals import Interval, bootstrap_median
from benchmarks.statistics.ranking import Standing, standings, widest_half_width

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Figures:
    """What one variant reached in one scenario: medians over its rounds; `spread` is set when it has to be printed."""

    capacity: Interval
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    memory_mb: float
    rounds: int
    spread: float | None
    standing: Standing
    database_cpu_ms: float | None = None


@dataclass(frozen=True)
class Row:
    """A variant's row: figures, or why there are none."""

    variant: VariantRecord
    startup_ms: float | None
    figures: Figures | None = None
    invalid: Fault | None = None


@dataclass(frozen=True)
class Table:
    """A scenario's table, fastest first, rows without figures last. `half_width` is the widest of all its ratios."""

    scenario: ScenarioRecord
    rows: tuple[Row, ...]
    half_width: float


def tables(result: Result) -> list[Table]:
    """Work out every table of a result."""
    return [_table(result, scenario) for scenario in result.scenarios]


def complete_rounds(result: Result) -> int:
    """How many rounds have a last word on every scenario of every variant that was measured."""
    measured = {variant.name for variant in result.variants if variant.contract.ok}
    cells = {(name, scenario.name) for name in measured for scenario in result.scenarios}
    seen: dict[int, set[tuple[str, str]]] = {}
    for sample in result.samples:
        seen.setdefault(sample.round, set()).add((sample.variant, sample.scenario))
    for failure in result.failures:
        names = [failure.scenario] if failure.scenario else [scenario.name for scenario in result.scenarios]
        seen.setdefault(failure.round, set()).update((failure.variant, name) for name in names)
    return sum(cells <= cells_seen for cells_seen in seen.values())


def repeats(result: Result) -> Counter[str]:
    """How many measurements had to be repeated, by the gate that tripped first."""
    last = {(sample.round, sample.variant, sample.scenario): sample.attempt for sample in result.samples}
    gates: Counter[str] = Counter()
    for sample in result.samples:
        if sample.attempt < last[sample.round, sample.variant, sample.scenario]:
            gates.update(fault.gate for fault in sample_faults(sample, result.settings)[:1])
    return gates


def _table(result: Result, scenario: ScenarioRecord) -> Table:
    samples = {variant.name: _last_attempts(result, scenario, variant) for variant in result.variants}
    faults = {
        variant.name: _cell_fault(result, scenario, variant, samples[variant.name]) for variant in result.variants
    }
    rates = {
        name: {sample.round: sample.load.capacity for sample in samples[name]}
        for name, fault in faults.items()
        if fault is None
    }
    places = standings(rates)
    rows = [_row(result, variant, samples[variant.name], faults[variant.name], places) for variant in result.variants]
    order = {name: place for place, name in enumerate(places)}
    rows.sort(key=lambda row: order.get(row.variant.name, len(order)))
    return Table(scenario=scenario, rows=tuple(rows), half_width=widest_half_width(rates))


def _last_attempts(result: Result, scenario: ScenarioRecord, variant: VariantRecord) -> list[Sample]:
    last = {
        sample.round: sample
        for sample in result.samples
        if sample.variant == variant.name and sample.scenario == scenario.name
    }
    return list(last.values())


def _cell_fault(
    result: Result, scenario: ScenarioRecord, variant: VariantRecord, samples: Sequence[Sample]
) -> Fault | None:
    """Why a cell cannot be trusted: its variant does not keep the contract, did not run, or a round failed a gate."""
    if not variant.contract.ok:
        return _contract_fault(variant)
    for failure in result.failures:
        if failure.variant == variant.name and failure.scenario in (None, scenario.name):
            return Fault("failed", f"round {failure.round}: {failure.why}")
    for sample in samples:
        if faults := sample_faults(sample, result.settings):
            times = (
                f"round {sample.round}, tried {sample.attempt} times" if sample.attempt > 1 else f"round {sample.round}"
            )
            return Fault(faults[0].gate, f"{faults[0].why} ({times})")
    return None if samples else Fault("failed", "not measured before the run was ended")


def _contract_fault(variant: VariantRecord) -> Fault:
    contract = variant.contract
    why = contract.why or f"{contract.failed} of {contract.passed + contract.failed} contract tests fail"
    return Fault("contract", f"{why}, so it was not measured; `compare-frameworks contract {variant.name}` says more")


def _row(
    result: Result,
    variant: VariantRecord,
    samples: Sequence[Sample],
    fault: Fault | None,
    places: dict[str, Standing],
) -> Row:
    starts = [start.startup_seconds * 1000 for start in result.starts if start.variant == variant.name]
    startup_ms = median(starts) if starts else None
    if fault is not None:
        return Row(variant, startup_ms, invalid=fault)
    return Row(variant, startup_ms, figures=_figures(samples, places[variant.name]))


def _figures(samples: Sequence[Sample], standing: Standing) -> Figures:
    def middle(figure: Callable[[Sample], float]) -> float:
        return median(figure(sample) for sample in samples)

    rates = [sample.load.capacity for sample in samples]
    apart = spread(rates)
    return Figures(
        capacity=bootstrap_median(rates),
        p50_ms=middle(lambda sample: sample.load.latency_ms["p50"]),
        p99_ms=middle(lambda sample: sample.load.latency_ms["p99"]),
        cpu_ms=middle(lambda sample: _cpu_ms(sample, sample.usage.server_cpu_seconds)),
        memory_mb=middle(lambda sample: (sample.usage.pss_bytes or sample.usage.rss_bytes) / MEGABYTE),
        rounds=len(samples),
        spread=apart if apart > SPREAD_TO_PRINT else None,
        standing=standing,
        database_cpu_ms=_database_cpu_ms(samples),
    )


def _database_cpu_ms(samples: Sequence[Sample]) -> float | None:
    used = [(sample, sample.usage.database_cpu_seconds) for sample in samples]
    figures = [_cpu_ms(sample, seconds) for sample, seconds in used if seconds is not None]
    return median(figures) if figures else None


def _cpu_ms(sample: Sample, cpu_seconds: float) -> float:
    """CPU-milliseconds a request; the window of the usage and the load's differ by a scheduling delay at most."""
    return 1000 * cpu_seconds / sample.usage.seconds / (sample.load.requests / sample.load.window_seconds)

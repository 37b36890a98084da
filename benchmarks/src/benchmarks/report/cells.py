"""The figures of a table, worked out from a result. Pure: the same file gives the same figures."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from benchmarks.gates import SPREAD_TO_PRINT, Fault, good_samples, least_good_rounds, round_rates, sample_faults, spread
from benchmarks.results import Failure, Result, Sample, ScenarioRecord, VariantRecord
from benchmarks.speed import adjusted_rates, common_probe
from benchmarks.statistics.intervals import Interval, bootstrap_median
from benchmarks.statistics.ranking import Standing, standings, widest_half_width

MEGABYTE = 1_000_000
SHIPPED, BARE = "shipped", "bare"
CAPACITY = "capacity"


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
    """A scenario's table, fastest first, rows without figures last. `half_width` is the widest of all its ratios.

    `rates` are the requests a second of each round, of the variants that have figures, at the machine's usual speed;
    `measured` are the same as they were measured.
    """

    scenario: ScenarioRecord
    rows: tuple[Row, ...]
    half_width: float
    rates: dict[str, dict[int, float]]
    measured: dict[str, dict[int, float]]


def tables(result: Result, handler: str = SHIPPED) -> list[Table]:
    """Work out every table of a result, for the variants as they are shipped or for their frameworks alone."""
    common = usual_probe(result)
    return [_table(result, scenario, handler, common) for scenario in result.scenarios]


def complete_rounds(result: Result) -> int:
    """How many rounds have a last word on every scenario of every variant that was measured."""
    measured = {variant.name for variant in result.variants if variant.contract.ok}
    cells = {(name, scenario.name) for name in measured for scenario in result.scenarios}
    seen: dict[int, set[tuple[str, str]]] = {}
    for sample in result.samples:
        if sample.handler == SHIPPED:
            seen.setdefault(sample.round, set()).add((sample.variant, sample.scenario))
    for failure in result.failures:
        if (failure.handler, failure.study) != (SHIPPED, CAPACITY):
            continue
        names = [failure.scenario] if failure.scenario else [scenario.name for scenario in result.scenarios]
        seen.setdefault(failure.round, set()).update((failure.variant, name) for name in names)
    return sum(cells <= cells_seen for cells_seen in seen.values())


def repeats(result: Result) -> Counter[str]:
    """How many measurements had to be repeated, by the gate that tripped first."""
    last = {_window(sample): sample.attempt for sample in result.samples}
    gates: Counter[str] = Counter()
    for sample in result.samples:
        if sample.attempt < last[_window(sample)]:
            gates.update(fault.gate for fault in sample_faults(sample, result.settings)[:1])
    return gates


def last_attempts(result: Result, scenario: str, variant: str, handler: str = SHIPPED) -> list[Sample]:
    """The windows of a cell, of each the attempt that counts."""
    last = {
        _window(sample): sample
        for sample in result.samples
        if (sample.variant, sample.scenario, sample.handler) == (variant, scenario, handler)
    }
    return list(last.values())


def good_windows(result: Result, samples: Iterable[Sample]) -> list[Sample]:
    """Those that pass every gate."""
    return good_samples(samples, result.settings)


def usual_probe(result: Result) -> float | None:
    """The speed probe's median time over all that passes the gates: rates are brought to that speed."""
    return common_probe(good_windows(result, result.samples))


def middle(values: Iterable[float]) -> Interval:
    """The median of some rounds with its interval; a report asks for the same ones many times."""
    return _middle(tuple(values))


@lru_cache(maxsize=4096)
def _middle(values: tuple[float, ...]) -> Interval:
    return bootstrap_median(values)


def _window(sample: Sample) -> tuple[int, int, str, str, str]:
    return sample.round, sample.turn, sample.variant, sample.scenario, sample.handler


def _table(result: Result, scenario: ScenarioRecord, handler: str, common: float | None) -> Table:
    samples = {variant.name: last_attempts(result, scenario.name, variant.name, handler) for variant in result.variants}
    faults = {
        variant.name: _cell_fault(result, scenario, variant, samples[variant.name], handler)
        for variant in result.variants
    }
    good = {name: samples[name] for name, fault in faults.items() if fault is None}
    rates = adjusted_rates(good, result.settings, common)
    places = standings(rates)
    rows = [
        _row(result, variant, samples[variant.name], faults[variant.name] or rates[variant.name], places)
        for variant in result.variants
    ]
    order = {name: place for place, name in enumerate(places)}
    rows.sort(key=lambda row: order.get(row.variant.name, len(order)))
    measured = adjusted_rates(good, result.settings, None)
    return Table(scenario, tuple(rows), half_width=widest_half_width(rates), rates=rates, measured=measured)


def _cell_fault(
    result: Result, scenario: ScenarioRecord, variant: VariantRecord, samples: Sequence[Sample], handler: str
) -> Fault | None:
    """Why a cell cannot be trusted: its variant does not keep the contract, did not run, or lost too many rounds.

    A round is lost when what was measured in it does not pass the gates. That is no matter while enough are left.
    """
    if not variant.contract.ok:
        return _contract_fault(variant)
    for failure in result.failures:
        if _concerns(failure, scenario, variant, handler):
            return Fault("failed", f"round {failure.round}: {failure.why}")
    rated = round_rates(samples, result.settings)
    for sample in samples:
        if sample.round not in rated and len(rated) < least_good_rounds(result.settings):
            fault = sample_faults(sample, result.settings)[0]
            return Fault(fault.gate, f"{fault.why} ({_when(sample)})")
    return None if samples else Fault("failed", "not measured before the run was ended")


def _concerns(failure: Failure, scenario: ScenarioRecord, variant: VariantRecord, handler: str) -> bool:
    whose = (failure.variant, failure.handler, failure.study)
    return whose == (variant.name, handler, CAPACITY) and failure.scenario in (None, scenario.name)


def _when(sample: Sample) -> str:
    turn = f", turn {sample.turn}" if sample.turn > 1 else ""
    tried = f", tried {sample.attempt} times" if sample.attempt > 1 else ""
    return f"round {sample.round}{turn}{tried}"


def _contract_fault(variant: VariantRecord) -> Fault:
    contract = variant.contract
    why = contract.why or f"{contract.failed} of {contract.passed + contract.failed} contract tests fail"
    return Fault("contract", f"{why}, so it was not measured; `compare-frameworks contract {variant.name}` says more")


def _row(
    result: Result,
    variant: VariantRecord,
    samples: Sequence[Sample],
    rates: dict[int, float] | Fault,
    places: dict[str, Standing],
) -> Row:
    starts = [
        start.startup_seconds * 1000
        for start in result.starts
        if start.variant == variant.name and start.handler == SHIPPED
    ]
    startup_ms = median(starts) if starts else None
    if isinstance(rates, Fault):
        return Row(variant, startup_ms, invalid=rates)
    figures = _figures(good_windows(result, samples), list(rates.values()), places[variant.name])
    return Row(variant, startup_ms, figures=figures)


def _figures(samples: Sequence[Sample], rates: list[float], standing: Standing) -> Figures:
    def usual(figure: Callable[[Sample], float]) -> float:
        return median(figure(sample) for sample in samples)

    apart = spread(rates)
    return Figures(
        capacity=middle(rates),
        p50_ms=usual(lambda sample: sample.load.latency_ms["p50"]),
        p99_ms=usual(lambda sample: sample.load.latency_ms["p99"]),
        cpu_ms=usual(lambda sample: _cpu_ms(sample, sample.usage.server_cpu_seconds)),
        memory_mb=usual(lambda sample: (sample.usage.pss_bytes or sample.usage.rss_bytes) / MEGABYTE),
        rounds=len(rates),
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

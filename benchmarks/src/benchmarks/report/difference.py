"""What changed between two results: ratios of their rates with intervals, and where their conditions differ. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from benchmarks.report.cells import tables
from benchmarks.results import Result, VariantRecord
from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, holm_levels
from benchmarks.statistics.ranking import is_tied
from benchmarks.statistics.unpaired import unpaired_ratio

# What Settings has that says how long was measured, and not under which conditions.
OF_THE_RUN = frozenset(
    {"quick", "rounds", "max_rounds", "precision", "budget_seconds", "seed", "studies", "rows", "bare"}
)


class NeverComparedError(Exception):
    """The results are of different versions of the method; the message names both."""


@dataclass(frozen=True)
class Change:
    """One cell of both results: requests a second of the second over those of the first."""

    variant: str
    scenario: str
    ratio: Interval

    @property
    def verdict(self) -> str:
        """In a word: `same` where the interval holds 1 or lies within the margin of ties."""
        if is_tied(self.ratio):
            return "same"
        return "faster" if self.ratio.low > 1 else "slower"

    def slower_by(self, share: float) -> bool:
        """Whether the whole interval says that it is slower by at least this share."""
        return self.ratio.high <= 1 - share


@dataclass(frozen=True)
class Difference:
    """What changed, what could not be compared, and what is to be known before it is believed."""

    changes: tuple[Change, ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    def slower_by(self, share: float) -> list[Change]:
        """The changes for the worse of at least this share."""
        return [change for change in self.changes if change.slower_by(share)]


def difference(first: Result, second: Result) -> Difference:
    """Compare two results; the intervals are widened for the number of cells compared (Holm).

    Raises:
        NeverComparedError: their methods are of different versions.
    """
    if first.method != second.method:
        raise NeverComparedError(
            f"results of different versions of the method are never compared: {first.method} and {second.method}"
        )
    before, after = _rates(first), _rates(second)
    both = [cell for cell in before if cell in after]
    ratios = [unpaired_ratio(before[cell], after[cell]) for cell in both]
    levels = holm_levels([ratio.p_value for ratio in ratios], ERROR_LEVEL)
    changes = [Change(*cell, ratio.interval(level)) for cell, ratio, level in zip(both, ratios, levels, strict=True)]
    missing = [f"{variant}, {scenario}" for variant, scenario in sorted(before.keys() ^ after.keys())]
    return Difference(tuple(changes), tuple(missing), tuple(differing_conditions(first, second)))


def differing_conditions(first: Result, second: Result) -> list[str]:
    """Where machine, database, settings or contract differ, in words."""
    return [
        *_machine(first, second),
        *_fields("database", asdict(first.database), asdict(second.database)),
        *_fields("setting", _settings(first), _settings(second)),
        *_contracts(first, second),
        *(["the first was interrupted"] if first.ended == "interrupted" else []),
        *(["the second was interrupted"] if second.ended == "interrupted" else []),
    ]


def version_changes(first: Result, second: Result) -> list[str]:
    """The versions of packages that differ: what most differences are looked for in."""
    before, after = first.environment.packages, second.environment.packages
    return [
        f"{name} {before.get(name, 'absent')} → {after.get(name, 'absent')}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _rates(result: Result) -> dict[tuple[str, str], list[float]]:
    """The rounds of every cell that can be trusted, by variant and scenario."""
    return {
        (name, table.scenario.name): list(rounds.values())
        for table in tables(result)
        for name, rounds in table.rates.items()
    }


def _machine(first: Result, second: Result) -> list[str]:
    members = ("cpu", "cores", "memory_bytes", "kernel", "python", "layout")
    before, after = (
        {name: value for name, value in asdict(result.environment).items() if name in members}
        for result in (first, second)
    )
    return _fields("machine", before, after)


def _settings(result: Result) -> dict[str, object]:
    return {name: value for name, value in asdict(result.settings).items() if name not in OF_THE_RUN}


def _fields(what: str, before: dict[str, object], after: dict[str, object]) -> list[str]:
    return [
        f"{what}: {name.replace('_', ' ')} {before[name]} and {after[name]}"
        for name in before
        if before[name] != after[name]
    ]


def _contracts(first: Result, second: Result) -> list[str]:
    before, after = _revisions(first.variants), _revisions(second.variants)
    if before == after:
        return []
    return [f"contract: revision {', '.join(sorted(before))} and {', '.join(sorted(after))}"]


def _revisions(variants: Iterable[VariantRecord]) -> set[str]:
    return {variant.contract.revision for variant in variants if variant.contract.revision}

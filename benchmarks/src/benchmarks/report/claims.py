"""Figures that guides repeat, against what this result has, and why the two differ. Pure."""

from dataclasses import dataclass

from benchmarks.report.blocks import Block, Cell, Prose, Section, Table, columns, missing
from benchmarks.report.capacity import rate_cell
from benchmarks.report.cells import BARE, tables
from benchmarks.results import Result, VariantRecord
from benchmarks.statistics.intervals import Interval

SCENARIOS = ("ping", "page")
WHY = (
    "Why they differ: such figures are mostly those of a handler that returns a constant, without a database, "
    "validation, authentication or middleware; of several processes on several cores; asked by wrk with many "
    "connections, at times with pipelining, which no browser does; on a larger machine; and often of one run without "
    "error bars. Nothing of that is wrong, but it answers another question: how fast the framework can say hello, not "
    "how fast it can serve an API. The columns here are one core, and a generator that reads every answer; “shipped” "
    "is the whole contract, “bare” the framework alone.",
)


@dataclass(frozen=True)
class Claim:
    """Requests a second that are said of a framework; both bounds are the same where one figure is."""

    framework: str
    low: int
    high: int

    @property
    def words(self) -> str:
        """As it is said."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"  # noqa: RUF001 - a range


CLAIMS = (
    Claim("Starlette", 26_000, 26_000),
    Claim("FastAPI", 25_000, 25_000),
    Claim("Tornado", 8_000, 12_000),
    Claim("Flask", 3_000, 5_000),
    Claim("Django", 2_000, 4_000),
)


def claims_section(result: Result) -> Section | None:
    """The table, where this result has one of its scenarios."""
    found = _measured(result, "shipped") | {f"{key}/bare": rates for key, rates in _measured(result, BARE).items()}
    shown = [key for scenario in SCENARIOS for key in (f"{scenario}/bare", scenario) if found.get(key)]
    if not shown:
        return None
    titles = columns(
        "framework", "repeated in guides", *(_title(result, key) for key in shown), "ping against the claim"
    )
    rows = tuple(_row(result, claim, found, shown) for claim in CLAIMS)
    table = Table("Requests a second, as repeated and as measured here", titles, rows)
    blocks: tuple[Block, ...] = (table, Prose(WHY))
    question = "Guides repeat requests a second without a machine, a version or a handler. What does this run say?"
    return Section("claims", "What guides say", question, blocks)


def _measured(result: Result, handler: str) -> dict[str, dict[str, Interval]]:
    """Capacity by scenario and variant."""
    return {
        cells.scenario.name: {row.variant.name: row.figures.capacity for row in cells.rows if row.figures}
        for cells in tables(result, handler)
        if cells.scenario.name in SCENARIOS
    }


def _title(result: Result, key: str) -> str:
    name, _, bare = key.partition("/")
    title = next(scenario.title for scenario in result.scenarios if scenario.name == name)
    hint = "the framework alone, one core" if bare else "shipped: all that the contract asks for, one core"
    return f"{title}, {'bare' if bare else 'shipped'}|{hint}"


def _row(result: Result, claim: Claim, found: dict[str, dict[str, Interval]], shown: list[str]) -> tuple[Cell, ...]:
    variant = _variant_of(result, claim)
    head = (Cell(claim.framework, sort=claim.framework.lower()), Cell(claim.words, sort=claim.low))
    if variant is None:
        return (*head, *[missing("not a variant here")], *[missing()] * len(shown))
    rates = [found[key].get(variant.name) for key in shown]
    cells = [missing() if rate is None else rate_cell(rate) for rate in rates]
    return (*head, *cells, _share(claim, found.get("ping", {}).get(variant.name)))


def _variant_of(result: Result, claim: Claim) -> VariantRecord | None:
    return next((one for one in result.variants if one.title.split()[0] == claim.framework), None)


def _share(claim: Claim, rate: Interval | None) -> Cell:
    """The measured rate as a share of the claim, of its middle where it is a range."""
    if rate is None:
        return missing()
    share = rate.estimate / ((claim.low + claim.high) / 2)
    return Cell(f"{share:.0%}", sort=share)

"""Figures that guides repeat, what could be found behind them, and what this result has. Pure.

The pages that the origins are from, as they were in November 2026 (the report itself names no outside host):
klen.github.io/py-frameworks-bench/results/2021/07/06/results.html and …/about/; the same project's results of 2015 as
archived under megalodon.jp/ref/2015-0617-0655-16; en.wikipedia.org/wiki/Tornado_(web_server) for the table of Tornado's
early documentation; fastapi.tiangolo.com/benchmarks; sharkbench.dev/web/python-flask/developmentserver-vs-gunicorn.
"""

from dataclasses import dataclass

from benchmarks.report.blocks import Block, Cell, Heading, Prose, Section, Table, columns, missing
from benchmarks.report.capacity import rate_cell
from benchmarks.report.cells import BARE, tables
from benchmarks.results import Result, VariantRecord
from benchmarks.statistics.intervals import Interval

SCENARIOS = ("ping", "page")
WHY = (
    "Why they differ: the measurements named above are of a handler that returns a constant, or that handles one small "
    "JSON object, without a database, validation, authentication or middleware; of one to four processes, at times on "
    "several cores; asked by ab or wrk over 25 to 400 connections, where that is said; on other machines, with "
    "versions of their year; and none has error bars. Nothing of that is wrong, but it answers another question: how "
    "fast the framework can say hello, not how fast it can serve an API. The columns here are one core, and a "
    "generator that reads every answer; “shipped” is the whole contract, “bare” the framework alone.",
)
SEARCHED = "looked for in public documentation, guides and repositories in November 2026"
# What the origins name by these first words, said once.
MEASUREMENTS = (
    "Bench 2021 is py-frameworks-bench, results of 2021-07-06: gunicorn with one worker of uvicorn (Tornado by its own "
    "server), all on one virtual machine of 2 cores, wrk with 64 connections.",
    "Bench 2015 is the same project in June 2015: gunicorn with 2 workers of meinheld, a virtual machine of 2 cores, "
    "wrk with 400 connections.",
    "Tornado's table is that of its early documentation: hello world on four cores of an Opteron at 2.4 GHz, ab on "
    "another machine with 25 connections.",
    "Sharkbench is its comparison of May 2025: gunicorn on a Ryzen 7 7800X3D, with JSON and other input and output in "
    "the handler.",
)


@dataclass(frozen=True)
class Claim:
    """Requests a second that are said of a framework; both bounds are the same where one figure is.

    Attributes:
        origin: what could be found behind them: who measured what and where, or that nobody did.
    """

    framework: str
    low: int
    high: int
    origin: str

    @property
    def words(self) -> str:
        """As it is said."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"  # noqa: RUF001 - a range


CLAIMS = (
    Claim(
        "Starlette",
        26_000,
        26_000,
        "no measurement found. The nearest is Bench 2021: 15,733 for a constant page, 8,248 for JSON read and written.",
    ),
    Claim(
        "FastAPI",
        25_000,
        25_000,
        "no measurement found. Documents of many projects repeat it without a machine or a handler, beside Flask at "
        "anything from 3,000 to 10,000; one credits FastAPI's own page on benchmarks, which has no figure and points "
        "to TechEmpower's ranking. The nearest is Bench 2021: 11,073 for a constant page, 6,440 for JSON read and "
        "written.",
    ),
    Claim(
        "Tornado",
        8_000,
        12_000,
        "the lower end is like Tornado's table: 8,213 by four processes behind nginx, and 3,353 by one. In Bench 2021 "
        "it serves 3,534. No measurement found for the upper end.",
    ),
    Claim(
        "Flask",
        3_000,
        5_000,
        "no measurement found. The nearest are Bench 2015: 6,023 for a JSON object; and Sharkbench: 1,092.",
    ),
    Claim(
        "Django",
        2_000,
        4_000,
        "measurements within it are Tornado's table: 2,223 under Apache and mod_wsgi; Bench 2015: 3,697 for a JSON "
        "object; and Bench 2021: 2,130 for a constant page. None has Django REST framework in it.",
    ),
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
    origins = tuple(f"{claim.framework}, {claim.words}: {claim.origin}" for claim in CLAIMS)
    heading = Heading("Where these figures come from", SEARCHED)
    blocks: tuple[Block, ...] = (table, heading, Prose((*origins, *MEASUREMENTS), points=True), Prose(WHY))
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

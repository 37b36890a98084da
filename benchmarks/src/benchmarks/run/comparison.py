"""A whole comparison from start to result: contract suite, rounds, and what is to be said of the circumstances."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.plan.scenarios import Scenario
from benchmarks.results import (
    METHOD_VERSION,
    SCHEMA_VERSION,
    Contract,
    Layout,
    Result,
    ScenarioRecord,
    Settings,
    VariantRecord,
)
from benchmarks.run.capacity import Book, Progress, Run
from benchmarks.run.generator import running_generator
from benchmarks.run.layout import choose_layout, database_held, out_of_the_way
from benchmarks.run.stage import Stage, describe_variant
from benchmarks.run.surroundings import describe_database, describe_environment
from variants.catalog import Variant
from variants.databases import Rows
from variants.engines import Engine
from variants.environment import UNLIMITED_SETTINGS

QUICK_ROUNDS, STANDARD_ROUNDS, MOST_ROUNDS = 3, 5, 50
PRECISION = 0.05
QUICK_BUDGET_SECONDS, STANDARD_BUDGET_SECONDS = 165.0, 40 * 60.0
QUICK_WARM_UP_SECONDS, STANDARD_WARM_UP_SECONDS = 2.0, 10.0
QUICK_WINDOW_SECONDS, STANDARD_WINDOW_SECONDS = 1.5, 2.0
SERVER_ENVIRONMENT = {"ENVIRONMENT": "production", "LOG_LEVEL": "warning", **UNLIMITED_SETTINGS}


@dataclass(frozen=True)
class Order:
    """What somebody wants compared."""

    name: str
    variants: Mapping[str, Variant]
    scenarios: Sequence[Scenario]
    settings: Settings


def make_settings(*, quick: bool, users: int, rounds: int | None, seed: int) -> Settings:
    """The settings of a quick or a standard run; `rounds` fixes their number."""
    least = rounds or (QUICK_ROUNDS if quick else STANDARD_ROUNDS)
    return Settings(
        quick=quick,
        users=users,
        window_seconds=QUICK_WINDOW_SECONDS if quick else STANDARD_WINDOW_SECONDS,
        warm_up_max_seconds=QUICK_WARM_UP_SECONDS if quick else STANDARD_WARM_UP_SECONDS,
        rounds=least,
        max_rounds=least if quick or rounds else MOST_ROUNDS,
        precision=PRECISION,
        budget_seconds=QUICK_BUDGET_SECONDS if quick else STANDARD_BUDGET_SECONDS,
        seed=seed,
        workers=1,
        server_environment=SERVER_ENVIRONMENT,
    )


def compare(order: Order, stage: Stage, progress: Progress) -> Result:
    """Carry a comparison out. Ctrl-C ends it and keeps what was measured; the result then says `interrupted`.

    Raises:
        LayoutError: there are not enough cores.
        GeneratorError: the generator does not do its work.
        DatabaseError: there is no database.
    """
    began, started_at = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    layout = choose_layout(order.settings.workers)
    # First: no result is lost because the server is gone at its end.
    database = describe_database(stage.engine, Rows())
    book = Book(layout)
    contracts: dict[str, Contract] = {}
    try:
        _check(order, stage, progress, contracts)
        passed = {name: order.variants[name] for name, contract in contracts.items() if contract.ok}
        _measure(order, stage, progress, passed, layout, book)
    except KeyboardInterrupt:
        book.ended = "interrupted"
    return Result(
        schema=SCHEMA_VERSION,
        method=METHOD_VERSION,
        name=order.name,
        started_at=started_at,
        seconds=round(time.monotonic() - began, 1),
        ended=book.ended,
        settings=order.settings,
        environment=describe_environment(stage.root, book.layout),
        database=database,
        ceiling=book.ceiling,
        variants=_records(order, contracts, stage.engine),
        scenarios=tuple(
            ScenarioRecord(scenario.name, scenario.title, scenario.question) for scenario in order.scenarios
        ),
        starts=tuple(book.starts),
        samples=tuple(book.samples),
        failures=tuple(book.failures),
    )


def _check(order: Order, stage: Stage, progress: Progress, contracts: dict[str, Contract]) -> None:
    """The gate before all others: a variant is measured only when it keeps the contract."""
    for place, (name, variant) in enumerate(order.variants.items()):
        progress(place / len(order.variants), f"contract suite: {name}")
        contracts[name] = stage.check(variant)


def _measure(
    order: Order, stage: Stage, progress: Progress, variants: Mapping[str, Variant], layout: Layout, book: Book
) -> None:
    if not variants:
        book.ended = "complete"
        return
    database_pid = stage.database_pid()
    with (
        database_held(layout, database_pid) as book.layout,
        out_of_the_way(layout),
        running_generator(stage.root, cpus=layout.generator) as generator,
    ):
        run = Run(stage, generator, variants, order.scenarios, order.settings, layout, progress, book, database_pid)
        run.measure_ceiling()
        run.measure_rounds()


def _records(order: Order, contracts: Mapping[str, Contract], engine: Engine) -> tuple[VariantRecord, ...]:
    unchecked = Contract(0, 0, 0.0, "", why="the run was interrupted before the contract suite")
    return tuple(
        describe_variant(variant, contracts.get(name, unchecked), engine=engine)
        for name, variant in order.variants.items()
    )

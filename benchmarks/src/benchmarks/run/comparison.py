"""A whole comparison from start to result: contract suite, studies, and what is to be said of the circumstances."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from benchmarks.plan.contestants import contestants_of
from benchmarks.plan.latency import LEVEL
from benchmarks.plan.studies import CAPACITY, STUDIES
from benchmarks.results import (
    METHOD_VERSION,
    SCHEMA_VERSION,
    Contract,
    Database,
    Environment,
    Result,
    ScenarioRecord,
    VariantRecord,
)
from benchmarks.run.book import COMPLETE, INTERRUPTED, MEMBERS, Book, reopened
from benchmarks.run.ceiling import measure_ceiling
from benchmarks.run.context import Context, Progress
from benchmarks.run.generator import running_generator
from benchmarks.run.layout import choose_layout, database_held, out_of_the_way, usable_cores
from benchmarks.run.order import Keep, Order
from benchmarks.run.registry import CARRIED_OUT
from benchmarks.run.resume import check_resumable, check_same
from benchmarks.run.stage import Stage, describe_variant
from benchmarks.run.surroundings import describe_database, describe_environment
from variants.catalog import Variant
from variants.databases import Rows

UNCHECKED = Contract(0, 0, 0.0, "", why="the run was interrupted before the contract suite")


@dataclass
class Comparison:
    """A comparison under way: what was ordered, what is known of the circumstances, and what was found so far."""

    order: Order
    stage: Stage
    progress: Progress
    keep: Keep
    environment: Environment
    database: Database
    started_at: str
    book: Book
    contracts: dict[str, Contract]

    def check_contracts(self) -> None:
        """The gate before all others: a variant is measured only when it keeps the contract."""
        for place, (name, variant) in enumerate(self.order.variants.items()):
            if name not in self.contracts:
                self.progress(place / len(self.order.variants), f"contract suite: {name}")
                self.contracts[name] = self.stage.check(variant)
        self.book.lap("contract")

    def measure(self) -> None:
        """Carry the studies out on who has passed; nothing is to be measured when nobody has."""
        passed = [variant for name, variant in self.order.variants.items() if self.contracts[name].ok]
        if not passed:
            self.book.ended = COMPLETE
            return
        layout, cores = self.environment.layout, usable_cores()
        database_pid = self.stage.database_pid()
        with (
            database_held(layout, database_pid) as self.book.layout,
            out_of_the_way(layout),
            running_generator(self.stage.root, cpus=layout.generator) as generator,
        ):
            context = Context(
                stage=self.stage,
                generator=generator,
                contestants=contestants_of(passed, bare=self.order.settings.bare),
                scenarios=tuple(self.order.scenarios),
                settings=self.order.settings,
                layout=layout,
                cores=cores,
                progress=self.progress,
                book=self.book,
                keep=lambda: self.keep(self.result()),
                database_pid=database_pid,
                deadline=self._deadline(),
            )
            measure_ceiling(context)
            carry_out(context)

    def result(self) -> Result:
        """The result as it is now."""
        order, book = self.order, self.book
        measured = {name: tuple(getattr(book, name)) for name in MEMBERS}
        return Result(
            schema=SCHEMA_VERSION,
            method=METHOD_VERSION,
            name=order.name,
            started_at=self.started_at,
            seconds=round(book.seconds, 1),
            ended=book.ended,
            settings=order.settings,
            environment=replace(self.environment, layout=book.layout),
            database=self.database,
            ceiling=book.ceiling,
            variants=tuple(self._record(variant) for variant in order.variants.values()),
            scenarios=tuple(ScenarioRecord(one.name, one.title, one.question) for one in order.scenarios),
            checkpoint=book.checkpoint,
            resumed=book.resumed,
            study_seconds={name: round(seconds, 1) for name, seconds in book.study_seconds.items()},
            **measured,
        )

    def _record(self, variant: Variant) -> VariantRecord:
        contract = self.contracts.get(variant.name, UNCHECKED)
        return describe_variant(variant, contract, engine=self.stage.engine)

    def _deadline(self) -> float:
        """When all is to be over; the contract suite is not in the time of a quick run, which it would fill."""
        spent = self.book.study_seconds
        before = self.book.seconds - (spent.get("contract", 0.0) if self.order.settings.quick else 0.0)
        return time.monotonic() + self.order.settings.budget_seconds - before


def compare(order: Order, stage: Stage, progress: Progress, keep: Keep = lambda result: None) -> Result:
    """Carry a comparison out. Ctrl-C ends it and keeps what was measured; the result then says `interrupted`.

    Parameters:
        keep: is given the result each time that a step has ended, so that not even a kill can lose it.

    Raises:
        LayoutError: there are not enough cores.
        GeneratorError: the generator does not do its work.
        DatabaseError: there is no database.
        ResumeError: the result to go on with is complete, or was measured under other conditions.
    """
    comparison = _opened(order, stage, progress, keep)
    try:
        comparison.check_contracts()
        comparison.measure()
    except KeyboardInterrupt:
        comparison.book.ended = INTERRUPTED
    comparison.book.lap("rest")
    return comparison.result()


def carry_out(context: Context) -> None:
    """Carry the studies out, each within its share of the time; the capacity gets what they leave, before and after.

    What is left even then goes to more rounds of the level.
    """
    chosen = [study for study in STUDIES if study.name in context.settings.studies]
    reserved = sum(study.share for study in chosen) * context.settings.budget_seconds
    ended = COMPLETE
    for study in chosen:
        share = study.share * context.settings.budget_seconds
        deadline = context.deadline - reserved if study.name == CAPACITY else time.monotonic() + share
        CARRIED_OUT[study.name](replace(context, deadline=deadline))
        context.book.lap(study.name)
        context.book.ended = INTERRUPTED
    if CAPACITY in context.settings.studies:
        CARRIED_OUT[CAPACITY](context)
        ended = context.book.ended
    if LEVEL in context.settings.studies:
        context.book.ended = INTERRUPTED
        CARRIED_OUT[LEVEL](context)
    context.book.ended = ended


def _opened(order: Order, stage: Stage, progress: Progress, keep: Keep) -> Comparison:
    """Look at the circumstances first: no result is lost because the database's server is gone at its end."""
    environment = describe_environment(stage.root, choose_layout(order.settings.workers))
    database = describe_database(stage.engine, Rows())
    book, contracts = Book(layout=environment.layout), dict[str, Contract]()
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    if order.resumed is not None:
        check_resumable(order.resumed)
        check_same(order.resumed, environment, database)
        book, started_at = reopened(order.resumed), order.resumed.started_at
        contracts = {one.name: one.contract for one in order.resumed.variants if one.contract.why is None}
    return Comparison(
        order=order,
        stage=stage,
        progress=progress,
        keep=keep,
        environment=environment,
        database=database,
        started_at=started_at,
        book=book,
        contracts=contracts,
    )

"""Tests the harness like a scale: the same server under two names, and a server with a planted slow-down.

Both pairs are compared again and again: by capacity as a quick run does it, and by the exact cost of one trial each. By
capacity the same server is a variant, another one in each run. Everywhere else it is a server of known cost
(`benchmarks.run.weight`), into which the slow-down is planted, so that nothing else differs.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import gettempdir

from benchmarks.plan.contestants import Contestant
from benchmarks.plan.scenarios import scenarios_named
from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import studies_named
from benchmarks.results import METHOD_VERSION, Environment, Failure, Sample, Settings
from benchmarks.run.book import COMPLETE, INTERRUPTED, Book
from benchmarks.run.callgrind import CallgrindError
from benchmarks.run.capacity import measure_capacity
from benchmarks.run.context import Context, Progress
from benchmarks.run.exact import ExactPlan, Listener, measure_exact
from benchmarks.run.generator import running_generator
from benchmarks.run.layout import choose_layout, out_of_the_way, usable_cores
from benchmarks.run.stage import Stage
from benchmarks.run.surroundings import describe_environment
from benchmarks.speed import Rates, adjusted_rates, common_probe
from benchmarks.statistics.calibration import CALIBRATION_SCHEMA, CAPACITY, EXACT, Calibration, Ratio, Weighing
from benchmarks.statistics.intervals import ERROR_LEVEL, paired_ratio
from benchmarks.studies import ExactCost
from variants.catalog import Data, Server, Variant
from variants.engines import Engine

PING = "ping"
PLANTED = 1.05
# About what a variant's request costs, nearly all of it in the pieces; 5 % of them are 20.
WORK = 400
# Two counts of the same are this close, which `trials` of any exact cost show; what is further apart is told apart.
REPEATABLE = 0.005
# Ten pings a slice: nothing but the pieces is in them.
EXACT_REQUESTS = 5
# Fewer than a comparison takes: a scale is judged by what its own intervals promise, and 80 comparisons take long.
ROUNDS = 3
ONE, OTHER, HEAVIER = "one", "other", "heavier"


@dataclass(frozen=True)
class Plan:
    """How often each pair is compared, and with which variants the same server is."""

    runs: int
    seed: int
    variants: Mapping[str, Variant]


@dataclass(frozen=True)
class Pair:
    """Two servers, and the ratio of their costs, the second's to the first's."""

    first: Variant
    second: Variant
    truth: float


def weight(name: str, work: int) -> Variant:
    """The server of known cost as a variant; `work` is in turns of its loop."""
    server = Server(
        title="a weight",
        package="benchmarks",
        command=("{python}", "-m", "benchmarks.run.weight", "{port}", str(work)),
        ready_path="/api/v1/ping",
    )
    nowhere = Path(gettempdir())
    return Variant(name, name.title(), "benchmarks", "weighing", server, Data("none", {}), nowhere)


def calibrate(plan: Plan, stage: Stage, progress: Progress, keep: Callable[[Calibration], object]) -> Calibration:
    """Compare both pairs as often as planned. Ctrl-C ends it and keeps the comparisons that were made.

    Parameters:
        keep: is given what was found so far after each comparison.

    Raises:
        CallgrindError: valgrind is not installed, or does not do what it is told.
        GeneratorError: the generator does not do its work.
        LayoutError: there are not enough cores.
    """
    calibrating = _Calibrating(plan, stage, progress, keep, describe_environment(stage.root, choose_layout(1)))
    try:
        calibrating.weigh_exactly()
        calibrating.weigh_by_capacity()
    except KeyboardInterrupt:
        return calibrating.found()
    return replace(calibrating.found(), ended=COMPLETE)


def planted_work(work: int, once: float, twice: float) -> int:
    """How much work costs 5 % more than some, when once and twice that much cost so many instructions."""
    return work + round((PLANTED - 1) * once / (twice - once) * work)


def capacity_ratio(first: Mapping[int, float], second: Mapping[int, float], rounds: int) -> Ratio | None:
    """The ratio of the costs by the capacities of all rounds; None where a gate has left one out."""
    shared = sorted(first.keys() & second.keys())
    if len(shared) < rounds:
        return None
    pair = paired_ratio([first[number] for number in shared], [second[number] for number in shared])
    interval = pair.interval(ERROR_LEVEL)
    return Ratio(interval.estimate, interval.low, interval.high)


def exact_ratios(costs: Mapping[tuple[str, int], float], first: str, second: str) -> tuple[Ratio, ...]:
    """The ratios of the trials that both have; `costs` by name and trial."""
    trials = sorted(trial for name, trial in costs if name == first and (second, trial) in costs)
    ratios = [costs[second, trial] / costs[first, trial] for trial in trials]
    return tuple(Ratio(ratio, ratio * (1 - REPEATABLE), ratio * (1 + REPEATABLE)) for ratio in ratios)


@dataclass
class _Calibrating:
    plan: Plan
    stage: Stage
    progress: Progress
    keep: Callable[[Calibration], object]
    environment: Environment
    began: float = field(default_factory=time.monotonic)
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    costs: dict[tuple[str, int], float] = field(default_factory=dict)
    weighed: dict[float, Weighing] = field(default_factory=dict)
    work: int = WORK
    share: float = 0.0

    def found(self) -> Calibration:
        """What was found so far."""
        exact = (
            Weighing(EXACT, 1.0, 0, exact_ratios(self.costs, ONE, OTHER)),
            Weighing(EXACT, PLANTED, 0, exact_ratios(self.costs, ONE, HEAVIER)),
        )
        return Calibration(
            schema=CALIBRATION_SCHEMA,
            method=METHOD_VERSION,
            started_at=self.started_at,
            seconds=round(time.monotonic() - self.began, 1),
            environment=self.environment,
            ended=INTERRUPTED,
            weighings=(*self.weighed.values(), *exact),
        )

    def weigh_exactly(self) -> None:
        """Find out how much work 5 % are, then count both pairs."""
        known: dict[tuple[str, int], float] = {}
        self._count({ONE: weight(ONE, WORK), OTHER: weight(OTHER, 2 * WORK)}, [1], known)
        self.work = planted_work(WORK, known[ONE, 1], known[OTHER, 1])
        weights = {ONE: weight(ONE, WORK), OTHER: weight(OTHER, WORK), HEAVIER: weight(HEAVIER, self.work)}
        self._count(weights, range(1, self.plan.runs + 1), self.costs)

    def weigh_by_capacity(self) -> None:
        """Load both pairs, in turn, so that an interrupt leaves as many runs of each."""
        layout, cores = self.environment.layout, usable_cores()
        with out_of_the_way(layout), running_generator(self.stage.root, cpus=layout.generator) as generator:
            for number, pair in enumerate(self._pairs()):
                settings = _settings(self.plan.seed + number)
                book = Book(layout=layout)
                context = Context(
                    stage=self.stage,
                    generator=generator,
                    contestants=(Contestant(pair.first), Contestant(pair.second)),
                    scenarios=scenarios_named([PING], quick=True),
                    settings=settings,
                    layout=layout,
                    cores=cores,
                    progress=partial(self._tell, number),
                    book=book,
                    keep=lambda: None,
                    database_pid=None,
                    deadline=time.monotonic() + settings.budget_seconds,
                )
                measure_capacity(context)
                self._note(pair, book, settings)

    def _pairs(self) -> Iterator[Pair]:
        planted = Pair(weight(ONE, WORK), weight(HEAVIER, self.work), PLANTED)
        for variant in islice(cycle(self.plan.variants.values()), self.plan.runs):
            yield Pair(variant, replace(variant, name=f"{variant.name}-again"), 1.0)
            yield planted

    def _note(self, pair: Pair, book: Book, settings: Settings) -> None:
        rates = _rates(book.samples, pair, settings)
        ratio = capacity_ratio(rates[pair.first.name], rates[pair.second.name], settings.rounds)
        before = self.weighed.get(pair.truth, Weighing(CAPACITY, pair.truth, settings.rounds, ()))
        if ratio is None:
            self.weighed[pair.truth] = replace(before, void=before.void + 1)
        else:
            self.weighed[pair.truth] = replace(before, ratios=(*before.ratios, ratio))
        self.keep(self.found())

    def _count(
        self, weights: Mapping[str, Variant], trials: Sequence[int], costs: dict[tuple[str, int], float]
    ) -> None:
        """Count the weights' pings into `costs`, by name and trial."""

        def note(cost: ExactCost) -> None:
            costs[cost.variant, cost.trial] = cost.instructions

        def fail(failure: Failure) -> None:
            raise CallgrindError(failure.why)

        plan = ExactPlan(
            engine=Engine.SQLITE,
            environment={},
            scenarios=(PING,),
            trials=trials,
            requests=EXACT_REQUESTS,
            cores=tuple((core,) for core in usable_cores()) or ((),),
        )
        measure_exact(weights, plan, Listener(self.progress, note, fail))

    def _tell(self, number: int, share: float, what: str) -> None:
        # Each round tells its starts from 0 on.
        self.share = max(self.share, (number + share) / (2 * self.plan.runs))
        self.progress(self.share, f"run {number // 2 + 1}: {what}")


def _settings(seed: int) -> Settings:
    return make_settings(quick=True, seed=seed, studies=studies_named([CAPACITY], quick=True), rounds=ROUNDS)


def _rates(samples: list[Sample], pair: Pair, settings: Settings) -> Rates:
    names = (pair.first.name, pair.second.name)
    by_name = {name: [sample for sample in samples if sample.variant == name] for name in names}
    return adjusted_rates(by_name, settings, common_probe(samples))

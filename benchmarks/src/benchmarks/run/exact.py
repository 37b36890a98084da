"""The exact cost: instructions that a server executes for one request, which hardly depend on how busy a machine is.

Each server is started under callgrind, warmed up, and asked for identical requests, one at a time over one kept
connection, each when the server waits for it. The requests come in three slices, and the median of those is the cost: a
collection of all garbage, which comes once in thousands of requests, falls into another one. What a server does without
being asked, such as heartbeats and ticks, is counted in a pause before, and as much as the seconds of the slice had of
it is taken off: under callgrind a request takes about fifty times as long, and would be charged with fifty times as
much.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from queue import SimpleQueue

from benchmarks.plan.layers import layers_of
from benchmarks.results import Failure
from benchmarks.run.callgrind import CallgrindError, valgrind_version
from benchmarks.run.client import ClientError
from benchmarks.run.counted import PATHS, SLICES, Libraries, counting, requests_of
from benchmarks.studies import ExactCost
from variants.catalog import Handler, Variant
from variants.databases import DatabaseError
from variants.engines import Engine, fresh_database
from variants.launch import VariantFailedError

STUDY = "exact"
# A library with a smaller share of a request than this is one of the others.
LEAST_SHARE = 0.01
OTHERS = "other libraries"


@dataclass(frozen=True)
class ExactPlan:
    """What is counted.

    Attributes:
        environment: settings of all servers.
        scenarios: of `counted.PATHS`.
        trials: their numbers; each handler of each variant gets a server of its own in each.
        requests: of each of the three slices; of a ping and an article there are more.
        cores: of the servers that run side by side, one at a time on each; counts do not depend on the load.
    """

    engine: Engine
    environment: Mapping[str, str]
    scenarios: tuple[str, ...] = tuple(PATHS)
    trials: Sequence[int] = (1, 2, 3)
    requests: int = 20
    cores: tuple[tuple[int, ...], ...] = ((),)


@dataclass(frozen=True)
class Listener:
    """Who is told the share that is done and what is being done, each cost, and each server that failed.

    The calls come from other threads, one at a time.
    """

    progress: Callable[[float, str], None]
    cost: Callable[[ExactCost], None]
    failure: Callable[[Failure], None]


def measure_exact(variants: Mapping[str, Variant], plan: ExactPlan, listener: Listener) -> None:
    """Count what requests of some variants cost, by all handlers that they have.

    A server that fails is told, and the others go on. Ctrl-C waits for the slices that are being counted.

    Raises:
        CallgrindError: valgrind is not installed.
    """
    study = _Study(plan, listener, valgrind_version(), _planned(variants, plan))
    for cores in plan.cores:
        study.free.put(cores)
    with ThreadPoolExecutor(len(plan.cores)) as pool:
        units = [pool.submit(study.take, name, of, trial) for trial in plan.trials for name, of in variants.items()]
        try:
            for unit in as_completed(units):
                unit.result()
        except BaseException:
            study.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def handlers_of(variant: Variant) -> tuple[Handler, ...]:
    """The handlers that a variant has, the bare one first, as the layers of the other are told from it."""
    return (Handler.SHIPPED,) if variant.bare is None else (Handler.BARE, Handler.SHIPPED)


def shown_libraries(libraries: Libraries) -> Libraries:
    """The libraries by falling share, those with next to nothing of a request as one; they add up to the same."""
    least = LEAST_SHARE * sum(libraries.values())
    shown = {name: value for name, value in libraries.items() if value >= least}
    by_share = dict(sorted(shown.items(), key=lambda item: -item[1]))
    rest = sum(value for value in libraries.values() if value < least)
    return {**by_share, OTHERS: rest} if len(shown) < len(libraries) else by_share


class _StoppedError(Exception):
    """Whoever waits for the study has given it up."""


@dataclass
class _Unit:
    """One trial of one variant, and what its requests have cost so far, by handler and scenario."""

    name: str
    variant: Variant
    trial: int
    cores: tuple[int, ...]
    costs: dict[tuple[str, str], float] = field(default_factory=dict)


@dataclass
class _Study:
    plan: ExactPlan
    listener: Listener
    counter: str
    planned: int
    free: SimpleQueue[tuple[int, ...]] = field(default_factory=SimpleQueue)
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: int = 0

    def take(self, name: str, variant: Variant, trial: int) -> None:
        """Count one trial of a variant, each handler on a server of its own."""
        cores = self.free.get()
        unit = _Unit(name, variant, trial, cores)
        try:
            for handler in handlers_of(variant):
                self._take_handler(unit, handler)
        finally:
            self.free.put(cores)

    def _take_handler(self, unit: _Unit, handler: Handler) -> None:
        self._tell(f"{unit.name}, {handler}: starting")
        try:
            with (
                fresh_database(self.plan.engine) as database,
                counting(
                    unit.variant,
                    handler,
                    scenarios=self.plan.scenarios,
                    requests=self.plan.requests,
                    database_url=database.url,
                    environment=self.plan.environment,
                    cores=unit.cores,
                ) as server,
            ):
                for scenario in self.plan.scenarios:
                    self._tell(f"{unit.name}, {handler}: {scenario}")
                    libraries = server.count(scenario, requests_of(scenario, self.plan.requests), self._check)
                    self._note(unit, handler, scenario, libraries)
        except (VariantFailedError, CallgrindError, ClientError, DatabaseError) as error:
            why = str(error).splitlines()[0]
            with self.lock:
                self.listener.failure(Failure(unit.trial, unit.name, None, why, str(handler), STUDY))

    def _note(self, unit: _Unit, handler: Handler, scenario: str, libraries: Libraries) -> None:
        unit.costs[handler, scenario] = sum(libraries.values())
        cost = ExactCost(
            variant=unit.name,
            handler=str(handler),
            scenario=scenario,
            trial=unit.trial,
            requests=SLICES * requests_of(scenario, self.plan.requests),
            instructions=unit.costs[handler, scenario],
            layers=layers_of(handler, scenario, unit.costs),
            libraries=shown_libraries(libraries),
            counter=self.counter,
        )
        with self.lock:
            self.done += 1
            self.listener.cost(cost)

    def _tell(self, what: str) -> None:
        self._check()
        with self.lock:
            self.listener.progress(self.done / self.planned, what)

    def _check(self) -> None:
        if self.stopped.is_set():
            raise _StoppedError


def _planned(variants: Mapping[str, Variant], plan: ExactPlan) -> int:
    handlers = sum(len(handlers_of(variant)) for variant in variants.values())
    return handlers * len(plan.scenarios) * len(plan.trials)

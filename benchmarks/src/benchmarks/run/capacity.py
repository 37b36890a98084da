"""Carries a comparison out, round by round. What a variant is made of is not known here."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.gates import sample_faults
from benchmarks.plan.order import Turn, rounds
from benchmarks.plan.scenarios import Scenario
from benchmarks.results import Ceiling, Failure, Layout, Sample, Settings, Start
from benchmarks.run.generator import Generator, LoadFailedError
from benchmarks.run.stage import Server, Stage, in_brief
from benchmarks.run.window import measure
from benchmarks.statistics.ranking import widest_half_width
from benchmarks.studies import Load, Usage
from variants.catalog import Variant
from variants.launch import VariantFailedError
from variants.watch import tree_usage

MAX_REPEATS = 3
CEILING_SECONDS = 1.0


class Progress(Protocol):
    """Who is told how far a run has come: `share` from 0 to 1, and what is being done now."""

    def __call__(self, share: float, what: str) -> None:
        """Take note."""


@dataclass
class Book:
    """What has been measured so far, and on which cores; an interrupted run keeps it."""

    layout: Layout
    starts: list[Start] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    ceiling: Ceiling | None = None
    ended: str = "interrupted"


@dataclass
class Run:
    """One comparison of some variants that have passed the contract suite."""

    stage: Stage
    generator: Generator
    variants: Mapping[str, Variant]
    scenarios: Sequence[Scenario]
    settings: Settings
    layout: Layout
    progress: Progress
    book: Book
    database_pid: int | None = None
    began: float = field(default_factory=time.monotonic)

    def measure_ceiling(self) -> None:
        """Find out what the generator itself can do, against a server that does nothing.

        Raises:
            GeneratorError: the load could not be brought up.
            VariantFailedError: that server did not start.
        """
        self.progress(0.0, "the generator against a server that does nothing")
        with self.stage.nothing(self.layout.server) as server:
            request = self._request(server, "Ping") | {"window": CEILING_SECONDS}
            load, _ = self._measured(request, server)
        self.book.ceiling = Ceiling(load.capacity, load.cpu_seconds / load.window_seconds)

    def measure_rounds(self) -> None:
        """Measure round after round into the book, until the settings say that it is enough."""
        self.began = time.monotonic()
        for turns in rounds(list(self.variants), self.scenarios, self.settings.seed):
            for turn in turns:
                self._take(turn)
            if ended := self._enough(turns[0].round):
                self.book.ended = ended
                return

    def _take(self, turn: Turn) -> None:
        """Give a variant its turn: a fresh database, a fresh server, and every scenario."""
        variant = self.variants[turn.variant]
        try:
            with (
                self.stage.database() as database,
                self.stage.server(
                    variant,
                    database.url,
                    self.settings.server_environment,
                    self.settings.workers,
                    self.layout.server,
                ) as server,
            ):
                self._note_start(turn, server)
                for scenario in turn.scenarios:
                    self._measure(turn, scenario, server)
        except VariantFailedError as error:
            self.book.failures.append(Failure(turn.round, turn.variant, None, in_brief(error)))

    def _note_start(self, turn: Turn, server: Server) -> None:
        memory = tree_usage(server.pid)
        self.book.starts.append(
            Start(turn.round, turn.variant, server.startup_seconds, memory.pss_bytes, memory.rss_bytes)
        )

    def _measure(self, turn: Turn, scenario: Scenario, server: Server) -> None:
        """Measure a scenario, again while a gate trips: at most three times more, and only within the time budget."""
        for attempt in range(1, MAX_REPEATS + 2):
            again = f", again ({attempt - 1} of {MAX_REPEATS})" if attempt > 1 else ""
            self.progress(self._share(), f"round {turn.round}: {turn.variant}, {scenario.name}{again}")
            try:
                load, usage = self._measured(self._request(server, scenario.user_class), server)
            except LoadFailedError as error:
                self.book.failures.append(Failure(turn.round, turn.variant, scenario.name, str(error)))
                return
            sample = Sample(turn.round, turn.variant, scenario.name, attempt, load, usage)
            self.book.samples.append(sample)
            if not sample_faults(sample, self.settings) or not self._has_time_for_another():
                return

    def _measured(self, request: Mapping[str, object], server: Server) -> tuple[Load, Usage]:
        layout = self.layout
        # On a single core everything runs there, so nobody is missing when it is not the server.
        cores = layout.server if layout.server != layout.generator else ()
        return measure(self.generator, request, server_pid=server.pid, cores=cores, database_pid=self.database_pid)

    def _request(self, server: Server, user_class: str) -> dict[str, object]:
        return {
            "mode": "closed",
            "host": server.base_url,
            "user": user_class,
            "users": self.settings.users,
            "warm_up_max": self.settings.warm_up_max_seconds,
            "window": self.settings.window_seconds,
        }

    def _enough(self, number: int) -> str | None:
        """Why to stop after this round, or None to go on."""
        if number >= self.settings.max_rounds:
            return "complete"
        if number < self.settings.rounds:
            return None
        if self._reached() <= self.settings.precision:
            return "complete"
        a_round = self._seconds() / number
        return "budget" if self._seconds() + a_round > self.settings.budget_seconds else None

    def _reached(self) -> float:
        return max(widest_half_width(self._rates(scenario.name)) for scenario in self.scenarios)

    def _rates(self, scenario: str) -> dict[str, dict[int, float]]:
        """Capacity by variant and round, as far as the gates let it pass."""
        rates: dict[str, dict[int, float]] = {name: {} for name in self.variants}
        for sample in self.book.samples:
            if sample.scenario == scenario and not sample_faults(sample, self.settings):
                rates[sample.variant][sample.round] = sample.load.capacity
        return rates

    def _seconds(self) -> float:
        return time.monotonic() - self.began

    def _share(self) -> float:
        """How much is done: of the measurements where their number is fixed, of the time budget where it is not."""
        if self._planned:
            return self._done / self._planned
        return min(1.0, self._seconds() / max(1.0, self.settings.budget_seconds))

    def _has_time_for_another(self) -> bool:
        """Whether a measurement can be repeated, and all that are still to come fit into the time budget too."""
        left = max(0, self._planned - self._done) + 1
        return self._seconds() * (1 + left / len(self.book.samples)) <= self.settings.budget_seconds

    @property
    def _planned(self) -> int:
        """How many measurements there will be, 0 where the results decide."""
        fixed = self.settings.rounds == self.settings.max_rounds
        return self.settings.rounds * len(self.variants) * len(self.scenarios) if fixed else 0

    @property
    def _done(self) -> int:
        return len({(sample.round, sample.variant, sample.scenario) for sample in self.book.samples})

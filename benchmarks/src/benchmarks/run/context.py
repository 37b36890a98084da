"""What every study is given. A study is a function of it, which puts what it measures into the book, step by step."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from benchmarks.plan.contestants import Contestant, shipped
from benchmarks.plan.scenarios import Scenario
from benchmarks.results import Layout, Settings
from benchmarks.run.book import Book, Step
from benchmarks.run.generator import Generator
from benchmarks.run.stage import Stage


class Progress(Protocol):
    """Who is told how far a study has come: `share` from 0 to 1, and what is being done now."""

    def __call__(self, share: float, what: str) -> None:
        """Take note."""


@dataclass(frozen=True)
class Context:
    """Where a study takes place, who takes part, and where it writes.

    Attributes:
        contestants: those that have passed the contract suite; the frameworks alone are among them where wanted.
        cores: all that there are, also those that this process keeps off meanwhile.
        keep: writes the result as it is now; `finish` calls it.
        database_pid: the process below which the database's server is; None where there is none in sight.
        deadline: of the study, by `time.monotonic`; what is to be measured in any case may pass it.
    """

    stage: Stage
    generator: Generator
    contestants: tuple[Contestant, ...]
    scenarios: tuple[Scenario, ...]
    settings: Settings
    layout: Layout
    cores: tuple[int, ...]
    progress: Progress
    book: Book
    keep: Callable[[], object]
    database_pid: int | None
    deadline: float

    @property
    def shipped(self) -> tuple[Contestant, ...]:
        """The variants themselves."""
        return shipped(self.contestants)

    @property
    def server_cores(self) -> tuple[int, ...]:
        """Those that only servers may use; on a single core everything runs there, so there are none."""
        return self.layout.server if self.layout.server != self.layout.generator else ()

    def has_seconds(self, seconds: float) -> bool:
        """Whether so much time is left."""
        return time.monotonic() + seconds <= self.deadline

    def finish(self, step: Step) -> None:
        """Note that a step has ended, and keep the result."""
        self.book.finish(step)
        self.keep()

"""What has been measured so far: what an interrupted run keeps, and what one that goes on begins with."""

import time
from dataclasses import dataclass, field, fields

from benchmarks.results import Ceiling, Checkpoint, Failure, Layout, Result, Sample, Start
from benchmarks.studies import ExactCost, Footprint, LatencySample, ScaleSample, ServiceLevel

COMPLETE, BUDGET, INTERRUPTED = "complete", "budget", "interrupted"


@dataclass(frozen=True)
class Step:
    """A part of a study that is measured whole or not at all, such as `capacity/3` or `scale/1/rows`."""

    study: str
    round: int
    part: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.study, str(self.round), self.part)))


@dataclass
class Measured:
    """The members of a result that grow; a step only ever appends to them."""

    starts: list[Start] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    latencies: list[LatencySample] = field(default_factory=list)
    levels: list[ServiceLevel] = field(default_factory=list)
    scales: list[ScaleSample] = field(default_factory=list)
    costs: list[ExactCost] = field(default_factory=list)
    footprints: list[Footprint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


MEMBERS = tuple(member.name for member in fields(Measured))


@dataclass
class Book(Measured):
    """What has been measured, on which cores, and how long it took by what it was spent on."""

    layout: Layout = field(kw_only=True)
    ceiling: Ceiling | None = None
    ended: str = INTERRUPTED
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    resumed: int = 0
    study_seconds: dict[str, float] = field(default_factory=dict)
    _lap_began: float = field(default_factory=time.monotonic)

    def is_done(self, step: Step) -> bool:
        """Whether a step has ended, now or in the run that this one goes on with."""
        return str(step) in self.checkpoint.steps

    def finish(self, step: Step) -> None:
        """Note that a step has ended and what it measured is whole, and put its time down to its study."""
        self.lap(step.study)
        lengths = {name: len(getattr(self, name)) for name in MEMBERS}
        self.checkpoint = Checkpoint((*self.checkpoint.steps, str(step)), lengths)

    def note(self, text: str) -> None:
        """Say in the result what could not be measured; the same thing is said once."""
        if text not in self.notes:
            self.notes.append(text)

    def lap(self, name: str) -> None:
        """Put the time since the last call down to this."""
        now = time.monotonic()
        self.study_seconds[name] = self.study_seconds.get(name, 0.0) + now - self._lap_began
        self._lap_began = now

    @property
    def seconds(self) -> float:
        """All the time that was put down."""
        return sum(self.study_seconds.values())


def reopened(result: Result) -> Book:
    """The book of a run that goes on. What came after the last step that ended is forgotten, to be measured again."""
    lengths = result.checkpoint.lengths
    book = Book(
        layout=result.environment.layout,
        ceiling=result.ceiling,
        checkpoint=result.checkpoint,
        resumed=result.resumed + 1,
        study_seconds=dict(result.study_seconds),
    )
    for name in MEMBERS:
        getattr(book, name).extend(getattr(result, name)[: lengths.get(name, 0)])
    return book

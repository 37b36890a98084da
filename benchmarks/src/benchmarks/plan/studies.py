"""The studies of a comparison, each a table of the report; `benchmarks.run.registry` names what carries them out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Study:
    """What is measured, and how much of a standard run's time it may take; the capacity takes what the others leave."""

    name: str
    title: str
    question: str
    share: float
    in_quick: bool = False


CAPACITY = "capacity"
# In the order in which they are carried out: the latencies are asked at shares of the capacity.
STUDIES = (
    Study(CAPACITY, "Capacity", "how many requests a second does one core of a variant serve?", 0.0, in_quick=True),
    Study("latency", "Latency under load", "how long do answers take at the same rate for all?", 0.20),
    Study("level", "Service level", "at what rate are 99 of 100 answers still fast enough?", 0.10),
    Study("scale", "Scale", "what do more users, rows and workers change?", 0.09),
    Study("exact", "Exact cost", "how many instructions does a request take?", 0.16),
    Study("footprint", "Footprint", "how much is installed, and how much had to be written?", 0.01),
)


class UnknownStudyError(Exception):
    """No study has this name; the message lists the names that there are."""


def studies_named(names: Sequence[str] | None, *, quick: bool) -> tuple[Study, ...]:
    """Choose studies by name, or else those of a quick or a standard run, in the order of the list.

    Raises:
        UnknownStudyError: listing the names that there are.
    """
    known = [study.name for study in STUDIES]
    if names is None:
        return tuple(study for study in STUDIES if study.in_quick or not quick)
    if unknown := [name for name in names if name not in known]:
        raise UnknownStudyError(f"no study is named {unknown[0]!r}; there are: {', '.join(known)}")
    return tuple(study for study in STUDIES if study.name in names)

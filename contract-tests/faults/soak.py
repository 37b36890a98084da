"""Keeps a variant at half of its capacity for some minutes, and sees that memory and open files stay as they are.

`python -m faults.soak [V] [--minutes 10]` (`make soak`) prints a table for each variant. Exit code 0: neither has
grown; 1: one has, or an answer was wrong; 2: wrong use.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import psutil

from faults.calls import Call, Line
from faults.crowd import crowd, mixed_turn
from faults.service import ROWS, Service, served
from variants.catalog import CatalogError, Variant, load_variants, variant_named
from variants.databases import DatabaseError, sqlite_database
from variants.groups import interrupted_by_any_stop_signal
from variants.launch import VariantFailedError
from variants.watch import tree_usage

CLIENTS = 8
CAPACITY_SECONDS = 5.0
SAMPLES = 20
# Of the samples: caches fill and pools open during the first ones.
WARM_UP = 4
GROWTH_MAX = 0.05
# A connection more or less is open at the instant of a sample.
FILES_MAX = 8


@dataclass(frozen=True)
class Sample:
    """What the server had at an instant, and what was answered since the sample before."""

    seconds: float
    rss_bytes: int
    files: int
    answers: int
    faults: int


@dataclass(frozen=True)
class Soak:
    """A run: the capacity in requests a second, and the samples at half of it."""

    variant: str
    capacity: float
    samples: Sequence[Sample]

    @property
    def growth(self) -> float:
        """By which part the memory has grown since the end of the warm-up."""
        settled = [sample.rss_bytes for sample in self.samples[WARM_UP:]]
        part = max(1, len(settled) // 4)
        return mean(settled[-part:]) / mean(settled[:part]) - 1

    @property
    def more_files(self) -> int:
        """How many files more are open than at the end of the warm-up."""
        settled = [sample.files for sample in self.samples[WARM_UP:]]
        return settled[-1] - settled[0]

    @property
    def faults(self) -> int:
        """How many requests were not answered as they should be."""
        return sum(sample.faults for sample in self.samples)

    def objections(self, growth_max: float = GROWTH_MAX) -> list[str]:
        """What is wrong, in words: nothing where all answers were good, and nothing has grown."""
        found = {
            f"memory {self.growth:+.1%} (up to {growth_max:+.0%})": self.growth >= growth_max,
            f"files {self.more_files:+d} (up to {FILES_MAX:+d})": self.more_files > FILES_MAX,
            f"{self.faults} requests failed (none may)": self.faults > 0,
            "no request was answered": not any(sample.answers for sample in self.samples),
        }
        return [objection for objection, is_so in found.items() if is_so]


def soak(variant: Variant, seconds: float) -> Soak:
    """Measure the capacity of a variant, and keep it at half of that.

    Raises:
        VariantFailedError: it did not start.
        DatabaseError: there is no database for it.
    """
    with sqlite_database(ROWS) as database, served(variant, database.url) as service:
        capacity = _capacity(service)
        return Soak(variant.name, capacity, _samples(service, rate=capacity / 2, seconds=seconds))


def _capacity(service: Service) -> float:
    with crowd(service.base_url, service.token, mixed_turn, clients=CLIENTS) as clients:
        time.sleep(CAPACITY_SECONDS)
        return len(clients.calls) / CAPACITY_SECONDS


def _samples(service: Service, *, rate: float, seconds: float) -> list[Sample]:
    began, samples = time.monotonic(), list[Sample]()

    def paced_turn(line: Line, number: int) -> list[Call]:
        time.sleep(max(0.0, began + number * CLIENTS / rate - time.monotonic()))
        return mixed_turn(line, number)

    with crowd(service.base_url, service.token, paced_turn, clients=CLIENTS) as clients:
        for number in range(1, SAMPLES + 1):
            time.sleep(max(0.0, began + seconds * number / SAMPLES - time.monotonic()))
            samples.append(_sample(service, clients.taken(), time.monotonic() - began))
    return samples


def _sample(service: Service, calls: Sequence[Call], seconds: float) -> Sample:
    parent = psutil.Process(service.server.pid)
    faults = sum(not call.is_answered or call.status not in (200, 201) for call in calls)
    return Sample(
        seconds=seconds,
        rss_bytes=tree_usage(parent.pid).rss_bytes,
        files=sum(process.num_fds() for process in (parent, *parent.children(recursive=True))),
        answers=len(calls) - faults,
        faults=faults,
    )


def _print(run: Soak) -> None:
    print(f"{run.variant}: capacity {run.capacity:.0f} requests/s, soaked at half of it")
    print(f"{'seconds':>10}{'RSS MiB':>10}{'files':>8}{'answers':>10}{'faults':>8}")
    for sample in run.samples:
        memory = f"{sample.seconds:>10.0f}{sample.rss_bytes / 2**20:>10.1f}{sample.files:>8}"
        print(f"{memory}{sample.answers:>10}{sample.faults:>8}")
    objections = run.objections()
    answers = sum(sample.answers for sample in run.samples)
    told = (
        ", ".join(objections) or f"memory {run.growth:+.1%}, files {run.more_files:+d}, {answers} answers, none failed"
    )
    print(f"{run.variant}: {'NOT FLAT' if objections else 'FLAT'}: {told}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Look for what grows while a variant is at work.")
    parser.add_argument("variant", nargs="?", default="all", help="one variant, or all (default)")
    parser.add_argument("--minutes", type=float, default=10.0, help="for each variant (default: %(default)s)")
    given = parser.parse_args(arguments)
    try:
        variants = list(load_variants().values()) if given.variant == "all" else [variant_named(given.variant)]
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with interrupted_by_any_stop_signal():
            # Every variant is soaked, also after one that failed.
            flat = [_is_flat(variant, given.minutes * 60) for variant in variants]
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if all(flat) else 1


def _is_flat(variant: Variant, seconds: float) -> bool:
    try:
        run = soak(variant, seconds)
    except VariantFailedError as error:
        print(f"{variant.name}: NOT FLAT: {error}", flush=True)
        return False
    _print(run)
    return not run.objections()


if __name__ == "__main__":
    sys.exit(main())

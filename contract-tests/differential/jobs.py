"""Shares the rounds of a run among processes, each with servers of its own, so that all cores have something to do."""

import multiprocessing
import signal
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing.queues import Queue
from queue import Empty
from typing import Any

from fleet import fleet_of
from modes import MODES, Mode
from play import Player
from report import described
from world import WorldError

from variants.catalog import Variant
from variants.databases import DatabaseError
from variants.engines import Engine
from variants.groups import interrupted_by_any_stop_signal
from variants.launch import VariantFailedError

# One request in so many is played against the servers with small limits.
LIMITED_SHARE = 12
OPEN = ("open", "unlimited")
# Starting servers for fewer takes longer than playing them.
REQUESTS_A_JOB = 2_500
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Job:
    """What one process plays: the rounds `first`, `first + step`, … until it has played enough requests.

    Args:
        mode: a name of `modes.MODES`.
        divergences: stop after so many different ones.
        engine: of the databases.
    """

    mode: str
    variants: Sequence[Variant]
    engine: Engine
    seed: int
    first: int
    step: int
    requests: int
    divergences: int


@dataclass(frozen=True)
class News:
    """What a job tells: how many more requests were played, a divergence, a failure, or that it is done."""

    played: int = 0
    what: str = ""
    description: str = ""
    failure: str = ""
    done: bool = False


def planned(
    variants: Sequence[Variant], engine: Engine, *, seed: int, requests: int, divergences: int, processes: int
) -> list[Job]:
    """Share a run among processes."""
    limited = -(-requests // LIMITED_SHARE)
    number = max(1, min(processes, requests // REQUESTS_A_JOB))
    opened = -(-(requests - limited) // number)
    jobs = [Job(OPEN[first % 2], variants, engine, seed, first, number, opened, divergences) for first in range(number)]
    return [*jobs, Job("limited", variants, engine, seed, 0, 1, limited, divergences)]


def run(jobs: Sequence[Job], *, processes: int) -> Generator[News]:
    """Run jobs, so many at a time, and give their news as it comes. Leaving early ends them."""
    context = multiprocessing.get_context("spawn")
    news: Queue[News] = context.Queue()
    waiting = [context.Process(target=_work, args=(job, news)) for job in jobs]
    started: list[Any] = []
    running = 0
    try:
        while waiting or running:
            while waiting and running < processes:
                started.append(waiting.pop(0))
                started[-1].start()
                running += 1
            one = _next(news, started)
            running -= one.done
            yield one
    except BaseException:
        for process in started:
            # By SIGTERM, on which it stops its servers. One that is done ends by itself, and gives back what it has.
            process.terminate()
        raise
    finally:
        for process in started:
            process.join()


def _next(news: "Queue[News]", started: Sequence[Any]) -> News:
    while True:
        try:
            return news.get(timeout=PATIENCE_SECONDS)
        except Empty:
            # Nothing more will come of a process that was killed, or of one with a fault of its own.
            if any(process.exitcode for process in started):
                return News(failure="a process of the run has ended early", done=True)


def _work(job: Job, news: "Queue[News]") -> None:
    # A Ctrl-C reaches every process of the terminal; the one that waits for this one then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    failure = ""
    try:
        with interrupted_by_any_stop_signal():
            _play(job, news)
    except KeyboardInterrupt:
        news.cancel_join_thread()
    except (VariantFailedError, DatabaseError, WorldError) as error:
        failure = str(error)
    news.put(News(failure=failure, done=True))


def _play(job: Job, news: "Queue[News]") -> None:
    mode: Mode = MODES[job.mode]
    with fleet_of(job.variants, mode.settings, job.engine) as fleet:
        player = Player(fleet, mode, requests=job.requests, on_requests=lambda number: news.put(News(played=number)))
        number = job.first
        while not player.finished and len(player.known) < job.divergences:
            for found in player.round(f"{job.seed}-{job.mode}-{number}"):
                news.put(News(what=found.what, description=described(found)))
            number += job.step

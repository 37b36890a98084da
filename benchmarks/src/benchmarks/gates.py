"""The gates that a measurement has to pass before its number is shown. Pure; the limits are those of docs/method.md."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil
from statistics import median

from benchmarks.results import Sample, Settings
from benchmarks.studies import ScaleSample

MAX_ERROR_SHARE = 0.001
MAX_GENERATOR_SHARE = 0.80
MIN_SERVER_SHARE = 0.90
MAX_LITTLE_DEVIATION = 0.05
# A virtual machine is never idle: its kernel and its agents took 3 to 6 % of a core beside every load here.
MAX_OTHERS_SHARE = 0.08
SPREAD_TO_PRINT = 0.15
# Of the rounds that a run takes at least, so many have to be good.
GOOD_ROUNDS_SHARE = 0.6
SATURATION = "saturation"


@dataclass(frozen=True)
class Fault:
    """A gate that tripped, and the figures that tripped it, in words for a table's remark."""

    gate: str
    why: str


def sample_faults(sample: Sample, settings: Settings) -> list[Fault]:
    """Judge one measurement of a closed loop.

    Returns:
        The gates that it failed, the one that explains most first; empty when it is good.
    """
    if not sample.load.requests:
        return [Fault("errors", "no request was answered")]
    judged = (_errors(sample), _others(sample), _generator(sample), _saturation(sample, settings), _little(sample))
    return [fault for fault in judged if fault is not None]


def scale_faults(sample: ScaleSample, settings: Settings) -> list[Fault]:
    """Judge one window of a sweep by the same gates.

    With few users a server has less to do than it could, which is what the sweep is to show; so a server that is not
    saturated is a fault where rows or workers are varied only.
    """
    workers = sample.value if sample.dimension == "workers" else settings.workers
    window = Sample(0, sample.variant, sample.scenario, sample.attempt, sample.load, sample.usage)
    faults = sample_faults(window, replace(settings, workers=workers))
    return [fault for fault in faults if fault.gate != SATURATION or sample.dimension != "concurrency"]


def good_samples(samples: Iterable[Sample], settings: Settings) -> list[Sample]:
    """Those that pass every gate."""
    return [sample for sample in samples if not sample_faults(sample, settings)]


def round_rates(samples: Iterable[Sample], settings: Settings) -> dict[int, float]:
    """The capacity of a cell in each round: good answers over seconds of all its windows that pass the gates.

    Parameters:
        samples: of one contestant in one scenario.

    Returns:
        Good answers a second by round; a round without a valid window has none.
    """
    seconds: dict[int, float] = {}
    answers: dict[int, float] = {}
    for sample in good_samples(samples, settings):
        seconds[sample.round] = seconds.get(sample.round, 0.0) + sample.load.window_seconds
        answers[sample.round] = answers.get(sample.round, 0.0) + sample.load.capacity * sample.load.window_seconds
    return {number: answers[number] / seconds[number] for number in sorted(seconds)}


def least_good_rounds(settings: Settings) -> int:
    """How many rounds of a cell have to be good: fewer than were asked for, as a machine has bad moments."""
    return min(settings.rounds, max(2, ceil(GOOD_ROUNDS_SHARE * settings.rounds)))


def spread(values: list[float]) -> float:
    """How far apart some rounds are: highest less lowest, as a share of their median."""
    return (max(values) - min(values)) / median(values) if len(values) > 1 else 0.0


def _errors(sample: Sample) -> Fault | None:
    failures = sum(sample.load.failures.values())
    if failures <= MAX_ERROR_SHARE * sample.load.requests:
        return None
    kind = max(sample.load.failures, key=lambda name: sample.load.failures[name])
    return Fault("errors", f"{failures / sample.load.requests:.1%} errors, most of them {kind}")


def _others(sample: Sample) -> Fault | None:
    share = (sample.usage.others_cpu_seconds + sample.usage.stolen_seconds) / sample.usage.seconds
    if share <= MAX_OTHERS_SHARE:
        return None
    return Fault("others", f"others used {share:.0%} of a core meanwhile")


def _generator(sample: Sample) -> Fault | None:
    share = sample.load.cpu_seconds / sample.load.window_seconds
    if share <= MAX_GENERATOR_SHARE:
        return None
    return Fault("generator", f"the generator was busy {share:.0%} of its core")


def _saturation(sample: Sample, settings: Settings) -> Fault | None:
    """A server that waits has more to give than was asked of it, so what was measured is not its capacity."""
    share = sample.usage.server_cpu_seconds / sample.usage.seconds / settings.workers
    if share >= MIN_SERVER_SHARE:
        return None
    if _generator(sample):
        limit = "the generator"
    elif _others(sample):
        limit = "other processes"
    elif _database_is_busy(sample):
        limit = "the database"
    else:
        limit = "waiting, for locks or the disk"
    return Fault(SATURATION, f"not saturated: the server used {share:.0%} of its core, the limit was {limit}")


def _database_is_busy(sample: Sample) -> bool:
    """Whether the database and the generator together, which may have one core to share, leave little of one idle."""
    database = sample.usage.database_cpu_seconds
    if database is None:
        return False
    busy = database / sample.usage.seconds + sample.load.cpu_seconds / sample.load.window_seconds
    return busy > MAX_GENERATOR_SHARE


def _little(sample: Sample) -> Fault | None:
    """Little's law: as many requests are under way as the rate times the mean time, or one of the three is wrong."""
    rate = sample.load.requests / sample.load.window_seconds
    under_way = rate * sample.load.mean_ms / 1000
    if abs(under_way / sample.load.concurrency - 1) <= MAX_LITTLE_DEVIATION:
        return None
    return Fault("little", f"rate times mean time is {under_way:.1f} requests, not {sample.load.concurrency}")

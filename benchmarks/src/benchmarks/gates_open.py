"""The gates of an open loop: whether a window says something, and whether the server kept up. Pure.

A generator that is busy or late, and a machine that others use, make a window say nothing. A server that does not keep
up with the arrivals makes it say just that: its response times grow for as long as one looks.
"""

from collections.abc import Sequence

from benchmarks.gates import MAX_ERROR_SHARE, MAX_GENERATOR_SHARE, MAX_OTHERS_SHARE, Fault
from benchmarks.studies import LatencySample, OpenLoad, Usage

MIN_ACHIEVED_SHARE = 0.99
MAX_LATE_SHARE = 0.02
OTHERS, GENERATOR, LATE, RATE, ERRORS = "others", "generator", "late", "rate", "errors"
# Of these nobody but the measurement itself is to blame.
DISTURBANCES = frozenset({OTHERS, GENERATOR, LATE})


def open_faults(load: OpenLoad, usage: Usage) -> list[Fault]:
    """Judge one window.

    Returns:
        The gates that it failed, the one that explains most first; empty when it is good.
    """
    if not load.offered:
        return [Fault(RATE, "nothing was offered: the rate is too low for the window")]
    judged = (_others(usage), _generator(load), _late(load), _rate(load), _errors(load))
    return [fault for fault in judged if fault is not None]


def latency_faults(sample: LatencySample) -> list[Fault]:
    """Judge one window of the latency study, as `open_faults`."""
    return open_faults(sample.load, sample.usage)


def disturbance(faults: Sequence[Fault]) -> Fault | None:
    """What makes a window say nothing of the server; None when it says something, be it that it failed."""
    return next((fault for fault in faults if fault.gate in DISTURBANCES), None)


def cannot_serve(faults: Sequence[Fault]) -> bool:
    """Whether a window says that the server cannot serve this rate, which is an answer and no bad measurement."""
    return disturbance(faults) is None and any(fault.gate == RATE for fault in faults)


def fault_of_rounds(found: Sequence[Sequence[Fault]]) -> Fault | None:
    """What is wrong with a point of some rounds, given the faults of each.

    A round that was disturbed says nothing, and is left out while most are left. Of those, a server that fails in most
    cannot do what was asked; one that fails in fewer has long times there, which are in its figures.
    """
    disturbed = [fault for faults in found if (fault := disturbance(faults))]
    if 2 * len(disturbed) >= len(found):
        return disturbed[0] if disturbed else None
    failed = [faults[0] for faults in found if faults and not disturbance(faults)]
    return failed[0] if 2 * len(failed) > len(found) - len(disturbed) else None


def _others(usage: Usage) -> Fault | None:
    share = (usage.others_cpu_seconds + usage.stolen_seconds) / usage.seconds
    if share <= MAX_OTHERS_SHARE:
        return None
    return Fault(OTHERS, f"others used {share:.0%} of a core meanwhile")


def _generator(load: OpenLoad) -> Fault | None:
    share = load.cpu_seconds / load.window_seconds
    if share <= MAX_GENERATOR_SHARE:
        return None
    return Fault(GENERATOR, f"the generator was busy {share:.0%} of its core")


def _late(load: OpenLoad) -> Fault | None:
    if load.late_share <= MAX_LATE_SHARE:
        return None
    return Fault(LATE, f"the generator sent {load.late_share:.1%} of the requests more than 1 ms late")


def _rate(load: OpenLoad) -> Fault | None:
    """In a window as many are answered as arrive, or a queue grows. All kinds of answers count: errors have a gate."""
    share = load.served / load.offered
    if share >= MIN_ACHIEVED_SHARE:
        return None
    return Fault(RATE, f"cannot serve {load.rate:,.0f} requests/s: it answered {share:.1%} of them in the same time")


def _errors(load: OpenLoad) -> Fault | None:
    if load.error_share <= MAX_ERROR_SHARE:
        return None
    unanswered = load.offered - load.requests
    kinds = {**load.failures, **({"no answer": unanswered} if unanswered else {})}
    return Fault(ERRORS, f"{load.error_share:.1%} errors, most of them {max(kinds, key=lambda kind: kinds[kind])}")

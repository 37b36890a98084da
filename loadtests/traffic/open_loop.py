"""Requests that are sent when they are due, whether the server has answered the others or not: it finds the latency.

A closed loop sends less to a server that stalls, and so hardly sees that it does (coordinated omission). Here arrivals
are scheduled ahead, and a response time counts from the instant that its request was scheduled for.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import gevent  # type: ignore[import-untyped] # gevent has no types
from locust.env import Environment

from traffic.alarm import Alarm, alarm
from traffic.arrivals import poisson_arrivals
from traffic.connections import Arrival, Connections
from traffic.load import Announce, LoadError
from traffic.priority import ahead_of_others
from traffic.recorder import Recorder, Summary, listen_alone
from traffic.servers import first_user, prepare
from traffic.user import ApiUser

# Preparations are over by then, so the first arrivals are not late.
LEAD_SECONDS = 0.05
# Whoever watches the server may need some milliseconds of the generator's own core: they shall not be the window's.
ANNOUNCE_SECONDS = 0.02
POLL_SECONDS = 0.005
LATE_SECONDS = 0.001


@dataclass(frozen=True)
class OpenLoop:
    """One measurement. Seconds throughout.

    Attributes:
        rate: arrivals a second.
        seed: of the schedule; the same one makes the same arrivals.
        warm_up: how long requests come at this rate before the window.
        grace: how long the window's requests may be under way after its end.
        connections: the most that are opened; what is due when all are busy waits, and its time counts.
        server: as `traffic.servers` has it.
    """

    host: str
    user: str
    rate: float
    seed: str = "0"
    warm_up: float = 0.5
    window: float = 3.0
    grace: float = 2.0
    connections: int = 512
    server: str = ""

    def __post_init__(self) -> None:
        if min(self.rate, self.window) <= 0 or self.connections < 1 or min(self.warm_up, self.grace) < 0:
            raise LoadError("rate, window and connections must be positive, warm_up and grace not negative")


@dataclass(frozen=True)
class Span:
    """The window, between two instants of `time.perf_counter`."""

    opens: float
    closes: float

    def holds(self, instant: float) -> bool:
        """Whether an instant is in it."""
        return self.opens <= instant < self.closes


@dataclass
class Answers:
    """A listener of Locust's request event: writes an answer into the arrival that it is for, or else into a book."""

    preparations: Recorder = field(default_factory=Recorder)

    def on_request(
        self,
        request_type: str,
        name: str,
        response_time: float,
        exception: Exception | None,
        context: Mapping[str, object],
        **_: object,
    ) -> None:
        """Take note of one answer, or of one request that got none."""
        arrival = context["arrival"]
        if isinstance(arrival, Arrival):
            arrival.settle(f"{request_type} {name}", response_time / 1000, exception)
        else:
            self.preparations.on_request(request_type, name, response_time, exception)


def measure(plan: OpenLoop, user_class: type[ApiUser], announce: Announce) -> Summary:
    """Send what is due for a warm-up and a window, and wait a while for what is still under way.

    Parameters:
        announce: is told `window_begins` just before and `window_ends` at the end of the window.

    Raises:
        LoadError: the user could not log in.
        BaseDataError: the API gives nothing to ask for.
    """
    environment = Environment(user_classes=[user_class], host=plan.host)
    answers = Answers()
    listen_alone(environment, answers.on_request)
    prepare(environment, user_class, plan.server, answers.preparations)
    connections = Connections(first_user(environment, user_class, answers.preparations), most=plan.connections)
    gc.disable()
    try:
        with alarm() as sleep_until, ahead_of_others():
            return _carried_out(plan, connections, sleep_until, announce)
    finally:
        connections.close()
        gc.enable()


def _carried_out(plan: OpenLoop, connections: Connections, sleep_until: Alarm, announce: Announce) -> Summary:
    begins = time.perf_counter() + LEAD_SECONDS
    arrivals = _arrivals(plan, connections.tasks, begins)
    span = Span(begins + plan.warm_up, begins + plan.warm_up + plan.window)
    feeder = gevent.spawn(_feed, arrivals, connections, sleep_until)
    try:
        cpu_seconds = _watch(span, connections, announce)
        _wait_for_the_rest(feeder, connections, until=span.closes + plan.grace)
    finally:
        feeder.kill()
        connections.end_all()
    summary = _summary(plan, span, arrivals, time.perf_counter())
    return summary | {"cpu_seconds": cpu_seconds, "most_in_flight": connections.most_in_flight}


def _arrivals(plan: OpenLoop, tasks: Sequence[Callable[[ApiUser], None]], begins: float) -> list[Arrival]:
    draw = Random(f"{plan.seed}/tasks")  # noqa: S311 - a schedule that can be repeated, no secret
    instants = poisson_arrivals(plan.rate, plan.warm_up + plan.window, plan.seed)
    return [Arrival(begins + instant, draw.choice(tasks)) for instant in instants]


def _feed(arrivals: Sequence[Arrival], connections: Connections, sleep_until: Alarm) -> None:
    for arrival in arrivals:
        sleep_until(arrival.instant)
        connections.send(arrival)


def _watch(span: Span, connections: Connections, announce: Announce) -> float:
    """Tell of the window's begin and end, and work out the generator's CPU seconds in it."""
    _sleep_until(span.opens - ANNOUNCE_SECONDS)
    announce("window_begins")
    _sleep_until(span.opens)
    connections.count_anew()
    began = time.process_time()
    _sleep_until(span.closes)
    seconds = time.process_time() - began
    announce("window_ends")
    return seconds


def _sleep_until(instant: float) -> None:
    gevent.sleep(max(0.0, instant - time.perf_counter()))


def _wait_for_the_rest(feeder: gevent.Greenlet, connections: Connections, *, until: float) -> None:
    while (connections.in_flight or not feeder.ready()) and time.perf_counter() < until:
        gevent.sleep(POLL_SECONDS)


def _summary(plan: OpenLoop, span: Span, arrivals: Sequence[Arrival], now: float) -> Summary:
    """Sum up what was due in the window. What has no answer takes part with its age: it takes longer than that."""
    due = [arrival for arrival in arrivals if span.holds(arrival.instant)]
    recorder, answered = Recorder(), 0
    for arrival in due:
        ended = now if arrival.ended is None else arrival.ended
        recorder.times_ms.append((ended - arrival.instant) * 1000)
        if arrival.ended is not None:
            answered += 1
            recorder.routes[arrival.route] += 1
        if arrival.failure is not None:
            recorder.failures[f"{arrival.route}: {arrival.failure}"] += 1
    return recorder.summary() | {
        "rate": plan.rate,
        "offered": len(due),
        "requests": answered,
        "served": sum(arrival.ended is not None and span.holds(arrival.ended) for arrival in arrivals),
        "window_seconds": plan.window,
        "late_share": sum(arrival.lateness > LATE_SECONDS for arrival in due) / max(1, len(due)),
    }

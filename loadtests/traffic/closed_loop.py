"""A fixed number of users, each sending its next request when the last one is answered: it finds the capacity."""

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass

import gevent  # type: ignore[import-untyped] # gevent has no types
from locust import User
from locust.env import Environment
from locust.runners import LocalRunner

from traffic.load import Announce, LoadError
from traffic.recorder import Recorder, Summary, listen_alone
from traffic.servers import prepare
from traffic.user import ApiUser

WARM_UP_WINDOW_SECONDS = 0.5
SETTLED_WINDOWS = 3
SETTLED_WITHIN = 0.05
READY_SECONDS = 60.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class ClosedLoop:
    """One measurement. Seconds throughout; the warm-up ends early once its windows agree.

    `settle` passes between the start and the window whatever the warm-up says: for a server that is warm already, and
    only the connections are new. `server` is that of `traffic.servers`.
    """

    host: str
    user: str
    users: int = 32
    warm_up_max: float = 10.0
    window: float = 2.0
    settle: float = 0.0
    server: str = ""

    def __post_init__(self) -> None:
        if self.users < 1 or self.window <= 0 or self.warm_up_max < 0 or self.settle < 0:
            raise LoadError("users and window must be positive, warm_up_max and settle not negative")


def measure(plan: ClosedLoop, user_class: type[User], announce: Announce) -> Summary:
    """Bring the users up, warm up until the rate has settled, then measure one window.

    Parameters:
        announce: is told `window_begins` and `window_ends` at these very instants, for whoever watches the server.

    Raises:
        LoadError: the users did not start.
        BaseDataError: the API gives nothing to ask for.
    """
    recorder = Recorder()
    environment = Environment(user_classes=[user_class], host=plan.host, stop_timeout=STOP_SECONDS)
    listen_alone(environment, recorder.on_request)
    if issubclass(user_class, ApiUser):
        prepare(environment, user_class, plan.server, recorder)
    runner = environment.create_local_runner()
    # The runner has brought Locust's statistics back.
    listen_alone(environment, recorder.on_request)
    gc.disable()
    try:
        runner.start(plan.users, spawn_rate=plan.users)
        _wait_until_ready(runner, plan.users, recorder)
        gevent.sleep(plan.settle)
        rates = _warm_up(recorder, plan.warm_up_max)
        window = _window(recorder, plan.window, announce)
    finally:
        runner.quit()
        gc.enable()
    return window | {"concurrency": plan.users, "warm_up_rates": rates, "warm_up_settled": settled(rates)}


def settled(rates: Sequence[float]) -> bool:
    """Whether the last three windows of a warm-up agree: all within 5 % of their mean from lowest to highest."""
    last = rates[-SETTLED_WINDOWS:]
    if len(last) < SETTLED_WINDOWS:
        return False
    return max(last) - min(last) <= SETTLED_WITHIN * sum(last) / len(last)


def _wait_until_ready(runner: LocalRunner, users: int, recorder: Recorder) -> None:
    """Wait for every user's log-in, which is work of the server that no window may contain."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        started: list[ApiUser] = [greenlet.args[0] for greenlet in runner.user_greenlets]
        if len(started) == users and all(user.ready for user in started):
            return
        spawning = runner.spawning_greenlet
        if spawning is not None and spawning.ready() and len(started) < users:
            break
        gevent.sleep(POLL_SECONDS)
    raise LoadError(f"not all of the {users} users could start: {recorder.failures_in_words()}")


def _warm_up(recorder: Recorder, seconds: float) -> list[float]:
    rates: list[float] = []
    while len(rates) * WARM_UP_WINDOW_SECONDS < seconds and not settled(rates):
        before, began = len(recorder.times_ms), time.perf_counter()
        gevent.sleep(WARM_UP_WINDOW_SECONDS)
        rates.append((len(recorder.times_ms) - before) / (time.perf_counter() - began))
    return rates


def _window(recorder: Recorder, seconds: float, announce: Announce) -> Summary:
    recorder.clear()
    announce("window_begins")
    began, cpu = time.perf_counter(), time.process_time()
    gevent.sleep(seconds)
    elapsed, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    announce("window_ends")
    # Nothing from the end of the sleep to here yields to a user, so what is summed up is the window and no more.
    return recorder.summary() | {"window_seconds": elapsed, "cpu_seconds": cpu_seconds}

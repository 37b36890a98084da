"""Windows of a closed loop on servers that run side by side: one warm-up each, then short windows in turn.

The clock of a machine drifts within seconds: rounds that gave each server a minute of its own had ratios 10 % apart.
Windows that lie seconds apart see the same machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.gates import Fault
from benchmarks.plan.contestants import Contestant
from benchmarks.plan.scenarios import Scenario
from benchmarks.results import Failure
from benchmarks.run.book import Step
from benchmarks.run.context import Context
from benchmarks.run.generator import LoadFailedError
from benchmarks.run.servers import Servers
from benchmarks.run.stage import Server
from benchmarks.run.window import measure
from benchmarks.studies import Load, Usage

MAX_REPEATS = 3
# Until the connections of a new load are made; the server itself is warm by then.
SETTLE_SECONDS = 0.1
# A warm-up is asked for as a load whose window is thrown away.
LEAST_WINDOW_SECONDS = 0.05
# What a window takes beside itself: users that start and stop.
OVERHEAD_SECONDS = 0.3


@dataclass(frozen=True)
class Loads:
    """Loads of one scenario on the servers of a round. `step` is what failures are noted under."""

    context: Context
    servers: Servers
    scenario: Scenario
    step: Step

    def warm_up(self, contestant: Contestant, users: int | None = None) -> Load | None:
        """Put a load on a server before its windows; None, and a failure in the book, when there is none."""
        seconds = self.context.settings.warm_up_max_seconds
        window = self._load(contestant, users, warm_up=seconds, window=LEAST_WINDOW_SECONDS, settle=0.0)
        return None if window is None else window[0]

    def window(
        self, contestant: Contestant, users: int | None = None, seconds: float | None = None
    ) -> tuple[Load, Usage] | None:
        """Measure a warm server for a window; None, and a failure in the book, when the load is not brought up."""
        usual = self.context.settings.window_seconds * self.scenario.window_factor
        return self._load(contestant, users, warm_up=0.0, window=seconds or usual, settle=SETTLE_SECONDS)

    def _load(
        self, contestant: Contestant, users: int | None, *, warm_up: float, window: float, settle: float
    ) -> tuple[Load, Usage] | None:
        context, server = self.context, self.servers[contestant]
        request = {
            "mode": "closed",
            "host": server.base_url,
            "user": self.scenario.user_class,
            "users": users or self.scenario.users or context.settings.users,
            "warm_up_max": warm_up,
            "window": window,
            "settle": settle,
            "server": server_name(server),
        }
        try:
            return measure(
                context.generator,
                request,
                server_pid=server.pid,
                cores=context.server_cores,
                database_pid=context.database_pid,
                idle_pids=tuple(other.pid for one, other in self.servers.items() if one != contestant),
            )
        except LoadFailedError as error:
            context.book.failures.append(self._failure(contestant, str(error)))
            return None

    def _failure(self, contestant: Contestant, why: str) -> Failure:
        handler = contestant.handler.value
        return Failure(self.step.round, contestant.name, self.scenario.name, why, handler, self.step.study)


def server_name(server: Server) -> str:
    """A name that no other server of this run has: ports are given out again, and so are the numbers of processes."""
    return f"{server.base_url} {server.pid}"


def until_valid(take: Callable[[int], Sequence[Fault] | None], has_time: Callable[[], bool]) -> bool:
    """Take a window, again while a gate trips: at most three times more, and only while there is time.

    Parameters:
        take: measures the attempt of this number; gives the gates that tripped, None when there was no load.

    Returns:
        Whether there was a load at all.
    """
    for attempt in range(1, MAX_REPEATS + 2):
        faults = take(attempt)
        if faults is None:
            return False
        if not faults or not has_time():
            return True
    return True

"""The connections of an open loop: as many as are needed at once, each a user of its own."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import gevent  # type: ignore[import-untyped] # gevent has no types
from gevent.pool import Group  # type: ignore[import-untyped] # the same

from traffic.recorder import failure_kind
from traffic.user import ApiUser

Task = Callable[[ApiUser], None]


@dataclass(slots=True)
class Arrival:
    """One request that is due, and what came of it. Instants are those of `time.perf_counter`.

    Attributes:
        instant: when it is due.
        lateness: seconds from then to its begin that the generator itself was late, none of which were waited for a
            connection.
        ended: when the answer was there; None as long as there is none.
    """

    instant: float
    task: Task
    lateness: float = 0.0
    began: float = 0.0
    ended: float | None = None
    route: str = ""
    failure: str | None = None

    def settle(self, route: str, seconds: float, exception: BaseException | None) -> None:
        """Note an answer that took so long. After a renewed token comes another one, and the last one counts."""
        self.ended, self.began = self.began + seconds, time.perf_counter()
        self.route, self.failure = route, None if exception is None else failure_kind(exception)


class Connections:
    """Sends each arrival over a free connection, over a new one, or over the next to be free when there are enough."""

    def __init__(self, first: ApiUser, *, most: int) -> None:
        self._first = first
        self._most = most
        self._all = [first]
        self._free = [first]
        self._waiting: deque[Arrival] = deque()
        self._at_work = Group()
        self.most_in_flight = 0

    @property
    def tasks(self) -> Sequence[Task]:
        """What the users do, each as often as its weight says."""
        # No class of ours has a TaskSet, the other thing that Locust allows there.
        return cast(Sequence[Task], self._first.tasks)

    @property
    def in_flight(self) -> int:
        """How many requests are under way."""
        return len(self._all) - len(self._free)

    def count_anew(self) -> None:
        """Forget how many were in flight at most until now."""
        self.most_in_flight = self.in_flight

    def send(self, arrival: Arrival) -> None:
        """Begin with an arrival as soon as may be; returns at once."""
        if self._free:
            user = self._free.pop()
        elif len(self._all) < self._most:
            user = self._another()
        else:
            self._waiting.append(arrival)
            return
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self._at_work.add(gevent.spawn(self._work, user, arrival))

    def end_all(self) -> None:
        """Give up what is under way and what waits."""
        self._waiting.clear()
        self._at_work.kill()

    def close(self) -> None:
        """Close every connection."""
        for user in self._all:
            user.on_stop()

    def _another(self) -> ApiUser:
        user = type(self._first)(self._first.environment)
        user.start_as(self._first)
        self._all.append(user)
        return user

    def _work(self, user: ApiUser, arrival: Arrival) -> None:
        """Carry out an arrival, and then those that wait for a connection."""
        arrival.lateness = time.perf_counter() - arrival.instant
        _carry_out(user, arrival)
        while self._waiting:
            _carry_out(user, self._waiting.popleft())
        self._free.append(user)


def _carry_out(user: ApiUser, arrival: Arrival) -> None:
    user.arrival, arrival.began = arrival, time.perf_counter()
    try:
        arrival.task(user)
    except Exception as error:
        # Whatever a task makes of a strange answer is this request's failure.
        arrival.settle(arrival.route or "no answer", time.perf_counter() - arrival.began, error)

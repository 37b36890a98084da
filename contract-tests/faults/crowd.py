"""Clients at work in threads, each with a connection of its own, until they are told to stop."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from faults.calls import Call, Line

# What a client does next, given its line and the number of its turn.
Turn = Callable[[Line, int], Sequence[Call]]
_NUMBERS = count()


class Crowd:
    """Some clients, and all that became of their requests, in the order in which each client sent them."""

    def __init__(self, lines: Sequence[Line], turn: Turn) -> None:
        self._stopped = threading.Event()
        self._records: list[list[Call]] = [[] for _ in lines]
        self._threads = [
            threading.Thread(target=self._work, args=(line, turn, record), daemon=True)
            for line, record in zip(lines, self._records, strict=True)
        ]

    @property
    def records(self) -> list[list[Call]]:
        """The requests of each client so far."""
        return [list(record) for record in self._records]

    @property
    def calls(self) -> list[Call]:
        """All requests so far, by client."""
        return [call for record in self.records for call in record]

    def since(self, instant: float) -> list[Call]:
        """The requests that were begun after an instant of `time.monotonic`."""
        return [call for call in self.calls if call.began >= instant]

    def taken(self) -> list[Call]:
        """The requests since this was asked last; they are forgotten."""
        calls = []
        for record in self._records:
            length = len(record)
            calls += record[:length]
            del record[:length]
        return calls

    def start(self) -> None:
        """Let the clients begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each client finish its turn."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, number: int, seconds: float = 30.0) -> None:
        """Wait until so many more requests have been answered.

        Raises:
            AssertionError: they were not in time.
        """
        target = self._answered() + number
        wait_until(lambda: self._answered() >= target, seconds, f"there are fewer than {number} answers")

    def have_each(self, fits: Callable[[Call], bool]) -> bool:
        """Whether each client has sent a request that fits."""
        return all(any(map(fits, record)) for record in self.records)

    def _answered(self) -> int:
        return sum(call.is_answered for call in self.calls)

    def _work(self, line: Line, turn: Turn, record: list[Call]) -> None:
        with line:
            for number in count():
                if self._stopped.is_set():
                    return
                calls = turn(line, number)
                record.extend(calls)
                if not calls:
                    return


def wait_until(is_so: Callable[[], bool], seconds: float, fault: str) -> None:
    """Wait for something to be so.

    Raises:
        AssertionError: it is not in time; with what that means.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{fault} after {seconds:.1f} s"
        time.sleep(0.02)


@contextmanager
def crowd(base_url: str, token: str, turn: Turn, *, clients: int) -> Iterator[Crowd]:
    """Keep some clients at work for as long as the body runs."""
    working = Crowd([Line(base_url, token) for _ in range(clients)], turn)
    working.start()
    try:
        yield working
    finally:
        working.stop()


def new_article() -> dict[str, object]:
    """A body for a new article; no other has its title."""
    number = next(_NUMBERS)
    return {"title": f"title {number}-{random.getrandbits(64):x}", "content": "text", "tags": ["a", "b"]}


def mixed_turn(line: Line, number: int) -> list[Call]:
    """Read a list, create an article, read it, and ask for a ping, one after the other."""
    kinds: list[tuple[str, str, object]] = [
        ("GET", "/api/v1/articles?limit=5", None),
        ("POST", "/api/v1/articles", new_article()),
        ("GET", "/api/v1/articles/1", None),
        ("GET", "/api/v1/ping", None),
    ]
    return [line.call(*kinds[number % len(kinds)])]

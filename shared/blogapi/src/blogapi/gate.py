"""For servers of threads: how many of them may wait for the database at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# A place comes free many times a second, unless the database does not answer.
STUCK_SECONDS = 1.0


class Gate:
    """Lets a number of threads in. While they do not come out, others are refused at once, and not kept waiting.

    With a thread more than places, what needs no database is answered although every place waits for it.
    """

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)
        self._moved_at = time.monotonic()

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Hold a place while the body runs.

        Raises:
            sqlalchemy.exc.TimeoutError: there is none.
        """
        if not self._places.acquire(blocking=False):
            self._wait()
        self._moved_at = time.monotonic()
        try:
            yield
        finally:
            self._moved_at = time.monotonic()
            self._places.release()

    def _wait(self) -> None:
        seconds = self._moved_at + STUCK_SECONDS - time.monotonic()
        if seconds <= 0 or not self._places.acquire(timeout=seconds):
            raise PoolTimeoutError("no connection has come free")

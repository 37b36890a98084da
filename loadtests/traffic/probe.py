"""How fast the machine is while a load runs: the same small piece of work again and again, on its own CPU time.

A shared machine's speed changes within tenths of a second, and a server's rate follows it. What a probe beside the load
tells of that can be taken out of the rate (a control variate), as the probe is the same whatever server is loaded.
"""

import json
import time

import gevent  # type: ignore[import-untyped] # gevent has no types

# Less than one per cent of the generator's time: a run takes 15 microseconds with warm caches, and the first one more.
INTERVAL_SECONDS = 0.01
# What servers and clients do all the time: objects are made of text. It fits into any processor's second cache.
DOCUMENT = json.dumps(
    [
        {"id": number, "title": "probe" * 6, "content": "word " * 20, "tags": ["a", "b", "c"], "author": {"id": number}}
        for number in range(12)
    ]
)


class SpeedProbe:
    """A greenlet that does the work every few milliseconds; `forget` before a window, `mean_seconds` after it.

    Attributes:
        runs: how often the work was timed since `forget`.
    """

    def __init__(self) -> None:
        self.runs = 0
        self._cpu_seconds = 0.0
        self._greenlet = gevent.spawn(self._go_on)

    @property
    def mean_seconds(self) -> float | None:
        """The CPU time of one run; None before the first."""
        return self._cpu_seconds / self.runs if self.runs else None

    def forget(self) -> None:
        """Begin anew."""
        self.runs, self._cpu_seconds = 0, 0.0

    def stop(self) -> None:
        """End the greenlet."""
        self._greenlet.kill()

    def _go_on(self) -> None:
        while True:
            gevent.sleep(INTERVAL_SECONDS)
            # Once for the caches, which hold what the load has left in them: a server's answers may not be felt here.
            json.loads(DOCUMENT)
            began = time.thread_time()
            json.loads(DOCUMENT)
            self._cpu_seconds += time.thread_time() - began
            self.runs += 1

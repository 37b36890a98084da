"""How fast a core is while others use it: the same small piece of work again and again (`python probe.py CORE`).

A program of its own that needs nothing but Python, so that it starts in some milliseconds. It says `ready`, takes
`begin` and `end` from its standard input, and tells after each `end` as JSON what it has found since `begin`:

- `speed`: runs a second of the core, were it given to nothing else; the mean over the runs, as a rate is one over time;
- `runs`: how often the work was timed;
- `cpu_seconds`: what the probe itself took of the core.
"""

import json
import os
import select
import sys
import time
from contextlib import suppress

# About one per cent of the core: a run took 25 microseconds with warm caches, the one before it, for them, 50 to 90.
INTERVAL_SECONDS = 0.01
# What servers do all the time: objects are made of text. It fits into any processor's second cache.
DOCUMENT = json.dumps(
    [
        {"id": number, "title": "probe" * 6, "content": "word " * 20, "tags": ["a", "b", "c"], "author": {"id": number}}
        for number in range(12)
    ]
)
LOWEST_OF_REAL_TIME = 1


class Probe:
    """The runs since `forget`."""

    def __init__(self) -> None:
        self.runs, self._speeds, self._began = 0, 0.0, time.process_time()

    def forget(self) -> None:
        """Begin anew."""
        self.runs, self._speeds, self._began = 0, 0.0, time.process_time()

    def run(self) -> None:
        """Do the work twice and time the second: what the server has left in the caches is not to be felt."""
        json.loads(DOCUMENT)
        began = time.thread_time()
        json.loads(DOCUMENT)
        self._speeds += 1 / max(time.thread_time() - began, sys.float_info.epsilon)
        self.runs += 1

    def found(self) -> dict[str, float | int | None]:
        """What the runs tell; no speed before the first."""
        speed = self._speeds / self.runs if self.runs else None
        return {"speed": speed, "runs": self.runs, "cpu_seconds": time.process_time() - self._began}


def main(core: int) -> None:
    """Probe a core between each `begin` and `end`, until standard input ends."""
    os.sched_setaffinity(0, {core})
    # Else it waits for its turn behind a busy server, and its time between two runs is that of the scheduler.
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(LOWEST_OF_REAL_TIME))
    probe, is_measuring = Probe(), False
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([sys.stdin], [], [], INTERVAL_SECONDS if is_measuring else None)
        if not ready:
            probe.run()
            continue
        words = os.read(sys.stdin.fileno(), 1024).split()
        if not words:
            return
        for word in words:
            is_measuring = word == b"begin"
            if is_measuring:
                probe.forget()
            else:
                print(json.dumps(probe.found()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))

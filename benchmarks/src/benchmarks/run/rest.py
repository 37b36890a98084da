"""When a server has come to rest: it has done all that an answer leaves to be done, and waits for the next request.

A client learns that an answer has come, not that the server has finished with it: connections go back to the pool, and
the event loop comes round once more. A request that comes before that is found at once, and the server never goes to
sleep in between; which of the two happens would be a race, and 14 % of the instructions of a ping of Tornado's.
"""

import time
from collections.abc import Sequence
from pathlib import Path

PROCESSES = Path("/proc")
POLL_SECONDS = 0.0005
# Asleep once could be a wait for the database in the middle of the work.
POLLS_AT_REST = 3
SLEEPING = "S"


class NoRestError(Exception):
    """A server goes on working though nobody asks, or has ended; the message says which."""


def wait_for_rest(pids: Sequence[int], seconds: float) -> None:
    """Return as soon as all threads of these processes sleep, at several looks in a row.

    Source: proc_pid_stat(5), the third field.

    Parameters:
        pids: processes of this machine, which has to be Linux.
        seconds: after which it is an error.

    Raises:
        NoRestError: they did not come to rest in time, or one has ended.
    """
    until = time.monotonic() + seconds
    looks = 0
    while looks < POLLS_AT_REST:
        looks = looks + 1 if all(_sleeps(pid) for pid in pids) else 0
        if time.monotonic() > until:
            raise NoRestError(f"process {pids[0]} does not come to rest in {seconds:g} s")
        time.sleep(POLL_SECONDS)


def _sleeps(pid: int) -> bool:
    states = [_state(file) for file in (PROCESSES / str(pid) / "task").glob("*/stat")]
    if not states:
        raise NoRestError(f"process {pid} has ended")
    return all(state in (SLEEPING, "") for state in states)


def _state(file: Path) -> str:
    """The letter of a thread's state; nothing of one that has ended meanwhile."""
    try:
        # The name before it is in brackets, and may have brackets and spaces of its own.
        return file.read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][:1]
    except OSError:
        return ""

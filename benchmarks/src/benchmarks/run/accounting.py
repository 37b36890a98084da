"""Who used the CPU between two instants: the server, all that is ours, and everybody else.

The machine's own counters of busy time will not do for the last: many kernels sample them at clock ticks, and a load
that sleeps and wakes in step with the ticks escapes (here up to 0.2 s of a second were missing). The CPU time of each
process is counted exactly, and so is the idle time of a core.
"""

import os
import time
from contextlib import suppress
from dataclasses import dataclass

import psutil

Processes = dict[int, tuple[int, float]]


@dataclass(frozen=True)
class Instant:
    """All counters at one instant, in seconds: every process with its parent, and the idle time of the server's cores.

    A process's CPU seconds are with those of its children that have ended, so the sum over all processes loses nothing
    when one ends and its parent waits for it.
    """

    at: float
    processes: Processes
    idle: float
    stolen: float

    def tree_seconds(self, root: int) -> float:
        """CPU seconds of a process and all below it."""
        return sum(self.processes[pid][1] for pid in _descendants(self.processes, root))

    @property
    def all_seconds(self) -> float:
        """CPU seconds of every process that can be seen."""
        return sum(seconds for _, seconds in self.processes.values())


@dataclass(frozen=True)
class Spent:
    """CPU seconds between two instants; `stolen` went to other guests of a hypervisor and is not in `others`.

    `database` is None where no server of a database is in sight.
    """

    seconds: float
    server: float
    others: float
    stolen: float
    database: float | None = None


def take(cores: tuple[int, ...]) -> Instant:
    """Read the counters, those of idle time for these cores. Takes some milliseconds of this process's core."""
    times = psutil.cpu_times(percpu=True)
    chosen = [times[core] for core in cores if core < len(times)]
    return Instant(
        at=time.monotonic(),
        processes=_processes(),
        idle=sum(core.idle + getattr(core, "iowait", 0.0) for core in chosen),
        stolen=sum(getattr(core, "steal", 0.0) for core in times),
    )


def spent(
    began: Instant,
    ended: Instant,
    *,
    server_pid: int,
    cores: tuple[int, ...],
    database_pid: int | None = None,
    idle_pids: tuple[int, ...] = (),
    probe_seconds: float = 0.0,
) -> Spent:
    """Work out who used what.

    Others are the processes that are not below this one, and our own servers that have nothing to do meanwhile. Some
    may be out of sight, in another container say; what is missing on the server's cores is theirs, and the larger of
    both figures counts.

    Parameters:
        server_pid: the process below which all of the server is; it is one of ours.
        cores: those that only the server may use, of which `take` was told; empty where there are none.
        database_pid: the process below which all of the database's server is, which is no other.
        idle_pids: the processes below which servers are that share the cores and have nothing to do.
        probe_seconds: CPU time of our own speed probes on the cores, which are below this process.
    """
    seconds = ended.at - began.at
    server = ended.tree_seconds(server_pid) - began.tree_seconds(server_pid)
    ours = ended.tree_seconds(os.getpid()) - began.tree_seconds(os.getpid())
    stolen = ended.stolen - began.stolen
    database = None
    if database_pid is not None:
        database = ended.tree_seconds(database_pid) - began.tree_seconds(database_pid)
    in_sight = ended.all_seconds - began.all_seconds - ours - (database or 0.0)
    used = server + stolen + probe_seconds
    missing = seconds * len(cores) - (ended.idle - began.idle) - used if cores else 0.0
    idle = sum(ended.tree_seconds(pid) - began.tree_seconds(pid) for pid in idle_pids)
    others = max(0.0, in_sight + max(0.0, idle), missing)
    return Spent(seconds=seconds, server=server, others=others, stolen=stolen, database=database)


def _processes() -> Processes:
    seen: Processes = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error), process.oneshot():
            times = process.cpu_times()
            total = times.user + times.system + times.children_user + times.children_system
            seen[process.pid] = (process.ppid(), total)
    return seen


def _descendants(processes: Processes, root: int) -> set[int]:
    """The root and all below it, as far as they are there."""
    found = {root} & processes.keys()
    while True:
        below = {pid for pid, (parent, _) in processes.items() if parent in found} - found
        if not below:
            return found
        found |= below

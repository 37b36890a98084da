"""What a process tree and the whole machine use: CPU seconds and bytes of memory, by the system's own accounting.

CPU times come in the kernel's clock ticks (10 ms on Linux), so a window should be a second or longer.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

SAMPLE_SECONDS = 0.1
SAMPLES_PER_SEARCH = 10


@dataclass(frozen=True)
class ProcessUsage:
    """One process: CPU seconds since its start, with those of its children that have ended; memory in bytes now."""

    pid: int
    name: str
    cpu_seconds: float
    rss_bytes: int
    pss_bytes: int


@dataclass(frozen=True)
class TreeUsage:
    """A process and all its descendants at one instant.

    `cpu_seconds` is user and system time since each start, with children that have ended and were waited for.
    PSS shares each page among those who map it, so its sum counts forked workers fairly; RSS counts a shared page once
    a process. PSS is 0 where the system does not tell it (it is Linux's).
    """

    processes: tuple[ProcessUsage, ...]

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of the tree."""
        return sum(process.cpu_seconds for process in self.processes)

    @property
    def rss_bytes(self) -> int:
        """Resident bytes, shared pages counted in each process."""
        return sum(process.rss_bytes for process in self.processes)

    @property
    def pss_bytes(self) -> int:
        """Resident bytes, shared pages counted once."""
        return sum(process.pss_bytes for process in self.processes)


@dataclass(frozen=True)
class Peaks:
    """The highest sums over a tree that the samples have seen, in bytes, and how many samples there were."""

    rss_bytes: int = 0
    pss_bytes: int = 0
    samples: int = 0


@dataclass(frozen=True)
class HostTimes:
    """CPU seconds of all cores since boot, at `instant` of `time.monotonic`.

    `busy_seconds` is user, nice and system time; `interrupt_seconds` what interrupts took, which some kernels charge
    to no process; `stolen_seconds` what the hypervisor gave to other guests.
    """

    instant: float
    busy_seconds: float
    interrupt_seconds: float
    stolen_seconds: float


@dataclass(frozen=True)
class WindowUsage:
    """CPU seconds within a window of `seconds`, over all cores.

    `tree_seconds` has one figure for each watched tree, in the order given. `others_seconds` is what the machine was
    busy with beside them and beside interrupts. A kernel that charges interrupts to the process that they hit (the
    default: no CONFIG_IRQ_TIME_ACCOUNTING) has them in both figures, so others used up to `interrupt_seconds` more.
    """

    seconds: float
    tree_seconds: tuple[float, ...]
    others_seconds: float
    interrupt_seconds: float
    stolen_seconds: float


class TreeWatch:
    """Samples the memory of a process tree in a thread while its context is open, and keeps the peaks.

    A tree that has ended is no error: it uses nothing. Descendants are looked for at every tenth sample: that takes
    longer than reading the memory of those that are known.
    """

    def __init__(self, pid: int, *, interval_seconds: float = SAMPLE_SECONDS) -> None:
        self._pid = pid
        self._interval_seconds = interval_seconds
        self._peaks = Peaks()
        self._known: list[psutil.Process] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample_until_stopped, name=f"watch-{pid}", daemon=True)

    @property
    def peaks(self) -> Peaks:
        """The highest memory so far."""
        return self._peaks

    def usage(self) -> TreeUsage:
        """What the tree uses now."""
        return tree_usage(self._pid)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _sample_until_stopped(self) -> None:
        while True:
            self._sample()
            if self._stopped.wait(self._interval_seconds):
                return

    def _sample(self) -> None:
        if self._peaks.samples % SAMPLES_PER_SEARCH == 0:
            self._known = _tree(self._pid)
        memory = [_memory(process) for process in self._known]
        self._peaks = Peaks(
            rss_bytes=max(self._peaks.rss_bytes, sum(rss for rss, _ in memory)),
            pss_bytes=max(self._peaks.pss_bytes, sum(pss for _, pss in memory)),
            samples=self._peaks.samples + 1,
        )


class Window:
    """A window of time that a `with` opens and closes; `usage` is there after it."""

    usage: WindowUsage


@contextmanager
def window(*pids: int) -> Iterator[Window]:
    """Measure the CPU use of some process trees, and of all the rest, while the body runs."""
    result = Window()
    host, trees = host_times(), [tree_cpu_seconds(pid) for pid in pids]
    yield result
    later, trees_later = host_times(), [tree_cpu_seconds(pid) for pid in pids]
    spent = tuple(max(0.0, after - before) for before, after in zip(trees, trees_later, strict=True))
    result.usage = WindowUsage(
        seconds=later.instant - host.instant,
        tree_seconds=spent,
        others_seconds=max(0.0, later.busy_seconds - host.busy_seconds - sum(spent)),
        interrupt_seconds=later.interrupt_seconds - host.interrupt_seconds,
        stolen_seconds=later.stolen_seconds - host.stolen_seconds,
    )


def host_times() -> HostTimes:
    """Read the machine's CPU times."""
    times = psutil.cpu_times()
    return HostTimes(
        instant=time.monotonic(),
        busy_seconds=times.user + times.system + getattr(times, "nice", 0.0),
        interrupt_seconds=getattr(times, "irq", 0.0) + getattr(times, "softirq", 0.0),
        stolen_seconds=getattr(times, "steal", 0.0),
    )


def tree_cpu_seconds(pid: int) -> float:
    """CPU seconds of a process and its descendants, without a look at their memory; 0 when it has ended."""
    return sum(_cpu_seconds(process) for process in _tree(pid))


def tree_usage(pid: int) -> TreeUsage:
    """What a process and its descendants use now; nothing when it has ended."""
    usages = (_process_usage(process) for process in _tree(pid))
    return TreeUsage(tuple(usage for usage in usages if usage is not None))


def _tree(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    return []


def _cpu_seconds(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0


def _memory(process: psutil.Process) -> tuple[int, int]:
    """RSS and PSS in bytes."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        memory = process.memory_full_info()
        return memory.rss, getattr(memory, "pss", 0)
    return 0, 0


def _process_usage(process: psutil.Process) -> ProcessUsage | None:
    with suppress(psutil.NoSuchProcess):
        rss_bytes, pss_bytes = _memory(process)
        return ProcessUsage(
            pid=process.pid,
            name=process.name(),
            cpu_seconds=_cpu_seconds(process),
            rss_bytes=rss_bytes,
            pss_bytes=pss_bytes,
        )
    return None

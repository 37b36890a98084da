"""Which cores the server has to itself, and where everything else runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil

from benchmarks.results import Layout

TOPOLOGY = Path("/sys/devices/system/cpu")


class LayoutError(Exception):
    """There are not enough cores for what was asked."""


def usable_cores() -> tuple[int, ...]:
    """The cores that this process may use; empty where processes cannot be held to some."""
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ()


def choose_layout(workers: int, cores: tuple[int, ...] | None = None) -> Layout:
    """Give the server one core a worker and the generator one of the others, where processes can be pinned at all.

    The last cores are the server's, as systems tend to serve interrupts on the first. A core that shares its hardware
    with one of the server's is left idle when there are others.

    Parameters:
        cores: all that there are, where this process may not use all of them any more.

    Raises:
        LayoutError: the server would need every core there is, and there are several.
    """
    cores = usable_cores() if cores is None else cores
    if len(cores) < 2:
        return Layout(server=cores, generator=cores)
    if workers >= len(cores):
        raise LayoutError(f"{workers} workers need a core each, and the generator one more; there are {len(cores)}")
    server, others = cores[-workers:], cores[:-workers]
    shared = set().union(*(_siblings(core) for core in server))
    free = [core for core in others if core not in shared] or others
    return Layout(server=server, generator=(free[0],))


@contextmanager
def out_of_the_way(layout: Layout) -> Iterator[None]:
    """Keep this process, and what it starts without a core of its own, off the server's cores while the body runs."""
    if not layout.server or layout.server == layout.generator:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before - set(layout.server))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def database_held(layout: Layout, pid: int | None) -> Iterator[Layout]:
    """Keep a database's server, and what it starts meanwhile, off the server's cores while the body runs.

    Parameters:
        pid: the process below which all of it is; None where there is none in sight.

    Returns:
        The layout with the database's cores, or without any where it may not be held.
    """
    if pid is None or not layout.server or layout.server == layout.generator:
        yield layout
        return
    cores = tuple(sorted(os.sched_getaffinity(0) - set(layout.server)))
    try:
        before = _hold(pid, set(cores))
    except PermissionError:
        yield layout
        return
    try:
        yield replace(layout, database=cores)
    finally:
        with suppress(ProcessLookupError):
            _hold(pid, before)


def _hold(pid: int, cores: set[int]) -> set[int]:
    """Hold a process and all below it to some cores; give those that it could use before."""
    before = os.sched_getaffinity(pid)
    # The parent first: what it starts from now on inherits its cores.
    os.sched_setaffinity(pid, cores)
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(ProcessLookupError):
            os.sched_setaffinity(child.pid, cores)
    return before


def _siblings(core: int) -> set[int]:
    """The logical cores on the same hardware core, itself among them."""
    try:
        text = (TOPOLOGY / f"cpu{core}" / "topology" / "thread_siblings_list").read_text(encoding="ascii")
    except OSError:
        return {core}
    ranges = (part.split("-") for part in text.strip().split(","))
    return {number for bounds in ranges for number in range(int(bounds[0]), int(bounds[-1]) + 1)}

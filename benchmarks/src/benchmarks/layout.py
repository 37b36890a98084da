"""Which cores the server has to itself, and where everything else runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.results import Layout

TOPOLOGY = Path("/sys/devices/system/cpu")


class LayoutError(Exception):
    """There are not enough cores for what was asked."""


def choose_layout(workers: int) -> Layout:
    """Give the server one core a worker and the generator one of the others, where processes can be pinned at all.

    The last cores are the server's, as systems tend to serve interrupts on the first. A core that shares its hardware
    with one of the server's is left idle when there are others.

    Raises:
        LayoutError: the server would need every core there is, and there are several.
    """
    if not hasattr(os, "sched_setaffinity"):
        return Layout(server=(), generator=())
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        return Layout(server=tuple(cores), generator=tuple(cores))
    if workers >= len(cores):
        raise LayoutError(f"{workers} workers need a core each, and the generator one more; there are {len(cores)}")
    server, others = cores[-workers:], cores[:-workers]
    shared = set().union(*(_siblings(core) for core in server))
    free = [core for core in others if core not in shared] or others
    return Layout(server=tuple(server), generator=(free[0],))


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


def _siblings(core: int) -> set[int]:
    """The logical cores on the same hardware core, itself among them."""
    try:
        text = (TOPOLOGY / f"cpu{core}" / "topology" / "thread_siblings_list").read_text(encoding="ascii")
    except OSError:
        return {core}
    ranges = (part.split("-") for part in text.strip().split(","))
    return {number for bounds in ranges for number in range(int(bounds[0]), int(bounds[-1]) + 1)}

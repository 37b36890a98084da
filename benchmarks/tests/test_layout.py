"""A database's server is kept off the cores of the server that is measured, with all that it starts."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks.results import Layout
from benchmarks.run.layout import database_held

# On each line it starts another one, and tells its cores.
PARENT = """
import subprocess, sys
for line in sys.stdin:
    subprocess.run([sys.executable, "-c", "import os; print(*os.sched_getaffinity(0), flush=True)"], check=True)
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process that starts others."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def cores_of_the_next(parent: subprocess.Popen[str]) -> set[int]:
    """The cores of what the parent starts now."""
    assert parent.stdin is not None and parent.stdout is not None
    parent.stdin.write("\n")
    parent.stdin.flush()
    return {int(core) for core in parent.stdout.readline().split()}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) == 1, reason="on one core nothing can be held off another")
def test_a_database_is_held_off_the_servers_cores_while_it_lasts(parent: subprocess.Popen[str]) -> None:
    first, *others = sorted(os.sched_getaffinity(0))
    with database_held(Layout(server=(first,), generator=(others[0],)), parent.pid) as layout:
        assert layout.database == tuple(others)
        assert cores_of_the_next(parent) == set(others)
    assert cores_of_the_next(parent) == {first, *others}


@pytest.mark.parametrize("layout", [Layout((), ()), Layout((0,), (0,))])
def test_where_nothing_can_be_held_off_the_layout_says_nothing_of_it(layout: Layout) -> None:
    with database_held(layout, os.getpid()) as held:
        assert held == layout


def test_a_database_out_of_sight_is_held_nowhere() -> None:
    layout = Layout((1,), (0,))
    with database_held(layout, None) as held:
        assert held == layout

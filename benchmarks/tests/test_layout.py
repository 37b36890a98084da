"""The server that is measured has cores of its own; a database's server is kept off them, with all that it starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.results import Layout
from benchmarks.run.layout import LayoutError, choose_layout, database_held

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


def test_the_layout_gives_the_server_cores_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.run.layout.TOPOLOGY", Path("/nowhere"))
    for cores, workers, server, generator in [
        ({0, 1}, 1, (1,), (0,)),
        ({0, 1, 2, 3}, 2, (2, 3), (0,)),
        ({5}, 1, (5,), (5,)),
    ]:
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: cores, raising=False)
        layout = choose_layout(workers)
        assert (layout.server, layout.generator) == (server, generator)
        assert choose_layout(1, (0, 1)).server == (1,)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    with pytest.raises(LayoutError, match="2 workers need a core each"):
        choose_layout(2)


def test_a_core_that_shares_hardware_with_the_servers_is_left_idle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for core, siblings in {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"}.items():
        folder = tmp_path / f"cpu{core}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{siblings}\n", encoding="ascii")
    monkeypatch.setattr("benchmarks.run.layout.TOPOLOGY", tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {1, 2, 3}, raising=False)
    assert choose_layout(1).generator == (2,)

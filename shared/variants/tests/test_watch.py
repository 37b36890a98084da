"""What the watch says of CPU and memory, against processes of known appetite."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from variants.catalog import Variant
from variants.process import running
from variants.watch import TreeWatch, tree_cpu_seconds, tree_usage, window

MEGABYTE = 1024 * 1024
GROW = f"import time; held = bytearray(100 * {MEGABYTE}); time.sleep(1); del held; time.sleep(600)"
BURN = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(15_000_000))']); input()"


@contextmanager
def python(code: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_peak_outlasts_the_memory() -> None:
    with python(GROW) as process, TreeWatch(process.pid, interval_seconds=0.05) as watch:
        deadline = time.monotonic() + 10
        while not (watch.peaks.rss_bytes > 100 * MEGABYTE > watch.usage().rss_bytes):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert watch.peaks.pss_bytes > 100 * MEGABYTE > watch.usage().pss_bytes > 0


def test_children_that_have_ended_count() -> None:
    with python(BURN) as process:
        deadline = time.monotonic() + 10
        while tree_cpu_seconds(process.pid) < 0.1 or len(tree_usage(process.pid).processes) > 1:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_window_tells_the_trees_from_the_others(fake: Variant) -> None:
    with (
        running(fake, database_url="") as server,
        running(fake, database_url="") as idle,
        window(server.pid, idle.pid) as measured,
    ):
        requests.get(f"{server.base_url}/burn", timeout=10)
    busy, quiet = measured.usage.tree_seconds
    assert 0.45 <= busy <= 0.65
    assert quiet <= 0.05
    assert measured.usage.seconds >= 0.5
    assert measured.usage.others_seconds >= 0


def test_what_others_use_is_seen() -> None:
    with python("input()") as quiet, python("while True: pass"), window(quiet.pid) as measured:
        time.sleep(1)
    assert measured.usage.others_seconds > 0.2


def test_every_process_of_a_tree_is_told(fake: Variant) -> None:
    with running(fake, database_url="", environment={"FAKE_MODE": "child"}) as server:
        usage = tree_usage(server.pid)
    assert usage.processes[0].pid == server.pid
    assert len(usage.processes) == 2
    assert usage.rss_bytes == sum(process.rss_bytes for process in usage.processes) > usage.pss_bytes > 0


def test_a_tree_that_has_ended_uses_nothing() -> None:
    with python("pass") as process:
        process.wait(10)
    assert tree_cpu_seconds(process.pid) == 0
    assert tree_usage(process.pid).rss_bytes == 0

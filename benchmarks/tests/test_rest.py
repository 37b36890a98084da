"""When a server has come to rest: processes that work, sleep and end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.run.rest import NoRestError, wait_for_rest

ASLEEP = "print(flush=True); import time; time.sleep(60)"
AT_WORK = "print(flush=True)\nwhile True: pass"
THREAD_AT_WORK = (
    "import threading\ndef work():\n    while True: pass\nthreading.Thread(target=work).start(); print(flush=True)"
)
WORKS_FIRST = (
    "import time; print(flush=True)\nfor _ in range(10_000_000): pass\nprint('done', flush=True); time.sleep(60)"
)


@contextmanager
def program(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program that has begun, and is killed at the end."""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process
        finally:
            process.kill()


def test_processes_that_sleep_are_at_rest() -> None:
    with program(ASLEEP) as one, program(ASLEEP) as other:
        wait_for_rest([one.pid, other.pid], 30.0)


def test_work_is_waited_for() -> None:
    with program(WORKS_FIRST) as process:
        wait_for_rest([process.pid], 30.0)
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        assert process.stdout.read() == b"done\n"


@pytest.mark.parametrize("code", [AT_WORK, THREAD_AT_WORK])
def test_a_thread_that_never_sleeps_is_an_error(code: str) -> None:
    with program(ASLEEP) as one, program(code) as other, pytest.raises(NoRestError, match="does not come to rest"):
        wait_for_rest([one.pid, other.pid], 0.3)


def test_a_process_that_has_ended_is_an_error() -> None:
    with program(ASLEEP) as process:
        process.kill()
        process.wait()
        with pytest.raises(NoRestError, match=f"process {process.pid} has ended"):
            wait_for_rest([process.pid], 30.0)

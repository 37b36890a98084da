"""Who used the CPU, worked out from counters made by hand."""

import os
import subprocess
import sys
import time

import pytest

from benchmarks.run.accounting import Instant, Processes, spent, take

ME = os.getpid()
SERVER, WORKER, STRANGER, CHILD = ME + 1, ME + 2, ME + 3, ME + 4


def instant(at: float, processes: Processes, *, idle: float = 0.0, stolen: float = 0.0) -> Instant:
    return Instant(at=at, processes=processes, idle=idle, stolen=stolen)


BEFORE: Processes = {ME: (1, 5.0), SERVER: (ME, 1.0), WORKER: (SERVER, 2.0), STRANGER: (1, 7.0), CHILD: (STRANGER, 3.0)}


def test_what_is_not_below_us_is_others() -> None:
    after = {ME: (1, 5.1), SERVER: (ME, 1.1), WORKER: (SERVER, 3.8), STRANGER: (1, 7.2), CHILD: (STRANGER, 3.1)}
    used = spent(instant(10.0, BEFORE), instant(12.0, after), server_pid=SERVER, cores=())
    assert [used.seconds, used.server, used.others] == pytest.approx([2.0, 1.9, 0.3])


def test_a_stranger_that_ends_takes_nothing_from_before_with_it() -> None:
    # Its parent has waited for it, so its 3.0 seconds from before and 0.4 of the window are now the parent's.
    after = {ME: (1, 5.0), SERVER: (ME, 1.0), WORKER: (SERVER, 4.0), STRANGER: (1, 10.4)}
    assert spent(instant(0, BEFORE), instant(2, after), server_pid=SERVER, cores=()).others == pytest.approx(0.4)


def test_what_is_missing_on_the_servers_core_is_somebodys_out_of_sight() -> None:
    after = BEFORE | {WORKER: (SERVER, 3.5)}
    began, ended = instant(0, BEFORE, idle=50.0), instant(2, after, idle=50.1, stolen=0.1)
    used = spent(began, ended, server_pid=SERVER, cores=(1,))
    assert [used.others, used.stolen] == pytest.approx([0.3, 0.1])


def test_what_our_own_probes_took_of_the_servers_core_is_not_missing() -> None:
    after = BEFORE | {WORKER: (SERVER, 3.5)}
    began, ended = instant(0, BEFORE, idle=50.0), instant(2, after, idle=50.1, stolen=0.1)
    assert spent(began, ended, server_pid=SERVER, cores=(1,), probe_seconds=0.1).others == pytest.approx(0.2)
    assert spent(began, ended, server_pid=SERVER, cores=(), probe_seconds=0.1).others == 0.0


def test_rounding_never_makes_others_negative() -> None:
    after = BEFORE | {WORKER: (SERVER, 4.01)}
    assert spent(instant(0, BEFORE), instant(2, after), server_pid=SERVER, cores=(1,)).others == 0.0


def test_the_database_is_neither_the_server_nor_others() -> None:
    # Its processes are nobody's children that we know; one of them has ended in the window.
    postmaster, backend = ME + 5, ME + 6
    before = BEFORE | {postmaster: (1, 10.0), backend: (postmaster, 2.0)}
    after = before | {WORKER: (SERVER, 3.0), STRANGER: (1, 7.1), postmaster: (1, 13.0)}
    del after[backend]
    began, ended = instant(0, before), instant(2, after)
    used = spent(began, ended, server_pid=SERVER, cores=(), database_pid=postmaster)
    assert [used.server, used.others, used.database] == pytest.approx([1.0, 0.1, 1.0])
    assert spent(began, ended, server_pid=SERVER, cores=()).database is None


def test_a_server_of_ours_that_should_be_idle_is_others_and_is_counted_once() -> None:
    idle = ME + 5
    before = BEFORE | {idle: (ME, 4.0)}
    after = before | {WORKER: (SERVER, 3.5), idle: (ME, 4.2)}
    unseen = spent(instant(0, before), instant(2, after), server_pid=SERVER, cores=())
    used = spent(instant(0, before), instant(2, after), server_pid=SERVER, cores=(), idle_pids=(idle,))
    assert [unseen.others, used.others] == pytest.approx([0.0, 0.2])
    # It is on the server's core too, where it is what is missing.
    began, ended = instant(0, before, idle=50.0), instant(2, after, idle=50.3)
    assert spent(began, ended, server_pid=SERVER, cores=(1,), idle_pids=(idle,)).others == pytest.approx(0.2)


def test_a_real_child_is_ours_and_its_work_is_seen() -> None:
    began = take((0,))
    work = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ntime.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        child.stdout.readline()
        used = spent(began, take((0,)), server_pid=child.pid, cores=())
    finally:
        child.kill()
        child.communicate()
    assert used.server >= 0.28
    assert used.seconds >= 0.28
    assert time.monotonic() >= began.at

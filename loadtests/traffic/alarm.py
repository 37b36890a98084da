"""Wakes a greenlet at an instant. gevent's own timers do so on the next whole millisecond, as epoll's timeout counts
those, and half a millisecond is a third of what a fast server takes."""

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import gevent  # type: ignore[import-untyped] # gevent has no types

CLOCK_MONOTONIC = 1
READ = 1
COUNTER_BYTES = 8


class Alarm(Protocol):
    """Lets the greenlet that calls it sleep until an instant of `time.perf_counter`, not at all when that is past."""

    def __call__(self, instant: float) -> None:
        """Sleep."""


class _Time(ctypes.Structure):
    """`struct timespec`."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Setting(ctypes.Structure):
    """`struct itimerspec`."""

    _fields_ = (("interval", _Time), ("value", _Time))


@contextmanager
def alarm() -> Iterator[Alarm]:
    """Give the most precise alarm that this system has: a timer of the kernel's where it has one as a file (Linux).

    Raises:
        OSError: the kernel gives no timer.
    """
    if not sys.platform.startswith("linux"):
        yield _sleep_until
        return
    # os.timerfd_create came with Python 3.13.
    libc = ctypes.CDLL(None, use_errno=True)
    timer = libc.timerfd_create(CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
    if timer < 0:
        raise OSError(ctypes.get_errno(), "no timer")
    try:
        yield _kernel_alarm(libc, timer)
    finally:
        os.close(timer)


def _kernel_alarm(libc: ctypes.CDLL, timer: int) -> Alarm:
    hub = gevent.get_hub()
    rings = hub.loop.io(timer, READ)

    def sleep_until(instant: float) -> None:
        left = instant - time.perf_counter()
        if left <= 0:
            return
        setting = _Setting(value=_Time(int(left), max(1, int(left % 1 * 1e9))))
        libc.timerfd_settime(timer, 0, ctypes.byref(setting), None)
        hub.wait(rings)
        os.read(timer, COUNTER_BYTES)

    return sleep_until


def _sleep_until(instant: float) -> None:
    left = instant - time.perf_counter()
    if left > 0:
        gevent.sleep(left)

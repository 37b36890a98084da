"""Commands in a process group of their own, of which nothing is left behind."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

INTERRUPT = signal.SIGINT
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def process_group(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    output: IO[bytes] | None = None,
    cpus: frozenset[int] | None = None,
    grace_seconds: float = 10.0,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a session of its own for as long as the body runs.

    On the way out, whatever the reason, the command gets `stop_signal`; after `grace_seconds`, or when it has ended and
    left children, its whole group is killed. An interrupt during the grace period kills at once.

    Parameters:
        output: where stdout and stderr go; without it they are this process's own.
        cpus: the only cores that the command and all that it starts may use.
    """
    process = None
    try:
        with _signals_held(stop_signal):
            process = _spawn(command, cwd=cwd, environment=environment, output=output, cpus=cpus)
        yield process
    finally:
        if process is not None:
            _stop(process, stop_signal, grace_seconds)


def _spawn(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    output: IO[bytes] | None,
    cpus: frozenset[int] | None,
) -> subprocess.Popen[bytes]:
    with _pinned(cpus):
        return subprocess.Popen(  # noqa: S603 - the command is the workspace's own, and no shell reads it
            list(command),
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            start_new_session=True,
        )


@contextmanager
def _pinned(cpus: frozenset[int] | None) -> Iterator[None]:
    """Hold this thread to some cores; a process that it starts meanwhile inherits them before it runs a line."""
    if cpus is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _signals_held(stop_signal: signal.Signals) -> Iterator[None]:
    """Deliver signals after the body: an interrupt inside Popen would lose the process that was just made.

    The stop signal has a handler in any case, so that the process hears it: what is ignored when a process is made, as
    SIGINT is in the background of a shell, it ignores too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    previous = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number in STOP_SIGNALS:
        if previous[number] is not signal.SIG_IGN:
            signal.signal(number, lambda received, _frame: held.append(received))
        elif number == stop_signal:
            signal.signal(number, lambda _received, _frame: None)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for received in held:
            signal.raise_signal(received)


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals, grace_seconds: float) -> None:
    try:
        if process.poll() is None:
            process.send_signal(stop_signal)
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace_seconds)
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def interrupted_by_any_stop_signal() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the body as Ctrl-C does, by a KeyboardInterrupt, so that it can clean up."""
    previous = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number in STOP_SIGNALS:
        if previous[number] is not signal.SIG_IGN or number == signal.SIGTERM:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

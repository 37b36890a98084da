"""Speed probes on the server's cores, one process on each: started, told when a window begins and ends, and stopped."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import fmean

from benchmarks.run import probe

END_SECONDS = 5.0


class ProbeError(Exception):
    """A speed probe does not do its work; the message says on which core."""


@dataclass(frozen=True)
class Probed:
    """What the probes found in a window.

    Attributes:
        seconds: the CPU time of the piece of work, by the mean speed of all runs on all cores; None without any.
        cpu_seconds: what the probes themselves took of the cores.
    """

    seconds: float | None
    cpu_seconds: float


class Probes:
    """Running probes; `begin` and `end` may be called any number of times, in turn."""

    def __init__(self, probes: Sequence["_Probe"]) -> None:
        self._probes = probes

    def begin(self) -> None:
        """Let them probe, and forget what was before.

        Raises:
            ProbeError: one has ended.
        """
        for one in self._probes:
            one.say("begin")

    def end(self) -> Probed:
        """Let them pause, and tell what they have found.

        Raises:
            ProbeError: one has ended.
        """
        for one in self._probes:
            one.say("end")
        found = [json.loads(one.heard()) for one in self._probes]
        speeds = [one["speed"] for one in found if one["speed"] is not None]
        is_whole = bool(speeds) and len(speeds) == len(found)
        return Probed(1 / fmean(speeds) if is_whole else None, sum(one["cpu_seconds"] for one in found))


@contextmanager
def running_probes(cores: Sequence[int]) -> Iterator[Probes]:
    """Run a probe on each of the cores, on none where there are none, for as long as the body runs.

    Raises:
        ProbeError: one did not start.
    """
    with ExitStack() as stack:
        probes = []
        for core in cores:
            probes.append(_Probe(core))
            stack.callback(probes[-1].stop)
        for one in probes:
            one.heard()
        yield Probes(probes)


class _Probe:
    """The process of one core."""

    def __init__(self, core: int) -> None:
        self._core = core
        # Without packages and settings of the user's it starts in some milliseconds. A session of its own: Ctrl-C is
        # for the harness, which then ends its children in order.
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a program of this package, no shell
            [sys.executable, "-I", "-S", probe.__file__, str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def say(self, word: str) -> None:
        """Send a line."""
        if self._process.stdin is None:
            raise ProbeError(f"the speed probe on core {self._core} has no pipes")
        try:
            self._process.stdin.write(f"{word}\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._ended() from error

    def heard(self) -> str:
        """Wait for a line."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise self._ended()
        return line

    def stop(self) -> None:
        """Close its standard input, which ends it."""
        try:
            self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_SECONDS)

    def _ended(self) -> ProbeError:
        code = self._process.wait(END_SECONDS)
        return ProbeError(f"the speed probe on core {self._core} ended with exit code {code}")

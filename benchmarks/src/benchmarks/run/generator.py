"""The generator of load, which is a process of its own in `loadtests/`: started, asked, and stopped."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PROGRAM = Path("loadtests/generator.py")
END_SECONDS = 10.0
# Settings of the user's own runs of Locust: accounts that are not in our database, options that are not ours.
FOREIGN_PREFIXES = ("LOADTEST_", "LOCUST_")
Event = Mapping[str, object]


class GeneratorError(Exception):
    """The generator does not do its work; the message says why."""


class LoadFailedError(GeneratorError):
    """The generator could not bring a load up, but is there for the next one."""


class Generator:
    """A running generator; `measure` may be called any number of times."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid
        self._expect("ready")

    def measure(self, request: Event, on_event: Callable[[str], None]) -> dict[str, object]:
        """Ask for one measurement.

        Parameters:
            request: the members of the generator's request, `mode` among them.
            on_event: is told `window_begins` and `window_ends` as they happen.

        Returns:
            The members of the generator's `result`.

        Raises:
            LoadFailedError: the load could not be brought up.
            GeneratorError: the generator ended.
        """
        try:
            self._stream(self._process.stdin).write(json.dumps(request) + "\n")
            self._stream(self._process.stdin).flush()
        except (OSError, ValueError) as error:
            raise GeneratorError("the generator has ended") from error
        while (event := self._read())["event"] in ("window_begins", "window_ends"):
            on_event(str(event["event"]))
        if event["event"] == "failed":
            raise LoadFailedError(str(event["why"]))
        return {name: value for name, value in event.items() if name != "event"}

    def _expect(self, name: str) -> None:
        event = self._read()
        if event["event"] != name:
            raise GeneratorError(f"the generator said {event['event']} instead of {name}")

    def _read(self) -> dict[str, object]:
        line = self._stream(self._process.stdout).readline()
        if not line:
            raise GeneratorError(f"the generator ended with exit code {self._process.wait()}")
        event = json.loads(line)
        if not isinstance(event, dict) or "event" not in event:
            raise GeneratorError("the generator said something that is no event")
        return event

    @staticmethod
    def _stream(stream: IO[str] | None) -> IO[str]:
        if stream is None:
            raise GeneratorError("the generator has no pipes")
        return stream


@contextmanager
def running_generator(root: Path, *, cpus: tuple[int, ...]) -> Iterator[Generator]:
    """Run a generator for as long as the body runs.

    Parameters:
        root: the workspace that holds `loadtests`.
        cpus: the cores that it stays on; empty for any.

    Raises:
        GeneratorError: it did not start.
    """
    command = [sys.executable, str(root / PROGRAM), *(["--cpus", ",".join(map(str, cpus))] if cpus else [])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_PREFIXES)}
    # A session of its own: Ctrl-C is for the harness, which then ends its children in order.
    process = subprocess.Popen(  # noqa: S603 - this interpreter and the workspace's own program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    try:
        yield Generator(process)
    finally:
        _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """Close its stdin, which ends an idle generator, and kill one that is in the middle of a load."""
    if process.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=0.5)
    if process.poll() is None:
        process.kill()
    process.wait(END_SECONDS)

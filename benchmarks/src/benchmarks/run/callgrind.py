"""Counts the instructions of a running server with valgrind's callgrind, which is told by vgdb when to write them down.

Every dump holds what was executed since the one before, so one start serves any number of measurements. Counting is off
until `begin`: a start takes a fifth of the time then, and nothing of it is counted.
https://valgrind.org/docs/manual/cl-manual.html (options, monitor commands), cl-format.html (the files).
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import psutil

VALGRIND, CONTROL = "valgrind", "vgdb"
OPTIONS = ("--tool=callgrind", "--trace-children=yes", "--instr-atstart=no", "--dump-line=no")
CONTROL_SECONDS = 60.0
INTERPRETER, UNKNOWN = "interpreter", "unknown"

Instructions = Counter[str]
_OBJECT = re.compile(r"c?ob=\((\d+)\)(?: (.+))?")
_TOTAL = re.compile(r"^totals: (\d+)$", re.MULTILINE)
# What auditwheel adds to the name of a library that it copies into a wheel.
_HASH = re.compile(r"-[0-9a-f]{8}$")


class CallgrindError(Exception):
    """Valgrind is not there, or does not do what it is told; the message says which."""


def valgrind_version() -> str:
    """The installed version, as it names itself: `valgrind-3.19.0`.

    Raises:
        CallgrindError: it is not installed.
    """
    return _run([_program(VALGRIND), "--version"]).strip()


class Callgrind:
    """Counts the instructions of one tree of processes, which is started with `prefix` before its command.

    Parameters:
        folder: where the counts are written, which must be there for as long as the processes are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._control_prefix = f"--vgdb-prefix={folder / 'vgdb'}"

    @property
    def prefix(self) -> tuple[str, ...]:
        """What comes before a command whose instructions are to be counted.

        Raises:
            CallgrindError: valgrind is not installed.
        """
        return (
            _program(VALGRIND),
            *OPTIONS,
            self._control_prefix,
            f"--callgrind-out-file={self._folder}/counts.%p",
            f"--log-file={self._folder}/log.%p",
        )

    def begin(self, pid: int) -> None:
        """Count from now on, in this process and all below it.

        Raises:
            CallgrindError: a process does not obey.
        """
        for process in process_tree(pid):
            self._tell(process, "instrumentation", "on")

    def take(self, pid: int) -> Instructions:
        """What this process and all below it have executed since the last time, by library.

        Raises:
            CallgrindError: a process wrote no counts, or some that do not add up.
        """
        taken = Instructions()
        for process in process_tree(pid):
            taken.update(self._dumped(process))
        return taken

    def _dumped(self, pid: int) -> Instructions:
        said = self._tell(pid, "dump")
        # The counts of the end, which have no number, are not among them.
        files = list(self._folder.glob(f"counts.{pid}.*"))
        if len(files) != 1:
            raise CallgrindError(f"callgrind wrote {len(files)} files of process {pid}: {said.strip()}")
        text = files[0].read_text(encoding="utf-8", errors="replace")
        files[0].unlink()
        return instructions_by_library(text)

    def _tell(self, pid: int, *command: str) -> str:
        return _run([_program(CONTROL), f"--pid={pid}", self._control_prefix, *command])


def instructions_by_library(text: str) -> Instructions:
    """Read a file that callgrind wrote: the instructions of each library's own code.

    Raises:
        CallgrindError: the file has no total, or the instructions do not add up to it.
    """
    total = _TOTAL.search(text)
    counted = _own_instructions(text.splitlines())
    if total is None or counted.total() != int(total[1]):
        raise CallgrindError(f"the counts add up to {counted.total()}, not to {total[1] if total else 'anything'}")
    return counted


def library_of(path: str) -> str:
    """A short name for a shared object: `interpreter`, the package that brings it, or the library's own name."""
    parts = PurePosixPath(path).parts
    if not parts or path == "???":
        return UNKNOWN
    stem = parts[-1].partition(".")[0]
    if "site-packages" in parts[:-2]:
        package = parts[parts.index("site-packages") + 1]
        return _HASH.sub("", stem) if package.endswith(".libs") else package
    if stem.startswith(("python", "libpython")) or "lib-dynload" in parts:
        return INTERPRETER
    return stem


def process_tree(pid: int) -> list[int]:
    """A process and all below it.

    Raises:
        CallgrindError: it has ended.
    """
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.NoSuchProcess as error:
        raise CallgrindError(f"process {pid} has ended") from error


def _own_instructions(lines: Iterable[str]) -> Instructions:
    names: dict[str, str] = {}
    counted = Instructions()
    library, in_call = UNKNOWN, False
    for line in lines:
        if line[:1] in "+-*0123456789" and line:
            # The line after `calls=` has what the callee cost, which is counted where it was executed.
            if not in_call:
                counted[library] += int(line.split()[1])
            in_call = False
        elif line.startswith("calls="):
            in_call = True
        elif found := _OBJECT.fullmatch(line):
            number, path = found.groups()
            if path is not None:
                names[number] = library_of(path)
            if line.startswith("ob="):
                library = names[number]
    return counted


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CallgrindError(f"there is no {name} on the path; the package is called valgrind")
    return found


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - valgrind's own programs, no shell
            command, check=True, capture_output=True, text=True, timeout=CONTROL_SECONDS
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise CallgrindError(f"{Path(command[0]).name} failed: {error}") from error
    return done.stdout + done.stderr

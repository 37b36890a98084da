"""The lock that keeps a test of the marker `alone` apart from all other tests against a server, of whatever process."""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TextIO


class Lock:
    """A file that the processes against one server share.

    It is held open: to open it for each of thousands of tests takes longer than to take the lock.
    """

    def __init__(self, base_url: str) -> None:
        name = hashlib.sha256(base_url.encode()).hexdigest()[:16]
        self._path = Path(tempfile.gettempdir()) / f"contract-tests-{name}.lock"
        self._file = self._opened()

    def take(self, *, alone: bool) -> None:
        """Wait until no test runs that must not run at the same time."""
        fcntl.flock(self._file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        while not self._is_shared():
            self._file.close()
            self._file = self._opened()
            fcntl.flock(self._file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)

    def release(self) -> None:
        """Let the others go on."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Close the file, and remove it unless somebody else's test runs, whose process does it later."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            if self._is_shared():
                self._path.unlink()
        finally:
            self._file.close()

    def _opened(self) -> TextIO:
        return self._path.open("w")

    def _is_shared(self) -> bool:
        """Whether the file is still the one that others would open: who ends first may have removed it."""
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

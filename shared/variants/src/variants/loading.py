"""`load` and `load-ui`: Locust, in a process of its own, against a variant that is started for it."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

from variants.catalog import Variant, workspace_root
from variants.engines import Engine, fresh_database
from variants.environment import UNLIMITED_SETTINGS, foreign_environment
from variants.groups import INTERRUPT, process_group
from variants.ports import LOOPBACK, free_port, listens
from variants.process import RunningVariant, running

LOCUSTFILE = "loadtests/locustfile.py"
# Settings of the user's own runs of Locust: accounts that are not in our database, options that are not ours.
FOREIGN_PREFIXES = ("LOADTEST_", "LOCUST_")
PAGE_SECONDS = 30.0
POLL_SECONDS = 0.05
_DURATION = re.compile(r"(?=.)(\d+h)?(\d+m)?(\d+s?)?", re.ASCII)


class LoadError(Exception):
    """Locust did not start."""


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
) -> int:
    """Put a fixed number of users on a variant for a while, and show Locust's summary.

    Parameters:
        workers: processes of the server.
        load_workers: processes of Locust that share the users, beside the one that sums up; 0 for just one in all.

    Returns:
        Locust's exit code: 1 when a request failed.

    Raises:
        VariantFailedError: the variant did not start.
        DatabaseError: there is no database for it.
    """
    with _seeded(variant, engine, workers) as server:
        command = _locust(server, "--headless", "--only-summary", f"--users={users}", f"--spawn-rate={users}")
        command += [f"--run-time={duration}", f"--wait={wait_seconds:g}", *_distributed(load_workers), mix.user_class]
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
def _seeded(variant: Variant, engine: Engine, workers: int) -> Iterator[RunningVariant]:
    with (
        fresh_database(engine) as database,
        running(variant, database_url=database.url, environment=UNLIMITED_SETTINGS, workers=workers) as server,
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

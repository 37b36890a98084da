"""A variant's server process: started, waited for, and stopped for certain."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from variants.catalog import Handler, Variant
from variants.environment import run_environment
from variants.groups import process_group
from variants.launch import GRACE_SECONDS, READY_SECONDS, Launch, PortTakenError
from variants.ports import LOOPBACK, free_port
from variants.readiness import wait_until_ready


@dataclass(frozen=True)
class RunningVariant:
    """A server that has answered. `startup_seconds` counts from exec to the first 200 of its `ready_path`."""

    variant: Variant
    base_url: str
    startup_seconds: float
    log_path: Path | None
    secret_key: str = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def pid(self) -> int:
        """The process that the variant's command became; its workers are below it."""
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """What the server ended with (negative: the signal that killed it), None while it runs."""
        return self.process.poll()


@contextmanager
def running(
    variant: Variant,
    *,
    database_url: str,
    host: str = LOOPBACK,
    port: int | None = None,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
    cpus: frozenset[int] | None = None,
    log_path: Path | None = None,
    ready_seconds: float = READY_SECONDS,
    grace_seconds: float = GRACE_SECONDS,
    handler: Handler = Handler.SHIPPED,
) -> Iterator[RunningVariant]:
    """Run a variant's production server, on the loopback address, for as long as the body runs.

    Parameters:
        host: another address of this machine to listen on; `ALLOWED_HOSTS` has to have it then.
        port: a free one is found when there is none; if somebody takes that first, another is tried once.
        environment: settings over those of `run_environment`: production, and a signing key of this run's own.
        cpus: the only cores that the server and its workers may use (Linux).
        log_path: where stdout and stderr are appended; without it the log ends with the run.
        ready_seconds: how long the start may take.
        grace_seconds: how long the server may take to end after SIGTERM before its group is killed.
        handler: which of the variant's servers.

    Raises:
        CatalogError: the variant has no such server.
        VariantFailedError: it ended or was not ready in time.
        PortTakenError: somebody else listens on `port`.
    """
    with ExitStack() as stack:
        launch = Launch(
            variant=variant,
            host=host,
            port=port or free_port(host),
            settings=run_environment(database_url=database_url, extra=environment),
            workers=workers,
            cpus=cpus,
            log_path=log_path or _temporary_log(stack, variant),
            ready_seconds=ready_seconds,
            grace_seconds=grace_seconds,
            handler=handler,
        )
        yield _entered(stack, launch, may_move=port is None)


@contextmanager
def started(launch: Launch) -> Iterator[RunningVariant]:
    """Run one server process exactly as told for as long as the body runs.

    Raises:
        VariantFailedError: it ended or was not ready in time.
        PortTakenError: somebody else listens on its port.
    """
    with ExitStack() as stack:
        output = None if launch.log_path is None else stack.enter_context(launch.log_path.open("ab"))
        began = time.monotonic()
        process = stack.enter_context(
            process_group(
                launch.command,
                cwd=launch.variant.folder,
                environment=launch.environment,
                output=output,
                cpus=launch.cpus,
                grace_seconds=launch.grace_seconds,
            )
        )
        yield RunningVariant(
            variant=launch.variant,
            base_url=launch.base_url,
            startup_seconds=wait_until_ready(process, launch, began=began),
            log_path=launch.log_path,
            secret_key=launch.settings.get("SECRET_KEY", ""),
            process=process,
        )


def _entered(stack: ExitStack, launch: Launch, *, may_move: bool) -> RunningVariant:
    try:
        return stack.enter_context(started(launch))
    except PortTakenError:
        if not may_move:
            raise
    return stack.enter_context(started(replace(launch, port=free_port(launch.host))))


def _temporary_log(stack: ExitStack, variant: Variant) -> Path:
    return Path(stack.enter_context(TemporaryDirectory(prefix="variants-"))) / f"{variant.name}.log"

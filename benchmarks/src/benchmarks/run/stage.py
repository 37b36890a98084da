"""All that a run needs of the world: variants, databases, servers, the contract suite. A test gives it another one."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from benchmarks.results import Contract, VariantRecord
from variants.catalog import Handler, Variant, framework_version, server_version, workspace_root
from variants.contract import ContractError, check_variant, contract_revision
from variants.databases import Database, DatabaseError, Rows
from variants.engines import Engine, fresh_database
from variants.environment import foreign_environment
from variants.groups import process_group
from variants.launch import VariantFailedError, log_tail
from variants.ports import LOOPBACK, free_port, listens
from variants.postgres import server_pid
from variants.process import running

LOG_FOLLOWS = "; its log ends:"
START_SECONDS = 10.0
POLL_SECONDS = 0.02


class Server(Protocol):
    """A server that has answered."""

    @property
    def base_url(self) -> str:
        """Where it is reached."""

    @property
    def pid(self) -> int:
        """The process below which all of it is."""

    @property
    def startup_seconds(self) -> float:
        """From exec to the first 200."""


class MakeDatabase(Protocol):
    """Gives a seeded database, which is gone afterwards; without `rows` it is that of the method."""

    def __call__(self, rows: Rows | None = None, /) -> AbstractContextManager[Database]:
        """Make one."""


class StartServer(Protocol):
    """Runs one of a variant's servers on some cores; on any where there are none named."""

    def __call__(
        self,
        variant: Variant,
        database_url: str,
        settings: Mapping[str, str],
        workers: int,
        cpus: tuple[int, ...],
        handler: Handler = Handler.SHIPPED,
        /,
    ) -> AbstractContextManager[Server]:
        """Start it."""


@dataclass(frozen=True)
class Stage:
    """Where a comparison takes place; `root` is the workspace that holds `loadtests`.

    `database_pid` tells the process below which the database's server is, None where there is none in sight.
    """

    root: Path
    engine: Engine
    database_pid: Callable[[], int | None]
    check: Callable[[Variant], Contract]
    database: MakeDatabase
    server: StartServer
    nothing: Callable[[tuple[int, ...]], AbstractContextManager[Server]]


@dataclass(frozen=True)
class NothingServer:
    """The server of `benchmarks.run.nothing`, for as long as its context is open."""

    base_url: str
    pid: int
    startup_seconds: float


def real_stage(engine: Engine) -> Stage:
    """The workspace's own variants, on one engine.

    Raises:
        CatalogError: there is no workspace.
    """
    return Stage(
        root=workspace_root(),
        engine=engine,
        database_pid=server_pid if engine is Engine.POSTGRES else lambda: None,
        check=partial(check_contract, engine=engine),
        database=partial(fresh_database, engine),
        server=_server,
        nothing=nothing_server,
    )


def check_contract(variant: Variant, *, engine: Engine) -> Contract:
    """Run the contract suite; what kept it from its end is part of the answer, so that the others still run."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        try:
            result = check_variant(variant, engine=engine, output=output)
        except (VariantFailedError, ContractError, DatabaseError) as error:
            seconds = time.monotonic() - began
            return Contract(0, 0, seconds, contract_revision(), why=in_brief(error))
    return Contract(result.passed, result.failed, result.seconds, result.revision)


def in_brief(error: Exception) -> str:
    """The first line of a message, without the log behind it, as a table's note has room for."""
    return str(error).splitlines()[0].removesuffix(LOG_FOLLOWS)


def describe_variant(variant: Variant, contract: Contract, *, engine: Engine) -> VariantRecord:
    """A variant with its installed versions.

    Raises:
        CatalogError: one of its distributions is not installed.
    """
    return VariantRecord(
        name=variant.name,
        title=variant.title,
        framework_version=framework_version(variant),
        server=variant.server.title,
        server_version=server_version(variant),
        orm=variant.data.orm,
        driver=variant.data.driver[engine],
        contract=contract,
        good_for=variant.good_for,
        features=dict(variant.features),
    )


@contextmanager
def nothing_server(cpus: tuple[int, ...]) -> Iterator[Server]:
    """Run the server that does nothing, on these cores.

    Raises:
        VariantFailedError: it did not start.
    """
    port = free_port()
    began = time.monotonic()
    with (
        tempfile.NamedTemporaryFile() as log,
        process_group(
            [sys.executable, "-m", "benchmarks.run.nothing", str(port)],
            cwd=Path(tempfile.gettempdir()),
            environment=foreign_environment(),
            output=log.file,
            cpus=frozenset(cpus) or None,
        ) as process,
    ):
        while not listens(process.pid, port):
            if time.monotonic() - began > START_SECONDS or process.poll() is not None:
                raise VariantFailedError(f"the server that does nothing did not start\n{log_tail(Path(log.name))}")
            time.sleep(POLL_SECONDS)
        yield NothingServer(f"http://{LOOPBACK}:{port}", process.pid, time.monotonic() - began)


def _server(
    variant: Variant,
    database_url: str,
    settings: Mapping[str, str],
    workers: int,
    cpus: tuple[int, ...],
    handler: Handler = Handler.SHIPPED,
) -> AbstractContextManager[Server]:
    return running(
        variant,
        database_url=database_url,
        environment=settings,
        workers=workers,
        cpus=frozenset(cpus) or None,
        handler=handler,
    )

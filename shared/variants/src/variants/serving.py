"""`serve`: a variant's production server in the foreground, with the settings of the user's environment."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from variants.catalog import Variant, framework_version, workspace_root
from variants.databases import Rows, prepare, sqlite_url
from variants.engines import Engine
from variants.launch import GRACE_SECONDS, Launch, PortTakenError
from variants.ports import port_fault
from variants.postgres import kept_database
from variants.process import RunningVariant, started

RELATIVE_SQLITE = "sqlite:///"
# How long a server may take to end after it has stopped draining.
SHUTDOWN_MARGIN_SECONDS = 5.0
DEVELOPMENT_ADMIN = "ADMIN_USERNAME=admin ADMIN_PASSWORD=admin-password"


def serve(variant: Variant, *, host: str, port: int, database_url: str, workers: int) -> int:
    """Migrate and seed the database, and run the server until it ends or a signal ends it.

    Parameters:
        database_url: a relative SQLite path is of the current folder.

    Returns:
        The exit code: 0 after a clean end, 2 where the settings are wrong.

    Raises:
        PortTakenError: the server could not listen there.
        VariantFailedError: it ended or was not ready in time.
    """
    if fault := port_fault(host, port):
        raise PortTakenError(f"{variant.name} cannot listen on {host} port {port}: {fault}")
    settings = {**os.environ, "DATABASE_URL": _absolute(database_url)}
    try:
        prepare(Rows(), environment=settings, cwd=Path.cwd())
    except subprocess.CalledProcessError as error:
        sys.stderr.write(error.stderr)
        return _exit_code(error.returncode)
    return _serve_until_ended(
        Launch(
            variant=variant, host=host, port=port, workers=workers, settings=settings, grace_seconds=_grace(settings)
        )
    )


def own_database(variant: Variant, engine: Engine) -> str:
    """The URL of the database that a variant is served with where none is named, which is kept.

    Raises:
        DatabaseError: there is no server for it.
    """
    if engine is Engine.POSTGRES:
        return kept_database(f"serve_{variant.name}").url
    path = workspace_root() / ".work" / "serve" / f"{variant.name}.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    return sqlite_url(path)


def engine_of(database_url: str) -> Engine:
    """The engine that a URL names."""
    return Engine.SQLITE if database_url.startswith("sqlite") else Engine.POSTGRES


def ready_line(variant: Variant, base_url: str, settings: Mapping[str, str]) -> str:
    """The line that says where the server listens, and in development who may log in."""
    line = f"{variant.title} {framework_version(variant)} listens on {base_url} (docs: {base_url}/docs)"
    if settings.get("ENVIRONMENT", "development") != "development":
        return line
    given = "ADMIN_USERNAME" in settings or "ADMIN_PASSWORD" in settings
    return f"{line}; admin: {'as set in ADMIN_USERNAME, ADMIN_PASSWORD' if given else DEVELOPMENT_ADMIN}"


def _serve_until_ended(launch: Launch) -> int:
    ready: RunningVariant | None = None
    with suppress(KeyboardInterrupt), started(launch) as server:
        ready = server
        print(ready_line(launch.variant, launch.base_url, launch.settings), flush=True)
        server.process.wait()
    return _exit_code(ready.process.returncode) if ready else 0


def _absolute(url: str) -> str:
    """The server runs in the variant's folder: a relative path would be another file there."""
    path = url.removeprefix(RELATIVE_SQLITE)
    relative = path != url and path and not path.startswith(("/", ":"))
    return sqlite_url(Path(path).resolve()) if relative else url


def _grace(settings: Mapping[str, str]) -> float:
    seconds = settings.get("SHUTDOWN_TIMEOUT", "")
    return float(seconds) + SHUTDOWN_MARGIN_SECONDS if seconds.isdigit() else GRACE_SECONDS


def _exit_code(code: int) -> int:
    """A signal's number (negative) is a failure like any other for a shell."""
    return code if code >= 0 else 1

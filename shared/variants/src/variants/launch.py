"""What starting one server process takes, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from variants.catalog import Handler, Server, Variant, fill
from variants.environment import server_environment
from variants.ports import LOOPBACK

READY_SECONDS = 30.0
# Longer than the 30 s of SHUTDOWN_TIMEOUT (contract, section 7), so that a server that drains is never killed for it.
GRACE_SECONDS = 35.0
TAIL_LINES = 20
EVERY_ADDRESS = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - recognised here, never bound


class VariantFailedError(Exception):
    """A server did not get ready; the message ends with the tail of its log.

    `exit_code` is None when the server was still running.
    """

    def __init__(self, message: str, *, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class PortTakenError(VariantFailedError):
    """Somebody else listens on the server's port."""


@dataclass(frozen=True)
class Launch:
    """How one server process is started.

    `settings` is its whole environment but for what the variant's own file adds. Without `log_path` the server writes
    to this process's stdout and stderr. `ready_seconds` bounds the start, `grace_seconds` the stop. `handler` says
    which of the variant's servers it is.
    """

    variant: Variant
    port: int
    settings: Mapping[str, str] = field(repr=False)
    host: str = LOOPBACK
    workers: int = 1
    cpus: frozenset[int] | None = None
    log_path: Path | None = None
    ready_seconds: float = READY_SECONDS
    grace_seconds: float = GRACE_SECONDS
    handler: Handler = Handler.SHIPPED

    @property
    def server(self) -> Server:
        """The variant's server that is started."""
        return self.variant.server_of(self.handler)

    @property
    def base_url(self) -> str:
        """Where a client on this machine reaches the server; no slash at the end."""
        host = EVERY_ADDRESS.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def command(self) -> list[str]:
        """The variant's command with its placeholders filled in."""
        return [self._filled(part) for part in self.server.command]

    @property
    def environment(self) -> dict[str, str]:
        """The settings, and what the variant's file sets for its server."""
        own = {name: self._filled(value) for name, value in self.server.environment.items()}
        return server_environment(self.settings, own)

    def failure(self, what: str, exit_code: int | None = None) -> VariantFailedError:
        """An error that says what went wrong and how the log ends."""
        tail = log_tail(self.log_path)
        message = f"{self.variant.name} {what}" + (f"; its log ends:\n{tail}" if tail else "")
        return VariantFailedError(message, exit_code=exit_code)

    def _filled(self, template: str) -> str:
        return fill(template, host=self.host, port=self.port, workers=self.workers)


def log_tail(log_path: Path | None, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, empty when there is none."""
    if log_path is None or not log_path.exists():
        return ""
    return "\n".join(log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

"""nginx in front of servers of this machine, set up by the template that the containers use too."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGQUIT
from tempfile import TemporaryDirectory

from variants.catalog import workspace_root
from variants.environment import foreign_environment
from variants.groups import process_group
from variants.launch import log_tail
from variants.ports import LOOPBACK, free_port, listens

TEMPLATE = Path("deploy/nginx/nginx.conf.template")
# Many systems keep nginx where only root's PATH looks.
SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin"
# The contract's limit (MAX_BODY_BYTES), and what an address may hold open at once.
MAX_BODY_BYTES = 1_048_576
CONNECTIONS_PER_ADDRESS = 100
START_SECONDS = 10.0
POLL_SECONDS = 0.02
_PLACEHOLDER = re.compile(r"\$\{(NGINX_[A-Z_]+)\}")


class ProxyError(Exception):
    """nginx is not there or did not start; the message ends with what it said."""


@dataclass(frozen=True)
class RunningProxy:
    """An nginx that listens. `log_path` has its errors, and a JSON line for each request."""

    base_url: str
    log_path: Path
    process: subprocess.Popen[bytes] = field(repr=False)


def nginx_program() -> str | None:
    """Where nginx is installed, or None."""
    return shutil.which("nginx") or shutil.which("nginx", path=SYSTEM_FOLDERS)


def fill_template(template: str, values: Mapping[str, str]) -> str:
    """Put values for the placeholders `${NGINX_…}`, as envsubst does in the image.

    Raises:
        KeyError: a placeholder has no value.
    """
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], template)


@contextmanager
def proxy(
    upstream_ports: Sequence[int],
    *,
    connections_per_address: int = CONNECTIONS_PER_ADDRESS,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> Iterator[RunningProxy]:
    """Run nginx on a free port of the loopback address, in front of servers there, for as long as the body runs.

    Parameters:
        upstream_ports: of the servers, which may be started later, and restarted.
        connections_per_address: how many requests of one address may be in flight, half sent ones too; the next is 429.
        max_body_bytes: a larger body is 413.

    Raises:
        ProxyError: nginx is not installed or did not start.
    """
    with TemporaryDirectory(prefix="variants-") as name:
        folder, port = Path(name), free_port()
        # nginx's workers are another user's where it is started by root.
        folder.chmod(0o711)
        values = _values(folder, port, upstream_ports, connections_per_address, max_body_bytes)
        template = (workspace_root() / TEMPLATE).read_text(encoding="utf-8")
        configuration = folder / "nginx.conf"
        configuration.write_text(fill_template(template, values), encoding="utf-8")
        with _started(configuration, port) as running:
            yield running


def _values(
    folder: Path, port: int, upstream_ports: Sequence[int], connections_per_address: int, max_body_bytes: int
) -> dict[str, str]:
    return {
        "NGINX_FOLDER": str(folder),
        "NGINX_LISTEN": f"{LOOPBACK}:{port}",
        "NGINX_SERVERS": " ".join(f"server {LOOPBACK}:{upstream} max_fails=0;" for upstream in upstream_ports),
        "NGINX_RESOLVER": LOOPBACK,
        "NGINX_CONNECTIONS_PER_ADDRESS": str(connections_per_address),
        "NGINX_MAX_BODY_BYTES": str(max_body_bytes),
    }


@contextmanager
def _started(configuration: Path, port: int) -> Iterator[RunningProxy]:
    log_path = configuration.with_name("nginx.log")
    with (
        log_path.open("ab") as log,
        process_group(
            _command(configuration),
            cwd=configuration.parent,
            environment=foreign_environment(),
            output=log,
            # Finishes the requests in flight; SIGTERM would cut them.
            stop_signal=SIGQUIT,
        ) as process,
    ):
        _wait_until_listening(process, port, log_path)
        yield RunningProxy(base_url=f"http://{LOOPBACK}:{port}", log_path=log_path, process=process)


def _command(configuration: Path) -> list[str]:
    program = nginx_program()
    if program is None:
        raise ProxyError("nginx is not installed")
    # `-e`: before it has read its configuration it would open the system's own log.
    return [program, "-e", "stderr", "-p", f"{configuration.parent}", "-c", str(configuration), "-g", "daemon off;"]


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, log_path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not listens(process.pid, port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise ProxyError(f"nginx did not listen on port {port}; its log ends:\n{log_tail(log_path)}")
        time.sleep(POLL_SECONDS)

"""Waits until a server that has just been started answers, or says why it never will."""

import http.client
import subprocess
import time

from variants.launch import Launch, PortTakenError, VariantFailedError
from variants.ports import listens, port_fault

POLL_SECONDS = 0.01
REQUEST_SECONDS = 2.0


def wait_until_ready(process: subprocess.Popen[bytes], launch: Launch, *, began: float) -> float:
    """Poll the server's `ready_path` every 10 ms until it answers 200.

    Parameters:
        began: the instant of exec, on the clock of `time.monotonic`.

    Returns:
        The seconds from `began` to the first 200.

    Raises:
        VariantFailedError: the server ended, or was not ready within `launch.ready_seconds`.
        PortTakenError: somebody else listens on its port.
    """
    while True:
        ready = _answers_ready(launch)
        seconds = time.monotonic() - began
        if process.poll() is not None:
            raise _ended(launch, process.returncode)
        if ready and not listens(process.pid, launch.port):
            raise PortTakenError(f"{launch.variant.name}: somebody else answers on port {launch.port}")
        if ready:
            return seconds
        if seconds > launch.ready_seconds:
            raise launch.failure(f"was not ready after {launch.ready_seconds:g} s")
        time.sleep(POLL_SECONDS)


def _answers_ready(launch: Launch) -> bool:
    connection = http.client.HTTPConnection(launch.base_url.removeprefix("http://"), timeout=REQUEST_SECONDS)
    try:
        connection.request("GET", launch.server.ready_path, headers=_host_header(launch))
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _host_header(launch: Launch) -> dict[str, str]:
    """Name a host that the server takes, where its settings restrict them."""
    first = launch.settings.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return {"Host": first} if first not in ("", "*") else {}


def _ended(launch: Launch, exit_code: int) -> VariantFailedError:
    if port_fault(launch.host, launch.port):
        return PortTakenError(f"{launch.variant.name}: port {launch.port} is taken", exit_code=exit_code)
    return launch.failure(f"ended with exit code {exit_code} before it was ready", exit_code)

"""TCP ports of this machine: a free one, and who listens on it."""

import socket
from contextlib import suppress

import psutil

LOOPBACK = "127.0.0.1"


def free_port(host: str = LOOPBACK) -> int:
    """A port that nobody listens on now; somebody else may take it before its caller does."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_fault(host: str, port: int) -> str | None:
    """Why a server could not listen there, in the system's words, or None when it could."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: without it the port of a server that has just ended counts as taken for a minute.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None


def listens(pid: int, port: int) -> bool:
    """Whether the process or one of its descendants listens on the TCP port."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return any(_process_listens(process, port) for process in (root, *root.children(recursive=True)))
    return False


def _process_listens(process: psutil.Process, port: int) -> bool:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for connection in process.net_connections(kind="tcp")
        )
    return False

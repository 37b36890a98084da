"""Tornado's HTTP server, one process of it or several, and its end without a lost request."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.process import cpu_count, fork_processes
from tornado.web import Application

from blogapi.collector import freeze_the_application
from blogapi.metrics import share_between_processes
from blogapi.settings import Settings
from tornado_app.frontdoor import FrontDoor
from tornado_app.settings import ServerOptions

KEEP_ALIVE_SECONDS = 75
BODY_SECONDS = 30
# How long nothing may have come in before a stopping server takes its silent connections for idle ones.
GRACE_SECONDS = 0.1
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class DrainingServer(HTTPServer):
    """Knows which of its connections are in the middle of a request."""

    def initialize(self, application: Application) -> None:  # type: ignore[override]  # the options are set here
        super().initialize(
            application,
            idle_connection_timeout=KEEP_ALIVE_SECONDS,
            body_timeout=BODY_SECONDS,
            # The handlers keep the limit, for Tornado's own answer to a larger body is an empty 400.
            max_body_size=sys.maxsize,
        )
        self._listening: list[socket.socket] = []
        self._busy: set[object] = set()
        self._last_request = 0.0

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        self._listening += sockets
        super().add_sockets(self._listening)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        # Called for a new connection, and again whenever one has been given its whole response.
        self._busy.discard(server_conn)
        delegate = super().start_request(server_conn, request_conn)
        return FrontDoor(delegate, on_request=lambda: self._request_received(server_conn))

    def on_close(self, server_conn: object) -> None:
        self._busy.discard(server_conn)
        super().on_close(server_conn)

    async def drain(self, seconds: float) -> None:
        """Stop listening, finish what is in flight for at most `seconds`, then close every connection."""
        self._accept_waiting()
        self.stop()
        # Whoever sends one request more is told that it was the last on its connection.
        self.conn_params.no_keep_alive = True
        self._last_request = time.monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._busy or time.monotonic() - self._last_request < GRACE_SECONDS:
                    await asyncio.sleep(GRACE_SECONDS / 10)
        await self.close_all_connections()

    def _accept_waiting(self) -> None:
        # Their handshake is done, so to their clients they are connected; closing the socket would reset them.
        for sock in self._listening:
            with suppress(BlockingIOError):
                while True:
                    connection, address = sock.accept()
                    self.handle_stream(IOStream(connection), address)

    def _request_received(self, server_conn: object) -> None:
        self._busy.add(server_conn)
        self._last_request = time.monotonic()


def serve(settings: Settings, options: ServerOptions, create_app: Callable[[Settings], Application]) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in flight."""
    listen(options, partial(_serve, settings, create_app))


def listen(
    options: ServerOptions, run: Callable[[list[socket.socket], socket.socket | None], Coroutine[Any, Any, None]]
) -> None:
    """Listen, and run in each of the processes: with its sockets, and what reaches its end as of `told_to_stop`."""
    for number in STOP_SIGNALS:
        # Until there is something to finish.
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        bound = _bind(options)
    except OSError as error:
        sys.exit(f"cannot listen on {options.host}:{options.port}: {error.strerror}")
    share_between_processes(len(bound))
    worker, parent = _fork(bound) if len(bound) > 1 else (0, None)
    asyncio.run(run(bound[worker], parent))


async def _serve(
    settings: Settings,
    create_app: Callable[[Settings], Application],
    sockets: list[socket.socket],
    parent: socket.socket | None,
) -> None:
    application = create_app(settings)
    # Argon2 keeps a core busy: more threads than cores would take more memory and finish nothing sooner.
    IOLoop.current().set_default_executor(ThreadPoolExecutor(cpu_count()))
    server = DrainingServer(application)
    freeze_the_application()
    server.add_sockets(sockets)
    await told_to_stop(application.settings["stopping"], parent)
    await server.drain(settings.shutdown_timeout)
    application.settings["observer"].close()
    application.settings["database"].close()
    application.settings["rate_limits"].close()


async def told_to_stop(stopping: asyncio.Event, parent: socket.socket | None) -> None:
    """Wait for SIGTERM, or for the end of what reaches to the parent process, and set `stopping` then."""
    loop = asyncio.get_running_loop()
    if parent is None:
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stopping.set)
        await stopping.wait()
    else:
        loop.add_reader(parent, stopping.set)
        await stopping.wait()
        loop.remove_reader(parent)


def _bind(options: ServerOptions) -> list[list[socket.socket]]:
    alone = bind_sockets(options.port, options.host)
    if options.workers == 1:
        return [alone]
    # Was the port free? The sockets below would join whoever listens there already.
    _close(alone)
    # A socket for each, so that the kernel shares the connections out: of one socket the first to wake takes all.
    return [bind_sockets(options.port, options.host, reuse_port=True) for _ in range(options.workers)]


def _fork(bound: list[list[socket.socket]]) -> tuple[int, socket.socket]:
    """Go on as one of several processes.

    Returns:
        The process's number, and what reaches its end when the parent is told to stop, or dies.
    """
    process = os.getpid()
    lifeline, end = socket.socketpair()

    def stop(*_signal: object) -> None:
        # A child that is sent the signal too, by a terminal say, stops with its parent and not before.
        if os.getpid() == process:
            _close([*chain(*bound), lifeline])

    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    worker = fork_processes(len(bound))
    if lifeline.fileno() < 0:
        # Forked in the place of one that failed, after the parent was told to stop.
        sys.exit(0)
    _close([*chain(*(sockets for number, sockets in enumerate(bound) if number != worker)), lifeline])
    return worker, end


def _close(sockets: Iterable[socket.socket]) -> None:
    for sock in sockets:
        sock.close()

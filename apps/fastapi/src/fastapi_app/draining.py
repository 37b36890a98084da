"""uvicorn's end without a lost request: connections that wait are taken, those that are kept are told to close."""

import asyncio
import os
import socket
from contextlib import suppress

from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess, multiprocess

# A member of the lifespan's state, which uvicorn gives to each request.
STOPPING = "is_stopping"
# How long a stopping server keeps idle connections open, on which a request may be on its way.
LINGER_SECONDS = 0.5


class DrainingProtocol(HttpToolsProtocol):
    """Tells the client, once the server is to stop, that this answer is the last one on its connection."""

    def on_headers_complete(self) -> None:
        """Begin to answer a request."""
        super().on_headers_complete()
        if STOPPING in self.app_state:
            self.cycle.keep_alive = False

    def end_with_this_answer(self) -> None:
        """Close the connection behind the answer that is under way, if there is one."""
        if self.cycle is not None:
            self.cycle.keep_alive = False


class DrainingServer(Server):
    """Answers what has been sent; uvicorn's own resets connections that wait, and closes idle ones at once."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let the requests come in that are on their way, and finish them within the time-out."""
        self.lifespan.state[STOPPING] = True
        waiting = [connection for server in self.servers for sock in server.sockets for connection in _accepted(sock)]
        for server in self.servers:
            server.close()
        for connection in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        await self._linger()
        await super().shutdown(sockets)

    async def _linger(self) -> None:
        seconds = self.config.timeout_graceful_shutdown or 0
        for connection in self.server_state.connections:
            if isinstance(connection, DrainingProtocol):
                connection.end_with_this_answer()
        if self.server_state.connections:
            await asyncio.sleep(min(LINGER_SECONDS, seconds))

    def _protocol(self) -> DrainingProtocol:
        return DrainingProtocol(self.config, self.server_state, self.lifespan.state)


class DrainingProcess(multiprocess.Process):
    """One of several processes."""

    @property
    def server(self) -> Server:
        """The server that the process runs."""
        if self._server is None:
            self._server = DrainingServer(self.config)
        return self._server

    def start(self) -> None:
        """Start it, and leave its end of the pipe to it alone: uvicorn then sees the death of one that it is asking."""
        super().start()
        self.child_conn.close()


class DrainingProcesses(Multiprocess):
    """Several processes that listen on one socket."""

    def terminate_all(self) -> None:
        """Stop the processes, and with the first of them listening: connections would wait here for nobody."""
        for sock in self.sockets:
            sock.close()
        super().terminate_all()


def serve(config: Config) -> bool:
    """Serve until SIGTERM; tell whether the server had started."""
    if config.workers > 1:
        # The one place where uvicorn could be told which class its processes are of.
        multiprocess.Process = DrainingProcess  # type: ignore[misc]
        DrainingProcesses(config, [config.bind_socket()]).run()
        return True
    server = DrainingServer(config)
    with suppress(KeyboardInterrupt):
        server.run()
    return server.started


def _accepted(listening: socket.socket) -> list[socket.socket]:
    """Take the connections that wait: to their clients they are made, and closing the socket would reset them."""
    connections = []
    # The loop's own object of it cannot accept.
    with socket.socket(fileno=os.dup(listening.fileno())) as sock, suppress(BlockingIOError):
        sock.setblocking(False)
        while True:
            connections.append(sock.accept()[0])
    return connections

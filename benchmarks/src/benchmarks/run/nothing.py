"""A server that does nothing but answer ping: what the generator reaches against it is the generator's own limit.

Its answers have the headers of the contract (section 1), as the generator has to read those of the variants too.
"""

import asyncio
import sys

BODY = b'{"pong": true}'
HEADERS = (
    b"Content-Type: application/json",
    b"Content-Length: %d" % len(BODY),
    b"X-Request-ID: 00000000-0000-4000-8000-000000000000",
    b"Server-Timing: app;dur=0.00",
    b"X-Content-Type-Options: nosniff",
    b"X-Frame-Options: DENY",
    b"Referrer-Policy: no-referrer",
    b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
)
ANSWER = b"\r\n".join((b"HTTP/1.1 200 OK", *HEADERS, b"", BODY))
END_OF_REQUEST = b"\r\n\r\n"


class Nothing(asyncio.Protocol):
    """Answers every request without a look at it."""

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection to write to."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        *requests, self._received = (self._received + data).split(END_OF_REQUEST)
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.writelines([ANSWER] * len(requests))


async def serve(port: int) -> None:
    """Listen on the loopback address until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Nothing, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

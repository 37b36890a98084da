"""What FastHttpUser sends through: the same request on the wire, for two thirds of the CPU.

The agent that comes with it copies and merges headers four times a request, parses the URL, and asks the system whether
its idle connection is still alive: the price of being general. A user here talks to one host over one connection, so a
request is put together in one step. The API sets no cookies, so there is no jar. The parser of answers is the same.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from gevent import select, socket  # type: ignore[import-untyped] # gevent has no types
from geventhttpclient.response import HTTPConnectionClosed, HTTPSocketResponse
from locust.contrib.fasthttp import FastResponse, LocustBadStatusCode, LocustUserAgent

BLOCK_BYTES = 65_536
# As RFC 9110, section 9.2.2, and the agent that this one stands for: only these are sent again by themselves.
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


class LeanAgent(LocustUserAgent):
    """Sends the requests of one user to one host in the clear, over one connection that is kept while it can be."""

    def __init__(self, host: str, *, timeout_seconds: float | None) -> None:
        super().__init__(max_retries=0, max_redirects=0)
        url = urlsplit(host)
        self._origin = f"{url.scheme}://{url.netloc}"
        self._address = (url.hostname or "", url.port or 80)
        self._always = f"Host: {url.netloc}\r\nUser-Agent: {self.default_headers['user-agent']}\r\n"
        self._timeout_seconds = timeout_seconds
        self._connection: socket.socket | None = None

    def urlopen(  # type: ignore[override] # what FastHttpSession asks for, and no more
        self,
        url: str,
        *,
        method: str,
        headers: Mapping[str, str],
        payload: str | None,
    ) -> FastResponse:
        """Send a request and read its answer whole.

        Raises:
            LocustBadStatusCode: with the response, for a status that is an error.
            OSError: the connection failed.
            HTTPParseError: the answer is no HTTP, or there is none.
        """
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        body = b"" if payload is None else payload.encode()
        length = "" if payload is None else f"Content-Length: {len(body)}\r\n"
        head = f"{method} {url.removeprefix(self._origin)} HTTP/1.1\r\n{self._always}{lines}{length}\r\n"
        answer = self._exchange(method, head.encode("latin-1") + body)
        try:
            self._verify_status(answer.status_code, url)  # type: ignore[no-untyped-call] # Locust's
        except LocustBadStatusCode as error:
            error.response = answer  # type: ignore[attr-defined] # where FastHttpSession looks for it
            raise
        return answer

    def close(self) -> None:
        """Close the connection that is kept, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, request: bytes) -> FastResponse:
        """Send over the kept connection; when the server has closed that in the meantime, over a new one.

        That is found out by trying where a request may be sent twice, and by a look at the connection where it may not.
        """
        kept, self._connection = self._connection, None
        if kept is not None and method not in REPEATABLE and select.select([kept], [], [], 0)[0]:
            kept.close()
            kept = None
        if kept is not None:
            try:
                return self._sent(kept, method, request)
            except (HTTPConnectionClosed, BrokenPipeError, ConnectionResetError):
                if method not in REPEATABLE:
                    raise
        return self._sent(socket.create_connection(self._address, self._timeout_seconds), method, request)

    def _sent(self, connection: socket.socket, method: str, request: bytes) -> FastResponse:
        """Send over this connection, and keep it when the answer is whole and the server keeps it too."""
        try:
            connection.sendall(request)
            response = HTTPSocketResponse(connection, BLOCK_BYTES, method)
            answer = FastResponse(response)  # type: ignore[arg-type] # it uses what both kinds of response have
            answer.content  # noqa: B018 - the property reads the rest, and keeps it for whoever asks later
        except BaseException:
            connection.close()
            raise
        if not response.should_close():
            self._connection = connection
        return answer

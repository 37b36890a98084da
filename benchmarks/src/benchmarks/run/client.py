"""A plain client: one request at a time over one kept connection, and every answer has to be a 200."""

import http.client
from types import TracebackType
from typing import Self

TIMEOUT_SECONDS = 60.0


class ClientError(Exception):
    """A request was not answered with 200; the message says what happened instead."""


class PlainClient:
    """Asks one server; a context manager that closes the connection."""

    def __init__(self, base_url: str) -> None:
        self._connection = http.client.HTTPConnection(base_url.removeprefix("http://"), timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def get(self, path: str) -> bytes:
        """Ask for a path, with its query; give the body.

        Raises:
            ClientError: there was no answer, or another than 200.
        """
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ClientError(f"GET {path} was not answered: {type(error).__name__} {error}".rstrip()) from error
        if answer.status != http.HTTPStatus.OK:
            raise ClientError(f"GET {path} answered {answer.status} instead of 200")
        return body

"""Connections to PostgreSQL that wait for no answer for ever."""

from collections.abc import Generator
from select import POLLIN, poll
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.errors import _WaitTimeout
from psycopg.rows import TupleRow

T = TypeVar("T")
# Longer than the server itself gives a statement (`database.STATEMENT_TIMEOUT_MS`), which keeps the connection usable.
ANSWER_SECONDS = 6.0
INTERVAL_SECONDS = 0.1


class BoundedConnection(Connection[TupleRow]):
    """Gives up a server that has taken a statement and says nothing: stopped, swapped out, or cut off by a network.

    Neither its own time-outs nor TCP's end that wait: the one needs the server, and for the other all has arrived.
    """

    def wait(self, gen: Generator[Any, Any, T], interval: float = INTERVAL_SECONDS, timeout: float | None = None) -> T:
        """Wait for what psycopg has asked of the server.

        Raises:
            OperationalError: there was no answer in time; the connection is closed.
        """
        try:
            return super().wait(gen, interval, ANSWER_SECONDS if timeout is None else timeout)
        except _WaitTimeout as error:
            self.close()
            raise OperationalError(f"the server did not answer within {ANSWER_SECONDS} s") from error

    @property
    def is_hung_up(self) -> bool:
        """Whether the server has ended a connection that nobody uses now; to know costs no round trip.

        On a connection at rest nothing comes but the end, and a server's reason for it.
        """
        if self.closed:
            return True
        ends = poll()
        ends.register(self.fileno(), POLLIN)
        return bool(ends.poll(0))

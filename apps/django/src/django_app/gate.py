"""How many threads may be at the database at once: one fewer than the server has, see `blogapi.gate`."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.db import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from blogapi.gate import Gate

_GATE = Gate(max(1, settings.BLOGAPI.database_pool_size - 1))


@contextmanager
def database_place() -> Iterator[None]:
    """Hold one of the places of this process at the database.

    Raises:
        OperationalError: there is none.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(_GATE.passed())
        except PoolTimeoutError as error:
            raise OperationalError(str(error)) from error
        yield

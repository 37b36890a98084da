"""How many threads may be at the database at once: one fewer than the server has, see `blogapi.gate`."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.db import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from blogapi.gate import Gate


class _Holder(threading.local):
    is_holding = False


_GATE = Gate(settings.BLOGAPI.database_pool_size)
_HOLDER = _Holder()


@contextmanager
def database_place() -> Iterator[None]:
    """Hold one of the places of this process at the database; a thread that has one takes no other.

    Raises:
        OperationalError: there is none.
    """
    if _HOLDER.is_holding:
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(_GATE.passed())
        except PoolTimeoutError as error:
            raise OperationalError(str(error)) from error
        _HOLDER.is_holding = True
        try:
            yield
        finally:
            _HOLDER.is_holding = False

"""Long work beside the event loop: what hashes a password, reads a large body or compresses a long one."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from tornado.ioloop import IOLoop

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call the function in a thread of the event loop's own executor, of which `server.py` sets the size."""
    return await IOLoop.current().run_in_executor(None, partial(function, *args, **kwargs))

"""What the generator itself can do: its rate against a server that does nothing."""

from benchmarks.results import Ceiling
from benchmarks.run.context import Context
from benchmarks.run.window import measure

CEILING_SECONDS = 1.0


def measure_ceiling(context: Context) -> None:
    """Measure it once a run, into the book.

    Raises:
        GeneratorError: the load could not be brought up.
        VariantFailedError: that server did not start.
    """
    if context.book.ceiling is not None:
        return
    context.progress(0.0, "the generator against a server that does nothing")
    with context.stage.nothing(context.layout.server) as server:
        request = {
            "mode": "closed",
            "host": server.base_url,
            "user": "Ping",
            "users": context.settings.users,
            "warm_up_max": context.settings.warm_up_max_seconds,
            "window": CEILING_SECONDS,
        }
        load, _ = measure(context.generator, request, server_pid=server.pid, cores=context.server_cores)
    context.book.ceiling = Ceiling(load.capacity, load.cpu_seconds / load.window_seconds)
    context.book.lap("ceiling")

"""The servers of a round: all of them at once, each fresh and on a fresh database, side by side on the same cores.

Only one is ever under load. What the others use meanwhile is held against the window: measured for 15 s after some
requests, gunicorn's and Tornado's used nothing, uvicorn's 0.13 % of a core.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from benchmarks.plan.contestants import Contestant
from benchmarks.results import Failure, Start
from benchmarks.run.book import Step
from benchmarks.run.context import Context
from benchmarks.run.stage import Server, in_brief
from variants.databases import Rows
from variants.launch import VariantFailedError
from variants.watch import tree_usage

Servers = Mapping[Contestant, Server]


@contextmanager
def servers_of(
    context: Context,
    contestants: Sequence[Contestant],
    step: Step,
    *,
    rows: Rows | None = None,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    share: float | None = None,
) -> Iterator[Servers]:
    """Run a server of each contestant for as long as the body runs, started one after the other.

    One that does not start is noted in the book as a failure, and is not among them.

    Parameters:
        step: whose servers they are; starts themselves are noted in the book by who wants that.
        rows: what the databases hold, where it is not what the method says.
        settings: of the servers, where they are not those of the run.
        share: of the study that is done, for who is told of the starts; without it nobody is.
    """
    context = context if settings is None else _with_settings(context, settings)
    with ExitStack() as stack:
        servers: dict[Contestant, Server] = {}
        for contestant in contestants:
            if share is not None:
                context.progress(share, f"{step.study}, round {step.round}: starting {contestant.label}")
            try:
                servers[contestant] = _started(stack, context, contestant, rows, workers)
            except VariantFailedError as error:
                handler, why = contestant.handler.value, in_brief(error)
                context.book.failures.append(Failure(step.round, contestant.name, None, why, handler, step.study))
        yield servers


def start_of(number: int, contestant: Contestant, server: Server) -> Start:
    """A start for the book; the memory is that before the first request of a load."""
    memory = tree_usage(server.pid)
    return Start(
        round=number,
        variant=contestant.name,
        startup_seconds=server.startup_seconds,
        pss_bytes=memory.pss_bytes,
        rss_bytes=memory.rss_bytes,
        handler=contestant.handler.value,
    )


def _with_settings(context: Context, settings: Mapping[str, str]) -> Context:
    return replace(context, settings=replace(context.settings, server_environment=dict(settings)))


def _started(stack: ExitStack, context: Context, contestant: Contestant, rows: Rows | None, workers: int) -> Server:
    database = stack.enter_context(context.stage.database(rows))
    return stack.enter_context(
        context.stage.server(
            contestant.variant,
            database.url,
            context.settings.server_environment,
            workers,
            context.layout.server,
            contestant.handler,
        )
    )

"""Scale: the same closed loop with more users, more rows, or more workers, all variants in turn at each value."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random

from benchmarks.gates import Fault, scale_faults
from benchmarks.plan.contestants import Contestant
from benchmarks.plan.order import chance, shuffled
from benchmarks.plan.sweeps import CONCURRENCY, LEAST_ROUNDS, ROWS, WORKERS, Sweep, sweeps
from benchmarks.run.book import Step
from benchmarks.run.context import Context
from benchmarks.run.generator import running_generator
from benchmarks.run.layout import choose_layout, database_held, out_of_the_way
from benchmarks.run.servers import servers_of
from benchmarks.run.turns import OVERHEAD_SECONDS, Loads, until_valid
from benchmarks.studies import ScaleSample
from variants.databases import Rows

SCALE = "scale"
WINDOW_SECONDS = 1.0
ONE_WORKER = "Scale: with {cores} cores there is room for one worker beside the generator, so workers do not vary."


def measure_scale(context: Context) -> None:
    """Sweep each dimension in each of the rounds; a sweep of a round is a step."""
    plans = sweeps(rows=context.settings.rows, cores=len(context.cores))
    steps = [(Step(SCALE, number, sweep.dimension), sweep) for number in range(1, LEAST_ROUNDS + 1) for sweep in plans]
    for place, (step, sweep) in enumerate(steps):
        if not context.book.is_done(step):
            _measure_sweep(context, step, sweep, place / len(steps))
            context.finish(step)
    if any(sweep.dimension == WORKERS and len(sweep.values) == 1 for sweep in plans):
        context.book.note(ONE_WORKER.format(cores=len(context.cores)))


def _measure_sweep(context: Context, step: Step, sweep: Sweep, share: float) -> None:
    """Take the values in random order: on the same servers where only users vary, on fresh ones where rows do."""
    draw = chance(context.settings.seed, f"{SCALE}/{sweep.dimension}", step.round)
    values = shuffled(sweep.values, draw)
    groups = [values] if sweep.dimension == CONCURRENCY else [(value,) for value in values]
    for group in groups:
        workers = group[0] if sweep.dimension == WORKERS else 1
        with _room_for(workers, context) as roomy:
            _measure_group(roomy, step, sweep, group, draw, share)


def _measure_group(
    context: Context, step: Step, sweep: Sweep, values: Sequence[int], draw: Random, share: float
) -> None:
    """Start everyone once, warm up, and take a window at each value in turn."""
    rows = Rows(articles=values[0]) if sweep.dimension == ROWS else None
    workers = values[0] if sweep.dimension == WORKERS else 1
    order = shuffled(context.shipped, draw)
    with servers_of(context, order, step, rows=rows, workers=workers, share=share) as servers:
        loads = Loads(context, servers, sweep.scenario, step)
        ready = [contestant for contestant in servers if loads.warm_up(contestant) is not None]
        for value in values:
            for contestant in shuffled(ready, draw):
                doing = f"scale, round {step.round}: {contestant.label}, {sweep.dimension} {value:,}"
                context.progress(share, doing)
                _take(loads, sweep, value, contestant)


def _take(loads: Loads, sweep: Sweep, value: int, contestant: Contestant) -> None:
    """Measure a window into the book, and again while a gate trips."""
    context = loads.context
    users = value if sweep.dimension == CONCURRENCY else None

    def take(attempt: int) -> Sequence[Fault] | None:
        window = loads.window(contestant, users, WINDOW_SECONDS)
        if window is None:
            return None
        number, name, scenario = loads.step.round, contestant.name, sweep.scenario.name
        sample = ScaleSample(number, name, scenario, sweep.dimension, value, *window, attempt)
        context.book.scales.append(sample)
        return scale_faults(sample, context.settings)

    until_valid(take, lambda: context.has_seconds(WINDOW_SECONDS + OVERHEAD_SECONDS))


@contextmanager
def _room_for(workers: int, context: Context) -> Iterator[Context]:
    """Give the servers a core a worker; the generator, one of its own, and the database keep to what is left."""
    if workers == context.settings.workers:
        yield context
        return
    layout = choose_layout(workers, context.cores)
    with (
        database_held(layout, context.database_pid),
        out_of_the_way(layout),
        running_generator(context.stage.root, cpus=layout.generator) as generator,
    ):
        yield replace(context, layout=layout, generator=generator)

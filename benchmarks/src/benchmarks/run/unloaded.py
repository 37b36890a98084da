"""The studies that put no load on a server, as parts of a comparison: the exact cost, and the footprint."""

from dataclasses import replace

from benchmarks.run.book import Step
from benchmarks.run.callgrind import CallgrindError
from benchmarks.run.context import Context
from benchmarks.run.counted import PATHS
from benchmarks.run.exact import ExactPlan, Listener, measure_exact
from benchmarks.run.footprint import FootprintError, measure_footprints

EXACT, FOOTPRINT = Step("exact", 1), Step("footprint", 1)


def measure_exact_costs(context: Context) -> None:
    """Count instructions, on every core at once; a machine without valgrind has a note instead."""
    book = context.book
    if book.is_done(EXACT):
        return
    asked = {scenario.name for scenario in context.scenarios}
    plan = ExactPlan(
        engine=context.stage.engine,
        environment=context.settings.server_environment,
        scenarios=tuple(name for name in PATHS if name in asked),
        cores=tuple((core,) for core in context.cores) or ((),),
    )
    bare = context.settings.bare
    variants = {one.name: one.variant if bare else replace(one.variant, bare=None) for one in context.shipped}
    try:
        measure_exact(variants, plan, Listener(context.progress, book.costs.append, book.failures.append))
    except CallgrindError as error:
        book.note(f"Exact cost: {error}.")
    context.finish(EXACT)


def measure_footprint(context: Context) -> None:
    """Count what is installed and what was written; what keeps it from that is a note."""
    if context.book.is_done(FOOTPRINT):
        return
    context.progress(0.0, "footprint")
    try:
        context.book.footprints.extend(measure_footprints(one.variant for one in context.shipped))
    except FootprintError as error:
        context.book.note(f"Footprint: {error}.")
    context.finish(FOOTPRINT)

"""Measures a small part of a result again, on this machine."""

from dataclasses import replace

from benchmarks.plan.order import new_seed
from benchmarks.plan.scenarios import SCENARIOS, Scenario
from benchmarks.plan.settings import make_settings
from benchmarks.plan.studies import CAPACITY, studies_named
from benchmarks.results import METHOD_VERSION, Result
from benchmarks.run.comparison import compare
from benchmarks.run.context import Progress
from benchmarks.run.order import ENGINE_TITLES, Order
from benchmarks.run.stage import Stage
from variants.catalog import load_variants

MOST_SCENARIOS = 3


class CannotReproduceError(Exception):
    """There is nothing of the result that could be measured here; the message says why."""


def reproduction_order(result: Result, *, rounds: int, seed: int | None = None) -> Order:
    """The small matrix: the variants that are here, at most three scenarios, few rounds, the result's own conditions.

    Raises:
        CannotReproduceError: its method is of another version, its engine is unknown here, or fewer than two variants
            or no scenario of it are.
        CatalogError: the description of a variant is wrong.
    """
    if result.method != METHOD_VERSION:
        raise CannotReproduceError(f"its method is version {result.method}, and here is version {METHOD_VERSION}")
    engine = ENGINE_TITLES.get(result.database.engine)
    if engine is None:
        raise CannotReproduceError(f"there is no engine {result.database.engine} here")
    measured = {variant.name for variant in result.variants if variant.contract.ok}
    variants = {name: variant for name, variant in load_variants().items() if name in measured}
    scenarios = _scenarios(result)
    if len(variants) < 2 or not scenarios:
        raise CannotReproduceError("a ratio needs two of its variants and one of its scenarios, which are not here")
    usual = make_settings(
        quick=True,
        seed=new_seed() if seed is None else seed,
        studies=studies_named([CAPACITY], quick=True),
        rounds=rounds,
    )
    settings = replace(
        usual,
        users=result.settings.users,
        workers=result.settings.workers,
        server_environment=result.settings.server_environment,
    )
    return Order(f"{result.name}-reproduced", engine, variants, scenarios, settings)


def reproduce(order: Order, stage: Stage, progress: Progress) -> Result:
    """Carry it out, the contract suite first.

    Raises:
        LayoutError: there are not enough cores.
        GeneratorError: the generator does not do its work.
        DatabaseError: there is no database.
    """
    return compare(order, stage, progress)


def _scenarios(result: Result) -> tuple[Scenario, ...]:
    """Those that read come first: they say most, and leave every round with the same rows."""
    known = {scenario.name: scenario for scenario in SCENARIOS}
    here = [known[scenario.name] for scenario in result.scenarios if scenario.name in known]
    return tuple(sorted(here, key=lambda scenario: scenario.writes))[:MOST_SCENARIOS]

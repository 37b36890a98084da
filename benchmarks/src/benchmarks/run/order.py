"""What somebody wants compared, put together from what they asked for, or from a result that they go on with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.plan.order import new_seed
from benchmarks.plan.scenarios import SCENARIOS, Scenario, mix_scenario, scenarios_named
from benchmarks.plan.settings import MILLION, ROWS, make_settings
from benchmarks.plan.studies import studies_named
from benchmarks.results import Result, Settings
from benchmarks.run.resume import ResumeError, check_asked, check_resumable
from variants.catalog import Variant, load_variants, variant_named
from variants.engines import Engine

MINUTE = 60.0
ENGINE_TITLES = {"SQLite": Engine.SQLITE, "PostgreSQL": Engine.POSTGRES}
Keep = Callable[[Result], object]


@dataclass(frozen=True)
class Order:
    """What is to be compared, and on which engine. `resumed` is the result that is to be gone on with."""

    name: str
    engine: Engine
    variants: Mapping[str, Variant]
    scenarios: Sequence[Scenario]
    settings: Settings
    resumed: Result | None = None


@dataclass(frozen=True)
class Asked:
    """What was named on the command line; None for what was not. `mix` is the file of a mix of one's own."""

    quick: bool = False
    variants: Sequence[str] | None = None
    scenarios: Sequence[str] | None = None
    studies: Sequence[str] | None = None
    rounds: int | None = None
    users: int | None = None
    budget_minutes: float | None = None
    bare: bool = True
    rows_million: bool = False
    seed: int | None = None
    mix: Path | None = None
    name: str | None = None
    engine: Engine | None = None

    @property
    def settings(self) -> dict[str, object]:
        """Those members of the settings that were named, under their names there."""
        named: dict[str, object | None] = {
            "quick": self.quick or None,
            "rounds": self.rounds,
            "users": self.users,
            "budget_seconds": None if self.budget_minutes is None else self.budget_minutes * MINUTE,
            "bare": None if self.bare else False,
            "rows": (*ROWS, MILLION) if self.rows_million else None,
            "seed": self.seed,
            "studies": None if self.studies is None else _study_names(self.studies),
        }
        return {name: value for name, value in named.items() if value is not None}


def new_order(asked: Asked) -> Order:
    """An order of what was asked for, and the usual where nothing was.

    Raises:
        CatalogError: a variant is unknown, or its description wrong.
        UnknownScenarioError: a scenario is, or a mix is wrong.
        UnknownStudyError: a study is.
    """
    quick = asked.quick
    engine = asked.engine or (Engine.SQLITE if quick else Engine.POSTGRES)
    settings = make_settings(
        quick=quick,
        seed=new_seed() if asked.seed is None else asked.seed,
        studies=studies_named(asked.studies, quick=quick),
        rounds=asked.rounds,
        budget_seconds=None if asked.budget_minutes is None else asked.budget_minutes * MINUTE,
        bare=asked.bare,
        rows_million=asked.rows_million,
        **({} if asked.users is None else {"users": asked.users}),
    )
    scenarios = (*_scenarios(asked, quick=quick), *_mixes(asked))
    return Order(asked.name or _usual_name(quick, engine), engine, _variants(asked.variants), scenarios, settings)


def resumed_order(asked: Asked, result: Result) -> Order:
    """The order that a result came of; what was asked for beside it may only say the same.

    Raises:
        ResumeError: it says something else, or there is nothing left to measure.
        CatalogError: a variant is not there any more.
    """
    check_resumable(result)
    check_asked(result, asked.settings)
    engine = ENGINE_TITLES[result.database.engine]
    names = [variant.name for variant in result.variants]
    scenarios = [scenario.name for scenario in result.scenarios]
    for what, then, now in [("variants", names, asked.variants), ("scenarios", scenarios, asked.scenarios)]:
        if now is not None and sorted(now) != sorted(then):
            raise ResumeError(f"its {what} are {', '.join(then)}, not {', '.join(now)}")
    if asked.engine not in (None, engine):
        raise ResumeError(f"its engine is {engine}, not {asked.engine}")
    return Order(
        name=result.name,
        engine=engine,
        variants=_variants(names),
        scenarios=_scenarios_of(result, _mixes(asked)),
        settings=result.settings,
        resumed=result,
    )


def _scenarios(asked: Asked, *, quick: bool) -> tuple[Scenario, ...]:
    """Those that were named, or the usual; none of them when a mix is all that was named."""
    if asked.scenarios is None and asked.mix is not None:
        return ()
    return scenarios_named(None if asked.scenarios is None else list(asked.scenarios), quick=quick)


def _mixes(asked: Asked) -> tuple[Scenario, ...]:
    return () if asked.mix is None else (mix_scenario(asked.mix),)


def _scenarios_of(result: Result, mixes: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios of a result. A mix is in a file, which has to be named again and say the same as then."""
    known = {(one.name, one.question): one for one in (*SCENARIOS, *mixes)}
    missing = [one.name for one in result.scenarios if (one.name, one.question) not in known]
    if missing:
        raise ResumeError(f"its scenario {missing[0]} is not here; a mix is named by --mix, with the weights of then")
    return tuple(known[one.name, one.question] for one in result.scenarios)


def _variants(names: Sequence[str] | None) -> dict[str, Variant]:
    return load_variants() if names is None else {name: variant_named(name) for name in names}


def _study_names(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(study.name for study in studies_named(names, quick=False))


def _usual_name(quick: bool, engine: Engine) -> str:
    kind = "quick" if quick else "standard"
    return kind if engine is Engine.SQLITE else f"{kind}-{engine}"

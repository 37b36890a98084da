"""Which small part of a result is measured again."""

from dataclasses import replace

import pytest

from benchmarks.plan.scenarios import SCENARIOS
from benchmarks.results import METHOD_VERSION, Database, Result, ScenarioRecord
from benchmarks.run.reproduce import CannotReproduceError, reproduction_order
from variants.engines import Engine


@pytest.fixture
def result(small_result: Result) -> Result:
    """A result of all scenarios, with other settings than usual."""
    scenarios = tuple(ScenarioRecord(one.name, one.title, one.question) for one in SCENARIOS)
    settings = replace(small_result.settings, users=7, server_environment={"LOG_LEVEL": "info"})
    return replace(small_result, scenarios=scenarios, settings=settings)


def test_the_order_has_its_variants_a_few_scenarios_and_its_conditions(result: Result) -> None:
    order = reproduction_order(result, rounds=4, seed=3)
    # FastAPI broke the contract there.
    assert list(order.variants) == ["django", "flask", "tornado"]
    assert len(order.scenarios) == 3
    assert not any(scenario.writes for scenario in order.scenarios)
    settings = order.settings
    assert (settings.users, settings.rounds, settings.max_rounds, settings.seed) == (7, 4, 4, 3)
    assert settings.server_environment == {"LOG_LEVEL": "info"}
    assert settings.studies == ("capacity",)
    assert order.engine is Engine.SQLITE


def test_the_engine_is_that_of_the_result(result: Result) -> None:
    postgres = replace(result, database=Database("PostgreSQL", "18.4", 10_000, 500, "abc"))
    assert reproduction_order(postgres, rounds=3).engine is Engine.POSTGRES


def test_what_is_not_here_cannot_be_reproduced(result: Result) -> None:
    with pytest.raises(CannotReproduceError, match=f"version {METHOD_VERSION + 1}"):
        reproduction_order(replace(result, method=METHOD_VERSION + 1), rounds=3)
    with pytest.raises(CannotReproduceError, match="no engine Oracle"):
        reproduction_order(replace(result, database=replace(result.database, engine="Oracle")), rounds=3)
    with pytest.raises(CannotReproduceError, match="two of its variants"):
        reproduction_order(replace(result, variants=result.variants[:1]), rounds=3)
    with pytest.raises(CannotReproduceError, match="one of its scenarios"):
        reproduction_order(replace(result, scenarios=(ScenarioRecord("gone", "Gone", "?"),)), rounds=3)

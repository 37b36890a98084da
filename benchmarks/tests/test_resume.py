"""What a run is put together from, and when one that was interrupted can be gone on with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.plan.studies import STUDIES
from benchmarks.results import Checkpoint, Result, ScenarioRecord
from benchmarks.run import order
from benchmarks.run.book import Step, reopened
from benchmarks.run.order import Asked, new_order, resumed_order
from benchmarks.run.resume import ResumeError, check_resumable, check_same
from variants.engines import Engine


@pytest.fixture
def interrupted(small_result: Result, monkeypatch: pytest.MonkeyPatch) -> Result:
    """A result of two rounds of three; the variants that it names are all there."""
    monkeypatch.setattr(order, "variant_named", lambda name: name)
    monkeypatch.setattr(order, "load_variants", lambda: {"all of them": None})
    steps = ("capacity/1", "capacity/2")
    return replace(small_result, ended="interrupted", checkpoint=Checkpoint(steps, {"samples": 6, "starts": 2}))


def test_what_came_after_the_last_step_that_ended_is_forgotten(interrupted: Result) -> None:
    book = reopened(interrupted)
    assert tuple(book.samples) == interrupted.samples[:6]
    assert tuple(book.starts) == interrupted.starts[:2]
    assert book.is_done(Step("capacity", 2))
    assert not book.is_done(Step("capacity", 3))
    assert (book.resumed, book.ceiling) == (1, interrupted.ceiling)
    assert reopened(replace(interrupted, resumed=2)).resumed == 3


def test_it_goes_on_with_the_same_settings_scenarios_variants_and_engine(interrupted: Result) -> None:
    resumed = resumed_order(Asked(), interrupted)
    assert (resumed.settings, resumed.name, resumed.resumed) == (interrupted.settings, interrupted.name, interrupted)
    assert [scenario.name for scenario in resumed.scenarios] == ["ping"]
    assert list(resumed.variants) == [variant.name for variant in interrupted.variants]
    assert resumed.engine is Engine.SQLITE


def test_saying_the_same_again_is_allowed(interrupted: Result) -> None:
    names = [variant.name for variant in interrupted.variants]
    asked = Asked(
        quick=True, rounds=3, users=32, seed=1, scenarios=["ping"], variants=names[::-1], engine=Engine.SQLITE
    )
    assert resumed_order(asked, interrupted).settings == interrupted.settings


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Asked(rounds=9), "its rounds is 3, not 9"),
        (Asked(users=8), "its users is 32, not 8"),
        (Asked(seed=2), "its seed is 1, not 2"),
        (Asked(budget_minutes=1), "its budget_seconds is 165.0, not 60"),
        (Asked(studies=["scale"]), "its studies is capacity, not scale"),
        (Asked(scenarios=["page"]), "its scenarios are ping, not page"),
        (Asked(variants=["flask"]), "its variants are django, fastapi, flask, tornado, not flask"),
        (Asked(engine=Engine.POSTGRES), "its engine is sqlite, not postgres"),
    ],
)
def test_something_else_is_refused(interrupted: Result, asked: Asked, message: str) -> None:
    with pytest.raises(ResumeError, match=message):
        resumed_order(asked, interrupted)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"ended": "complete"}, "it is complete"),
        ({"ended": "budget"}, "its time budget is spent"),
        ({"method": 1}, "method version 1"),
    ],
)
def test_what_is_over_or_of_another_method_is_refused(
    interrupted: Result, members: dict[str, Any], message: str
) -> None:
    with pytest.raises(ResumeError, match=message):
        check_resumable(replace(interrupted, **members))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda here: replace(here, revision="b" * 12), "revision was 0123456789ab and is bbbbbbbbbbbb"),
        (lambda here: replace(here, cpu="Another"), "cpu was A CPU and is Another"),
        (lambda here: replace(here, python="CPython 3.12.0"), "python was CPython 3.11.7 and is"),
        (lambda here: replace(here, packages={"locust": "3"}), "locust was 2.47.0 and is 3"),
        (lambda here: replace(here, packages={}), "locust was 2.47.0 and is not installed"),
        (lambda here: replace(here, layout=replace(here.layout, server=(0,))), "layout was"),
    ],
)
def test_another_machine_tree_or_version_is_refused(
    interrupted: Result, change: Callable[[Any], Any], message: str
) -> None:
    with pytest.raises(ResumeError, match=message):
        check_same(interrupted, change(interrupted.environment), interrupted.database)


def test_another_engine_is_refused_and_the_message_stays_short(interrupted: Result) -> None:
    database = replace(interrupted.database, engine="PostgreSQL", version="18.4")
    packages = {f"package-{number}": "1" for number in range(20)}
    with pytest.raises(ResumeError, match="engine was SQLite and is PostgreSQL"):
        check_same(interrupted, interrupted.environment, database)
    with pytest.raises(ResumeError, match=r", and 20 more$") as raised:
        check_same(interrupted, replace(interrupted.environment, packages=packages), database)
    assert "\n" not in str(raised.value)


def test_the_databases_cores_are_no_other_layout(interrupted: Result) -> None:
    held = replace(interrupted.environment.layout, database=(0,))
    check_same(replace(interrupted, environment=replace(interrupted.environment, layout=held)), *here(interrupted))


def here(result: Result) -> tuple[Any, Any]:
    return result.environment, result.database


def test_a_quick_run_is_on_sqlite_and_a_standard_one_on_postgresql(interrupted: Result) -> None:
    quick, standard = new_order(Asked(quick=True)), new_order(Asked())
    assert (quick.engine, quick.name) == (Engine.SQLITE, "quick")
    assert (standard.engine, standard.name) == (Engine.POSTGRES, "standard-postgres")
    assert quick.settings.studies == ("capacity",)
    assert standard.settings.studies == tuple(study.name for study in STUDIES)
    assert list(standard.variants) == ["all of them"]


def test_what_is_asked_for_is_in_the_order(interrupted: Result) -> None:
    asked = Asked(
        variants=["flask"],
        scenarios=["page"],
        studies=["capacity", "scale"],
        rounds=9,
        users=8,
        budget_minutes=2,
        bare=False,
        rows_million=True,
        seed=0,
        name="mine",
        engine=Engine.SQLITE,
    )
    made = new_order(asked)
    settings = made.settings
    assert (made.name, made.engine, list(made.variants)) == ("mine", Engine.SQLITE, ["flask"])
    assert (settings.rounds, settings.users, settings.budget_seconds, settings.bare) == (9, 8, 120, False)
    assert (settings.seed, settings.rows[-1], settings.studies) == (0, 1_000_000, ("capacity", "scale"))
    assert asked.settings.items() <= {name: getattr(settings, name) for name in asked.settings}.items()


@pytest.fixture
def mix(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text("[mix]\npage = 3\nping = 1\n", encoding="utf-8")
    return path


def test_a_mix_is_all_that_is_measured_unless_scenarios_are_named_beside_it(interrupted: Result, mix: Path) -> None:
    assert [one.name for one in new_order(Asked(mix=mix)).scenarios] == ["mix:mine"]
    assert [one.name for one in new_order(Asked(mix=mix, scenarios=["ping"])).scenarios] == ["ping", "mix:mine"]


def test_a_run_of_a_mix_goes_on_with_the_same_mix_only(interrupted: Result, mix: Path) -> None:
    mixed = new_order(Asked(mix=mix)).scenarios[0]
    record = ScenarioRecord(mixed.name, mixed.title, mixed.question)
    result = replace(interrupted, scenarios=(*interrupted.scenarios, record))
    assert [one.name for one in resumed_order(Asked(mix=mix), result).scenarios] == ["ping", "mix:mine"]
    with pytest.raises(ResumeError, match="its scenario mix:mine is not here"):
        resumed_order(Asked(), result)
    mix.write_text("[mix]\npage = 4\nping = 1\n", encoding="utf-8")
    with pytest.raises(ResumeError, match="with the weights of then"):
        resumed_order(Asked(mix=mix), result)

"""What is measured and in which order: random, balanced, and the same for a seed."""

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from benchmarks.plan.contestants import BARE_SCENARIOS, Contestant, contestants_of, shipped
from benchmarks.plan.order import Round, by_settings, chance, mirrored, round_numbered, rounds
from benchmarks.plan.scenarios import SCENARIOS, UnknownScenarioError, scenarios_named
from benchmarks.plan.settings import MOST_ROUNDS, QUICK_ROUNDS, STANDARD_ROUNDS, make_settings
from benchmarks.plan.studies import STUDIES, UnknownStudyError, studies_named
from benchmarks.plan.sweeps import sweeps
from variants.catalog import Data, Handler, Server, Variant

NAMES = ["django", "fastapi", "flask", "tornado"]
SERVER = Server(title="s", package="p", command=("c",))


def variant(name: str, *, bare: bool = False) -> Variant:
    data = Data(orm="o", driver={"sqlite": "d"})
    return Variant(name, name, name, "", SERVER, data, Path(), bare=SERVER if bare else None)


FOUR = contestants_of([variant(name) for name in NAMES], bare=True)


def some_rounds(count: int, **settings: Any) -> list[Round]:
    return list(islice(rounds(FOUR, SCENARIOS, **{"turns": 4, "seed": 1} | settings), count))


def test_a_seed_always_gives_the_same_order() -> None:
    assert some_rounds(10) == some_rounds(10)
    assert some_rounds(10) != some_rounds(10, seed=2)


def test_a_round_starts_everyone_and_gives_everyone_all_turns_in_every_scenario() -> None:
    for plan in some_rounds(20):
        assert sorted(one.name for one in plan.starts) == NAMES
        assert {part.scenario for part in plan.scenarios} == set(SCENARIOS)
        shipped_only = [part.scenario for part in plan.scenarios if part.handler is Handler.SHIPPED]
        assert sorted(scenario.name for scenario in shipped_only) == sorted(scenario.name for scenario in SCENARIOS)
        for part in plan.scenarios:
            assert len(part.turns) == 4
            assert all(sorted(one.name for one in order) == NAMES for order in (part.warm_up, *part.turns))


def test_variants_and_frameworks_alone_take_turns_apart_and_everyone_takes_each_once() -> None:
    both = contestants_of([variant(name, bare=name != "django") for name in NAMES], bare=True)
    for plan in islice(rounds(both, SCENARIOS, turns=4, seed=1), 20):
        tables = [(part.scenario.name, part.handler) for part in plan.scenarios]
        assert len(tables) == len(set(tables))
        assert {name for name, handler in tables if handler is Handler.BARE} == BARE_SCENARIOS
        for part in plan.scenarios:
            taking = sorted(one.label for one in both if one.handler is part.handler and one.takes(part.scenario))
            assert len(taking) == (4 if part.handler is Handler.SHIPPED else 3)
            assert all(sorted(one.label for one in order) == taking for order in (part.warm_up, *part.turns))
            assert part.turns[1::2] == tuple(order[::-1] for order in part.turns[::2])


def test_a_table_that_nobody_takes_part_in_has_no_turns() -> None:
    plan = round_numbered(1, shipped(FOUR), SCENARIOS, turns=2, seed=1)
    assert {part.handler for part in plan.scenarios} == {Handler.SHIPPED}


def test_every_second_turn_mirrors_the_one_before_it() -> None:
    turns = some_rounds(1)[0].scenarios[0].turns
    assert turns[1] == turns[0][::-1]
    assert turns[3] == turns[2][::-1]


def test_what_drifts_steadily_falls_on_all_alike() -> None:
    for plan in some_rounds(20):
        for part in plan.scenarios:
            places = {name: sum([one.name for one in order].index(name) for order in part.turns) for name in NAMES}
            # 0 1 2 3, 3 2 1 0, and once more.
            assert set(places.values()) == {6}


def test_an_odd_number_of_turns_ends_with_an_order_of_its_own() -> None:
    turns = mirrored("abcdefgh", 3, chance(1, "a study", 1))
    assert turns[1] == turns[0][::-1]
    assert turns[2] not in turns[:2]


def test_what_writes_comes_last_in_every_round() -> None:
    for plan in some_rounds(20):
        writes = [part.scenario.writes for part in plan.scenarios]
        assert writes == sorted(writes)


def test_no_variant_is_favoured_by_its_place() -> None:
    places: Counter[tuple[str, int]] = Counter()
    for number in range(1, 2001):
        plan = round_numbered(number, FOUR, SCENARIOS[:1], turns=1, seed=1)
        places.update((one.name, place) for place, one in enumerate(plan.scenarios[0].turns[0]))
    assert len(places) == 16
    assert all(count == pytest.approx(500, abs=80) for count in places.values())


def test_a_framework_alone_takes_part_where_there_is_one_and_it_is_wanted() -> None:
    two = [variant("flask", bare=True), variant("tornado")]
    assert [one.label for one in contestants_of(two, bare=True)] == ["flask", "tornado", "flask (bare)"]
    assert [one.label for one in contestants_of(two, bare=False)] == ["flask", "tornado"]
    assert [one.label for one in shipped(contestants_of(two, bare=True))] == ["flask", "tornado"]


def test_the_bare_handlers_are_asked_only_for_what_they_serve() -> None:
    bare = Contestant(variant("flask", bare=True), Handler.BARE)
    assert {scenario.name for scenario in SCENARIOS if bare.takes(scenario)} == BARE_SCENARIOS
    plan = round_numbered(1, (bare, *FOUR), SCENARIOS, turns=2, seed=1)
    assert {part.scenario.name for part in plan.scenarios if bare in part.warm_up} == BARE_SCENARIOS


def test_a_quick_run_takes_three_scenarios_and_a_standard_one_all() -> None:
    assert [scenario.name for scenario in scenarios_named(None, quick=True)] == ["ping", "article", "page"]
    standard = scenarios_named(None, quick=False)
    others = [scenario.name for scenario in SCENARIOS if scenario not in standard]
    assert others == ["page_limited", "page_limited_redis"]


def test_scenarios_are_chosen_by_name() -> None:
    chosen = scenarios_named(["create_article", "ping"], quick=True)
    assert [scenario.name for scenario in chosen] == ["ping", "create_article"]
    with pytest.raises(UnknownScenarioError, match="'pong'; there are: ping"):
        scenarios_named(["pong"], quick=True)


def test_a_quick_run_has_the_capacity_only_and_a_standard_one_all_studies() -> None:
    assert [study.name for study in studies_named(None, quick=True)] == ["capacity"]
    assert studies_named(None, quick=False) == STUDIES
    assert [study.name for study in studies_named(["scale", "capacity"], quick=True)] == ["capacity", "scale"]
    with pytest.raises(UnknownStudyError, match="'speed'; there are: capacity"):
        studies_named(["speed"], quick=False)


def test_the_studies_leave_the_capacity_a_part_of_the_time() -> None:
    assert 0 < sum(study.share for study in STUDIES) < 0.75
    assert all(study.share > 0 for study in STUDIES if study.name != "capacity")


def test_a_quick_run_fits_into_three_minutes_and_a_standard_one_goes_on_until_it_is_precise() -> None:
    quick = make_settings(quick=True, seed=1, studies=studies_named(None, quick=True))
    standard = make_settings(quick=False, seed=1, studies=STUDIES)
    assert (quick.rounds, quick.max_rounds) == (QUICK_ROUNDS, QUICK_ROUNDS)
    assert (quick.bare, quick.studies) == (False, ("capacity",))
    assert quick.budget_seconds < 180
    assert (standard.rounds, standard.max_rounds, standard.bare) == (STANDARD_ROUNDS, MOST_ROUNDS, True)
    assert QUICK_ROUNDS <= STANDARD_ROUNDS < MOST_ROUNDS
    assert (standard.precision, standard.budget_seconds) == (0.05, 45 * 60)


def test_what_is_asked_for_goes_before_the_usual() -> None:
    asked = make_settings(
        quick=False, seed=7, studies=STUDIES, users=8, rounds=9, budget_seconds=60.0, bare=False, rows_million=True
    )
    assert (asked.seed, asked.users, asked.rounds, asked.max_rounds) == (7, 8, 9, 9)
    assert (asked.budget_seconds, asked.bare, asked.rows[-1]) == (60.0, False, 1_000_000)


@pytest.mark.parametrize(("cores", "workers"), [(1, (1,)), (2, (1,)), (3, (1, 2)), (8, (1, 2, 3, 4, 5, 6, 7))])
def test_workers_go_up_to_all_cores_but_the_generators(cores: int, workers: tuple[int, ...]) -> None:
    by_dimension = {sweep.dimension: sweep for sweep in sweeps(rows=(1000, 10_000), cores=cores)}
    assert by_dimension["workers"].values == workers
    assert by_dimension["concurrency"].values == (1, 4, 16, 64, 256)
    assert (by_dimension["rows"].values, by_dimension["rows"].scenario.name) == ((1000, 10_000), "page")


def test_scenarios_share_servers_unless_they_want_settings_of_their_own() -> None:
    named = scenarios_named(["ping", "page_limited", "article", "page_limited_redis", "create_article"], quick=False)
    plan = round_numbered(1, FOUR, named, turns=2, seed=1)
    groups = [[part.scenario for part in parts] for parts in by_settings(plan.scenarios)]
    assert sorted(len(group) for group in groups) == [1, 1, 3]
    assert all(len({str(one.server_environment) for one in group}) == 1 for group in groups)
    (usual,) = [group for group in groups if len(group) == 3]
    assert usual[-1].name == "create_article"

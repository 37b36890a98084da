"""The order of things: random, balanced, and the same for a seed."""

from collections import Counter
from itertools import islice

import pytest

from benchmarks.plan.order import rounds, turns_of_round
from benchmarks.plan.scenarios import SCENARIOS, UnknownScenarioError, scenarios_named

NAMES = ["django", "fastapi", "flask", "tornado"]


def test_a_seed_always_gives_the_same_order() -> None:
    first = list(islice(rounds(NAMES, SCENARIOS, seed=5), 10))
    assert first == list(islice(rounds(NAMES, SCENARIOS, seed=5), 10))
    assert first != list(islice(rounds(NAMES, SCENARIOS, seed=6), 10))


def test_a_round_gives_each_variant_one_turn_with_every_scenario() -> None:
    for turns in islice(rounds(NAMES, SCENARIOS, seed=1), 20):
        assert sorted(turn.variant for turn in turns) == NAMES
        assert all(set(turn.scenarios) == set(SCENARIOS) for turn in turns)
        assert len({turn.round for turn in turns}) == 1


def test_what_writes_comes_last_in_every_turn() -> None:
    for turn in turns_of_round(1, NAMES, SCENARIOS, seed=1):
        assert [scenario.writes for scenario in turn.scenarios] == sorted(scenario.writes for scenario in SCENARIOS)


def test_no_variant_is_favoured_by_its_place() -> None:
    places: Counter[tuple[str, int]] = Counter()
    for number in range(1, 2001):
        turns = turns_of_round(number, NAMES, SCENARIOS, seed=1)
        places.update((turn.variant, place) for place, turn in enumerate(turns))
    assert all(count == pytest.approx(500, abs=80) for count in places.values())


def test_a_quick_run_takes_three_scenarios_and_a_standard_one_all() -> None:
    assert [scenario.name for scenario in scenarios_named(None, quick=True)] == ["ping", "article", "page"]
    assert scenarios_named(None, quick=False) == SCENARIOS


def test_scenarios_are_chosen_by_name() -> None:
    chosen = scenarios_named(["create_article", "ping"], quick=True)
    assert [scenario.name for scenario in chosen] == ["ping", "create_article"]
    with pytest.raises(UnknownScenarioError, match="'pong'; there are: ping"):
        scenarios_named(["pong"], quick=True)

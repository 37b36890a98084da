"""What changed between two results, and what was reproduced."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from benchmarks.report.difference import (
    Difference,
    NeverComparedError,
    difference,
    differing_conditions,
    version_changes,
)
from benchmarks.report.reproduction import reproductions, without_figures
from benchmarks.results import METHOD_VERSION, Result


def scaled(result: Result, factors: Mapping[str, float]) -> Result:
    """The result with variants that many times as fast."""
    samples = []
    for one in result.samples:
        factor = factors.get(one.variant, 1.0)
        load = replace(one.load, window_seconds=one.load.window_seconds / factor, mean_ms=one.load.mean_ms / factor)
        samples.append(replace(one, load=load))
    return replace(result, samples=tuple(samples))


def verdicts(found: Difference) -> dict[tuple[str, str], str]:
    return {(change.variant, change.scenario): change.verdict for change in found.changes}


def test_a_change_is_told_with_its_sign_and_what_did_not_change_is_the_same(rich_result: Result) -> None:
    found = verdicts(difference(rich_result, scaled(rich_result, {"flask": 0.8, "tornado": 1.3})))
    assert {cell: word for cell, word in found.items() if cell[0] == "flask"} == {
        ("flask", scenario): "slower" for scenario in ("ping", "article", "page", "blog")
    }
    assert {word for (variant, _), word in found.items() if variant == "tornado"} == {"faster"}
    assert {word for (variant, _), word in found.items() if variant in {"django", "fastapi"}} == {"same"}


def test_the_ratio_is_the_second_over_the_first(rich_result: Result) -> None:
    found = difference(rich_result, scaled(rich_result, {"flask": 0.8}))
    page = next(change for change in found.changes if (change.variant, change.scenario) == ("flask", "page"))
    assert page.ratio.estimate == pytest.approx(0.8)
    assert page.ratio.low < 0.8 < page.ratio.high


def test_only_what_is_certainly_slower_by_so_much_counts(rich_result: Result) -> None:
    found = difference(rich_result, scaled(rich_result, {"flask": 0.8}))
    assert {change.variant for change in found.slower_by(0.05)} == {"flask"}
    assert found.slower_by(0.2) == []


def test_a_cell_without_figures_on_one_side_is_told_and_not_judged(rich_result: Result) -> None:
    less = replace(rich_result, samples=tuple(one for one in rich_result.samples if one.variant != "django"))
    found = difference(rich_result, less)
    assert "django, page" in found.left_out
    assert "django" not in {change.variant for change in found.changes}


def test_methods_of_different_versions_are_never_compared(rich_result: Result) -> None:
    next_one = METHOD_VERSION + 1
    with pytest.raises(NeverComparedError, match=f"never compared: {METHOD_VERSION} and {next_one}"):
        difference(rich_result, replace(rich_result, method=next_one))


def test_conditions_that_differ_are_warned_of_and_equal_ones_are_not(rich_result: Result) -> None:
    assert differing_conditions(rich_result, replace(rich_result, name="other", seconds=1.0)) == []
    other = replace(
        rich_result,
        ended="interrupted",
        environment=replace(rich_result.environment, cpu="Another CPU"),
        database=replace(rich_result.database, engine="SQLite"),
        settings=replace(rich_result.settings, users=64, seed=99),
        variants=tuple(replace(one, contract=replace(one.contract, revision="xyz")) for one in rich_result.variants),
    )
    assert differing_conditions(rich_result, other) == [
        "machine: cpu A CPU and Another CPU",
        "database: engine PostgreSQL and SQLite",
        "setting: users 32 and 64",
        "contract: revision def and xyz",
        "the second was interrupted",
    ]


def test_versions_that_changed_are_named(rich_result: Result) -> None:
    environment = replace(rich_result.environment, packages={"locust": "2.47.0", "flask": "3.2", "new": "1"})
    assert version_changes(rich_result, replace(rich_result, environment=environment)) == [
        "fastapi 0.165.0 → absent",
        "flask 3.1.3 → 3.2",
        "new absent → 1",
    ]


def test_ratios_agree_on_another_machine_and_rates_are_told(rich_result: Result) -> None:
    found = reproductions(
        rich_result, scaled(rich_result, dict.fromkeys(("django", "fastapi", "flask", "tornado"), 0.5))
    )
    assert len(found) == 14
    assert all(one.agrees for one in found)
    assert all(one.rate_here == pytest.approx(one.rate_there / 2) for one in found)
    assert {one.reference for one in found if one.scenario == "ping"} == {"fastapi"}


def test_a_ratio_that_changed_does_not_agree(rich_result: Result) -> None:
    found = reproductions(rich_result, scaled(rich_result, {"flask": 0.7}))
    assert {one.variant for one in found if not one.agrees} == {"flask"}


def test_what_was_not_measured_is_named_with_its_reason(rich_result: Result) -> None:
    (why,) = without_figures(rich_result)
    assert why.startswith("flask, create_article: others used 20% of a core")


def test_without_a_common_scenario_nothing_is_reproduced(rich_result: Result) -> None:
    assert reproductions(rich_result, replace(rich_result, scenarios=rich_result.scenarios[:0])) == []

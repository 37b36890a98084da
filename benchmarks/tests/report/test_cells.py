"""Cells of a result with several turns a round, handlers and studies."""

from dataclasses import replace

import pytest

from benchmarks.gates import Fault
from benchmarks.report.cast import Cast
from benchmarks.report.cells import BARE, complete_rounds, repeats, tables
from benchmarks.report.costs import memory
from benchmarks.report.latency import points
from benchmarks.report.scale import scale_section
from benchmarks.results import Failure, Result


def fault(result: Result, scenario: str, variant: str) -> Fault | None:
    table = next(table for table in tables(result) if table.scenario.name == scenario)
    return next(row.invalid for row in table.rows if row.variant.name == variant)


def test_a_round_is_one_figure_however_many_turns_it_has(rich_result: Result) -> None:
    figures = next(row.figures for row in tables(rich_result)[0].rows if row.figures)
    assert figures.rounds == 5
    assert complete_rounds(rich_result) == 5


def test_the_framework_alone_is_in_no_figure_of_its_variant(rich_result: Result) -> None:
    shipped, bare = tables(rich_result)[0], tables(rich_result, BARE)[0]
    ratios = [bare.rates[name][1] / rates[1] for name, rates in shipped.rates.items()]
    assert ratios == pytest.approx([1.6] * 4, rel=0.2)


def test_a_turn_that_failed_a_gate_is_left_out_and_too_few_rounds_with_a_good_one_make_the_cell_invalid(
    rich_result: Result,
) -> None:
    def disturbed(rounds: set[int], turns: set[int]) -> Result:
        samples = tuple(
            replace(one, usage=replace(one.usage, others_cpu_seconds=1.0))
            if (one.variant, one.scenario) == ("flask", "page") and one.round in rounds and one.turn in turns
            else one
            for one in rich_result.samples
        )
        return replace(rich_result, samples=samples)

    assert fault(disturbed({2, 3, 5}, {2}), "page", "flask") is None
    assert fault(disturbed({2, 3}, {1, 2}), "page", "flask") is None
    why = "others used 50% of a core meanwhile (round 2)"
    assert fault(disturbed({2, 3, 5}, {1, 2}), "page", "flask") == Fault("others", why)
    fewer = replace(disturbed({2, 3, 5}, {1, 2}), settings=replace(rich_result.settings, rounds=3))
    assert fault(fewer, "page", "flask") is None


def test_a_failure_concerns_its_own_study_and_handler_only(rich_result: Result) -> None:
    failures = (
        Failure(1, "flask", "page", "no answer", study="latency"),
        Failure(1, "flask", "page", "no answer", handler="bare"),
    )
    assert fault(replace(rich_result, failures=failures), "page", "flask") is None
    failed = replace(rich_result, failures=(Failure(1, "flask", "page", "no answer"),))
    assert fault(failed, "page", "flask") == Fault("failed", "round 1: no answer")


def test_an_attempt_that_was_repeated_counts_in_its_own_turn_only(rich_result: Result) -> None:
    first = rich_result.samples[0]
    busy = replace(first, usage=replace(first.usage, others_cpu_seconds=1.0))
    again = replace(first, attempt=2)
    assert repeats(replace(rich_result, samples=(busy, again, *rich_result.samples[1:])))["others"] == 1
    assert repeats(rich_result) == {}


def test_memory_is_idle_before_and_the_peak_after_load(rich_result: Result) -> None:
    found = memory(rich_result)["tornado"]
    assert found.idle_pss == pytest.approx(57.6e6)
    assert 72e6 < found.peak_pss < 76e6


def test_a_load_that_a_variant_cannot_serve_has_no_percentiles_shown(rich_result: Result) -> None:
    found = {(one.variant, one.point): one for one in points(rich_result) if one.scenario == "page"}
    assert found["django", "0.75"].invalid is None
    broken = found["django", "0.90"].invalid
    assert broken is not None
    assert broken.gate == "rate"


def test_a_window_of_a_sweep_that_failed_a_gate_is_no_figure(rich_result: Result) -> None:
    busy = replace(rich_result.scales[0], usage=replace(rich_result.scales[0].usage, others_cpu_seconds=1.0))
    section = scale_section(replace(rich_result, scales=(busy, *rich_result.scales[1:])), Cast.of(rich_result))
    assert section is not None
    assert any("others used 50% of a core" in note for block in section.blocks for note in getattr(block, "notes", ()))


def test_a_variant_keeps_its_colour_whoever_is_fastest(rich_result: Result) -> None:
    turned = replace(rich_result, variants=rich_result.variants[::-1])
    assert [Cast.of(turned).slot(name) for name in ("django", "fastapi", "flask", "tornado")] == [0, 1, 2, 3]
    assert Cast.of(rich_result).short("django") == "Django"

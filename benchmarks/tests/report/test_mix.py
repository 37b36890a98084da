"""The reader's own mix: the formula, the ranks, and who is left out."""

import pytest

from benchmarks.report.cast import Cast
from benchmarks.report.mix import mix_rates, mix_section, mixed
from benchmarks.results import Result
from benchmarks.statistics.intervals import ERROR_LEVEL, paired_ratio

EVEN = {"read": 1.0, "write": 1.0}
STEADY = {number: 1.0 + number / 1000 for number in range(1, 6)}


def rounds(rate: float, wobble: dict[int, float] | None = None) -> dict[int, float]:
    """Five rounds at about a rate."""
    return {number: rate * factor for number, factor in (wobble or STEADY).items()}


def test_a_mix_takes_the_time_that_its_parts_take() -> None:
    # A second of 100 reads and one of 25 writes: 10 ms and 40 ms, so 25 ms for one of an even mix.
    assert mix_rates({"read": {1: 100.0}, "write": {1: 25.0}}, EVEN) == {1: pytest.approx(40.0)}
    assert mix_rates({"read": {1: 100.0}, "write": {1: 25.0}}, {"read": 3, "write": 1}) == {
        1: pytest.approx(100 / 1.75)
    }


def test_a_mix_of_one_kind_is_that_kind() -> None:
    assert mix_rates({"read": rounds(100.0), "write": rounds(25.0)}, {"read": 7, "write": 0}) == pytest.approx(
        rounds(100.0)
    )


def test_a_mix_has_the_rounds_that_all_of_its_parts_have() -> None:
    assert set(mix_rates({"read": {1: 1.0, 2: 1.0}, "write": {2: 1.0, 3: 1.0}}, EVEN)) == {2}


def test_who_lacks_a_part_or_when_nothing_is_asked_for_there_is_no_figure() -> None:
    assert mix_rates({"read": rounds(100.0)}, EVEN) == {}
    assert mix_rates({"read": rounds(100.0)}, {"read": 0}) == {}


def test_the_shares_decide_who_is_first() -> None:
    rates = {
        "reader": {"read": rounds(1000.0), "write": rounds(10.0)},
        "writer": {"read": rounds(100.0), "write": rounds(50.0)},
        "half": {"read": rounds(500.0)},
    }
    assert [one.variant for one in mixed(rates, {"read": 99, "write": 1})] == ["reader", "writer"]
    found = mixed(rates, {"read": 1, "write": 1})
    assert [(one.variant, one.standing.rank) for one in found] == [("writer", 1), ("reader", 2)]


def test_variants_that_cannot_be_told_apart_share_a_rank() -> None:
    unsteady = {1: 0.8, 2: 1.3, 3: 0.9, 4: 1.2, 5: 0.9}
    rates = {"one": {"read": rounds(100.0)}, "other": {"read": rounds(101.0, unsteady)}}
    assert [one.standing.rank for one in mixed(rates, {"read": 1})] == [1, 1]
    assert {one.variant: one.standing.tied for one in mixed(rates, {"read": 1})} == {
        "one": ("other",),
        "other": ("one",),
    }


def test_a_ratio_has_its_own_interval_while_a_tie_takes_all_pairs_into_account() -> None:
    def kind(*values: float) -> dict[str, dict[int, float]]:
        return {"read": dict(enumerate(values, start=1))}

    rates = {
        "one": kind(100, 101, 99, 100, 100),
        "two": kind(92, 98, 93, 99, 94),
        "three": kind(96, 90, 97, 91, 98),
    }
    found = {one.variant: one.standing for one in mixed(rates, {"read": 1})}
    for name in ("two", "three"):
        plain = paired_ratio(list(rates[name]["read"].values()), list(rates["one"]["read"].values()))
        assert found[name].ratio.low == pytest.approx(plain.interval(ERROR_LEVEL).low)
        assert found[name].ratio.high == pytest.approx(plain.interval(ERROR_LEVEL).high)
        assert found[name].ratio.high < 1
        assert plain.interval(ERROR_LEVEL / 3).high > 1
    assert {name: standing.rank for name, standing in found.items()} == {"one": 1, "two": 1, "three": 1}
    alone = mixed({name: rates[name] for name in ("one", "two")}, {"read": 1})
    assert [(one.standing.rank, one.standing.tied) for one in alone] == [(1, ()), (2, ())]


def test_the_section_begins_with_the_shares_of_a_blog_and_leaves_the_mix_itself_out(rich_result: Result) -> None:
    section = mix_section(rich_result, Cast.of(rich_result))
    assert section is not None
    sliders = {slider.name: slider.share for slider in section.blocks[0].sliders}  # type: ignore[union-attr] # the mixer
    assert sliders == {"ping": 0, "article": 40, "page": 40, "create_article": 2}

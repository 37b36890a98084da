"""What is said of rounds, users, windows and warm-ups, by the method that a result was measured with."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from benchmarks.report.page import to_html
from benchmarks.report.reached import reached
from benchmarks.report.rounds import more_rounds_text, rounds_text, users_text, warm_up_text, windows_text
from benchmarks.report.text import to_readme
from benchmarks.results import Result, Sample

OLD = 2


def page_text(result: Result) -> str:
    """The page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", to_html(result))).split())


def with_samples(result: Result, change: Callable[[Sample], Sample]) -> Result:
    return replace(result, samples=tuple(change(one) for one in result.samples))


@pytest.fixture
def adaptive(rich_result: Result) -> Result:
    """Five whole rounds, and seven more of which each measures less than the one before."""
    last = [one for one in rich_result.samples if one.round == 5]
    later = [replace(one, round=number) for number in range(6, 13) for one in last if one.scenario == "page"]
    return replace(rich_result, samples=(*rich_result.samples, *later))


@pytest.fixture
def drifting(rich_result: Result) -> Result:
    """Rounds whose last window is 2 % or 4 % slower than their first."""

    def change(one: Sample) -> Sample:
        share = 0.98 if one.round % 2 else 0.96
        return replace(one, load=replace(one.load, windows=(one.load.capacity, 7.0, one.load.capacity * share)))

    return with_samples(rich_result, change)


def test_rounds_that_leave_out_what_is_precise_are_told_apart(adaptive: Result) -> None:
    said = "5 complete rounds, and up to 7 more of what was not known to 5 % by then"
    assert rounds_text(adaptive) == said
    assert f"{said}; the run went to its end." in page_text(adaptive)
    assert f"Rounds 5{said.removeprefix('5 complete rounds')} Method" in page_text(adaptive)
    assert f"{said}; each a fresh server" in to_readme(adaptive)
    assert reached(adaptive)[0].startswith(f"{said}: ")


def test_whole_rounds_beyond_the_least_number_are_complete_ones(rich_result: Result, adaptive: Result) -> None:
    fewer = replace(rich_result, settings=replace(rich_result.settings, rounds=3))
    assert rounds_text(fewer) == "5 complete rounds"
    assert more_rounds_text(replace(adaptive, settings=fewer.settings)).startswith(", and up to 7 more")


def test_a_round_that_only_the_frameworks_alone_have_is_one_more(rich_result: Result) -> None:
    bare = [replace(one, round=6) for one in rich_result.samples if (one.round, one.handler) == (5, "bare")]
    assert "and up to 1 more" in rounds_text(replace(rich_result, samples=(*rich_result.samples, *bare)))


def test_an_unfinished_round_below_the_least_number_is_not_one_of_them(rich_result: Result) -> None:
    begun = tuple(one for one in rich_result.samples if one.round < 3 or (one.round, one.scenario) == (3, "ping"))
    assert rounds_text(replace(rich_result, samples=begun)) == "2 complete rounds"
    first = tuple(one for one in rich_result.samples if one.round == 1)
    assert rounds_text(replace(rich_result, samples=first)) == "1 complete round"


def test_an_older_method_had_no_rounds_in_part(adaptive: Result) -> None:
    assert rounds_text(replace(adaptive, method=OLD)) == "5 complete rounds"


def test_the_windows_of_a_round_are_told_as_they_were_taken(rich_result: Result) -> None:
    settings = replace(rich_result.settings, window_seconds=2.0, turns=4)
    new = replace(rich_result, settings=settings)
    said = "a warm-up of 1 s and 4 windows of 2 s in turn with the others"
    assert windows_text(new) == said
    assert f"32 users who ask again at once; for each scenario {said}." in page_text(new)
    assert f"for every scenario {said}." in to_readme(new)


def test_windows_of_an_older_method_had_a_warm_up_without_a_length(rich_result: Result) -> None:
    settings = replace(rich_result.settings, window_seconds=2.0, warm_up_max_seconds=10.0)
    old = replace(rich_result, method=OLD, settings=settings)
    assert windows_text(old) == "a warm-up of at most 10 s and 2 windows of 2 s in turn with the others"
    one = replace(old, method=1, settings=replace(settings, turns=1))
    assert windows_text(one) == "a warm-up of at most 10 s and a window of 2 s"


def test_a_scenario_with_other_users_or_longer_windows_is_named(rich_result: Result) -> None:
    def change(one: Sample) -> Sample:
        if one.scenario != "page":
            return replace(one, load=replace(one.load, windows=(1.0,) * 4))
        return replace(one, load=replace(one.load, concurrency=4, windows=(1.0,) * 4, window_seconds=6.03))

    result = with_samples(replace(rich_result, settings=replace(rich_result.settings, window_seconds=0.5)), change)
    assert users_text(result) == "32 users (A page: 4)"
    assert "windows of 0.5 s (A page: 1.5 s)" in windows_text(result)
    assert users_text(rich_result) == "32 users"
    assert "32 users (A page: 4) who ask again" in page_text(result)
    assert "32 users (A page: 4) who ask again" in to_readme(result)


def test_the_drift_over_a_round_says_what_a_longer_warm_up_could_have_changed(drifting: Result) -> None:
    said = warm_up_text(drifting)
    assert said is not None
    # The geometric mean of three rounds in five at 0.98 and two at 0.96.
    assert said.startswith("The last windows of a round were 2.8 % slower than the first (-2.9 % to -2.7 %): what a")
    assert said in page_text(drifting)
    assert said in to_readme(drifting)


def test_windows_that_failed_a_gate_are_in_no_drift(drifting: Result) -> None:
    def change(one: Sample) -> Sample:
        if one.round == 1:
            busy = replace(one.usage, others_cpu_seconds=1.0)
            return replace(one, usage=busy, load=replace(one.load, windows=(1.0, 100.0)))
        return replace(one, load=replace(one.load, windows=(100.0, 101.0)))

    said = warm_up_text(with_samples(drifting, change))
    assert said is not None
    assert said.startswith("The last windows of a round were 1.0 % faster than the first (1.0 % to 1.0 %): ")


def test_the_drift_is_not_told_where_there_is_none_to_tell(rich_result: Result) -> None:
    assert warm_up_text(rich_result) is None
    assert "last windows" not in page_text(rich_result)
    assert "last windows" not in to_readme(rich_result)


def test_an_older_method_says_how_many_windows_began_before_their_server_had_settled(drifting: Result) -> None:
    old = replace(drifting, method=OLD)
    assert warm_up_text(old) is None
    first = replace(old.samples[0], load=replace(old.samples[0].load, warm_up_settled=False))
    unsettled = replace(old, samples=(first, *old.samples[1:]))
    count = len(old.samples)
    said = f"1 of {count} windows began before three half-second windows of the warm-up agreed within 5 %."
    assert warm_up_text(unsettled) == said
    assert said in page_text(unsettled)
    assert said in to_readme(unsettled)
    assert "windows began before" not in page_text(replace(unsettled, method=OLD + 1))

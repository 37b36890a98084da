"""What is said of the machine's speed, of a result whose rates follow the probe as far as they were made to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import unescape
from statistics import fmean

import pytest

from benchmarks.report.cells import tables
from benchmarks.report.markdown import to_markdown
from benchmarks.report.page import to_html
from benchmarks.report.speed import speed_text
from benchmarks.report.text import to_readme
from benchmarks.results import Result, Sample
from benchmarks.statistics.ranking import widest_half_width

USUAL = 50e-6
# By round; there is one measurement of each variant in each of them.
SPEEDS = {1: 1.0, 2: 0.8, 3: 1.25}


def words(text: str) -> str:
    """A page without its markup, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def at_speeds(sample: Sample, speeds: Sequence[float], exponent: float) -> Sample:
    """The same, on a machine that has these speeds in its windows; its rate goes with the probe's time to the power."""
    factors = [speed**-exponent for speed in speeds]
    factor = fmean(factors)
    load = replace(
        sample.load,
        requests=round(sample.load.requests * factor),
        mean_ms=sample.load.mean_ms / factor,
        windows=tuple(sample.load.capacity * one for one in factors),
        probes=tuple(USUAL / speed for speed in speeds),
        probe_seconds=fmean(USUAL / speed for speed in speeds),
    )
    return replace(sample, load=load)


def probed(result: Result, change: Callable[[Sample], Sample]) -> Result:
    return replace(result, samples=tuple(change(one) for one in result.samples))


@pytest.fixture
def following(small_result: Result) -> Result:
    """Rates that go with the probe to the power of -0.8; Flask has the rounds' speeds the other way round."""

    def change(one: Sample) -> Sample:
        speed = SPEEDS[4 - one.round if one.variant == "flask" else one.round]
        return at_speeds(one, [speed, 1.02 * speed, 0.98 * speed, speed], -0.8)

    return probed(small_result, change)


def test_the_probes_time_is_told_and_what_failed_a_gate_is_not_in_it(following: Result) -> None:
    said = speed_text(following)
    assert said is not None
    assert said.startswith(
        "On the server's core a fixed piece of work took 50 µs of CPU at the median, "
        "40 to 63 in eight of ten measurements."
    )

    def change(one: Sample) -> Sample:
        is_busy = one.usage.others_cpu_seconds > 0.1
        return replace(one, load=replace(one.load, probe_seconds=1.0)) if is_busy else one

    assert str(speed_text(probed(following, change))).startswith(said.partition(". ")[0])


def test_it_says_how_rates_went_with_the_probe_and_what_the_intervals_would_be_without(following: Result) -> None:
    (table,) = tables(following)
    measured = widest_half_width(table.measured)
    assert table.half_width < 0.03 < 0.3 < measured
    assert (
        "they went with the work's time to the power of -0.80 (Ping). "
        f"Without that the widest half-widths would be Ping {measured:.0%}."
    ) in str(speed_text(following))


def test_rates_in_the_table_are_those_at_the_usual_speed_and_the_measured_ones_are_kept(following: Result) -> None:
    (table,) = tables(following)
    assert table.rates["tornado"] == pytest.approx({1: 4000.0, 2: 4100.0, 3: 3900.0}, rel=2e-3)
    measured = {number: rate * SPEEDS[number] ** 0.8 for number, rate in table.rates["tornado"].items()}
    assert table.measured["tornado"] == pytest.approx(measured, rel=2e-3)


def test_a_probe_that_takes_longer_beside_one_variant_is_told(following: Result) -> None:
    assert "The work itself took the same beside every variant, within 0.0%." in str(speed_text(following))

    def change(one: Sample) -> Sample:
        longer = 1.1 if one.variant == "flask" else 1.0
        load = replace(
            one.load,
            probe_seconds=(one.load.probe_seconds or 0.0) * longer,
            probes=tuple(probe * longer for probe in one.load.probes),
        )
        return replace(one, load=load)

    # Half of ten per cent is on either side of the middle of two.
    assert str(speed_text(probed(following, change))).endswith("within 4.9%.")


def test_several_tables_each_have_their_exponent(rich_result: Result) -> None:
    exponents = {"ping": -0.4, "page": -0.9}

    def change(one: Sample) -> Sample:
        speed = 1 + 0.1 * (one.round % 3)
        return at_speeds(one, [speed, 1.05 * speed], exponents.get(one.scenario, 0.0))

    said = str(speed_text(probed(rich_result, change)))
    assert "-0.40 (Ping)" in said
    assert "-0.90 (A page)" in said


def test_every_report_tells_it(following: Result) -> None:
    said = str(speed_text(following))
    assert said in to_readme(following)
    assert said in words(to_markdown(following))
    assert said in words(to_html(following))


def test_without_a_probe_nothing_is_said(small_result: Result) -> None:
    assert speed_text(small_result) is None
    told = "a fixed piece of work"
    assert all(told not in text for text in (to_readme(small_result), to_markdown(small_result), to_html(small_result)))
    (table,) = tables(small_result)
    assert table.rates == table.measured

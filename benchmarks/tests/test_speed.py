"""Rates at a common speed of the machine, made up and simulated: what they become, and what their intervals promise."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

import numpy as np
import pytest

from benchmarks.gates import round_rates
from benchmarks.results import Sample, Settings
from benchmarks.speed import Rates, adjusted_rates, common_probe, usual_exponent
from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, paired_ratio

Make = Callable[..., Sample]
Cell = dict[str, list[Sample]]
USUAL = 1e-4
# How fast the machine was in each window of a round, there and back.
SPEEDS = {1: (1.0, 1.01), 2: (0.8, 0.79), 3: (1.3, 1.31), 4: (0.9, 0.92)}


def with_probes(sample: Sample, probes: Sequence[float], rates: Sequence[float]) -> Sample:
    """The same, with windows of these rates and what the probe took beside them."""
    load = replace(sample.load, windows=tuple(rates), probes=tuple(probes), probe_seconds=fmean(probes))
    return replace(sample, load=load)


def busy(sample: Sample) -> Sample:
    """The same, with others who took half of a core."""
    return replace(sample, usage=replace(sample.usage, others_cpu_seconds=sample.usage.seconds / 2))


def without_probe(sample: Sample) -> Sample:
    return replace(sample, load=replace(sample.load, probe_seconds=None, probes=()))


@pytest.fixture
def following(sample: Make) -> Cell:
    """Two servers, one with half of the other's rate, that go with the machine's speed to the power of 0.8."""

    def measured(number: int, name: str, rate: float) -> Sample:
        rates = [rate * speed**0.8 for speed in SPEEDS[number]]
        return with_probes(sample(number, name, rate=fmean(rates)), [USUAL / speed for speed in SPEEDS[number]], rates)

    return {name: [measured(n, name, rate) for n in SPEEDS] for name, rate in (("fast", 80_000.0), ("slow", 40_000.0))}


def as_measured(cell: Cell, settings: Settings) -> Rates:
    return {name: round_rates(samples, settings) for name, samples in cell.items()}


def test_rates_that_follow_the_probe_become_equal_and_keep_their_ratio(following: Cell, settings: Settings) -> None:
    rates = adjusted_rates(following, settings, USUAL)
    assert rates["fast"] == pytest.approx(dict.fromkeys(SPEEDS, 80_000.0), rel=1e-4)
    assert rates["slow"] == pytest.approx(dict.fromkeys(SPEEDS, 40_000.0), rel=1e-4)
    measured = as_measured(following, settings)["fast"]
    assert max(measured.values()) / min(measured.values()) > 1.4


def test_the_common_speed_scales_all_alike(following: Cell, settings: Settings) -> None:
    usual, slower = (adjusted_rates(following, settings, common) for common in (USUAL, 2 * USUAL))
    factors = [slower[name][number] / usual[name][number] for name in usual for number in SPEEDS]
    assert factors == pytest.approx([2**-0.8] * len(factors))


def test_without_a_common_speed_rates_are_as_measured(following: Cell, settings: Settings) -> None:
    assert adjusted_rates(following, settings, None) == as_measured(following, settings)


def test_a_single_round_is_as_measured(following: Cell, settings: Settings) -> None:
    first = {name: samples[:1] for name, samples in following.items()}
    assert adjusted_rates(first, settings, 2 * USUAL) == as_measured(first, settings)


def test_a_measurement_without_a_probe_leaves_all_as_measured(following: Cell, settings: Settings) -> None:
    """Else some of the rates in a table would be at another speed than the others."""
    following["slow"][2] = without_probe(following["slow"][2])
    assert adjusted_rates(following, settings, USUAL) == as_measured(following, settings)


def test_what_failed_a_gate_does_not_count(following: Cell, settings: Settings) -> None:
    before = adjusted_rates(following, settings, USUAL)
    spoilt = busy(with_probes(following["slow"][0], (9.0, 1.0), (7.0, 1000.0)))
    assert adjusted_rates({**following, "slow": [spoilt, *following["slow"]]}, settings, USUAL) == before
    unseen = busy(without_probe(following["slow"][0]))
    assert adjusted_rates({**following, "slow": [unseen, *following["slow"]]}, settings, USUAL) == before
    assert usual_exponent({"slow": [spoilt]}, settings) is None


def test_a_round_that_failed_has_no_rate_and_the_others_keep_theirs(following: Cell, settings: Settings) -> None:
    following["slow"][2] = busy(following["slow"][2])
    rates = adjusted_rates(following, settings, USUAL)
    assert (list(rates["fast"]), list(rates["slow"])) == ([1, 2, 3, 4], [1, 2, 4])
    assert rates["slow"] == pytest.approx(dict.fromkeys((1, 2, 4), 40_000.0), rel=1e-4)


def test_samples_of_one_round_are_brought_to_the_common_speed_together(following: Cell, settings: Settings) -> None:
    """As in a result of several turns a round, of which each is a sample."""
    turns = {name: [*samples, *(replace(one, turn=2) for one in samples)] for name, samples in following.items()}
    once, twice = (adjusted_rates(cell, settings, USUAL) for cell in (following, turns))
    assert twice["slow"] == pytest.approx(once["slow"])


def test_a_server_that_gave_no_good_answer_in_a_window_tells_nothing_of_the_exponent(
    following: Cell, settings: Settings
) -> None:
    silent = with_probes(following["slow"][1], (USUAL, 3 * USUAL), (80_000.0, 0.0))
    following["slow"][1] = silent
    assert usual_exponent(following, settings) == pytest.approx(-0.8)


def test_the_usual_exponent_is_that_of_the_middle_round_and_none_without_a_probe(
    following: Cell, settings: Settings
) -> None:
    assert usual_exponent(following, settings) == pytest.approx(-0.8)
    unseen = {name: [without_probe(one) for one in samples] for name, samples in following.items()}
    assert usual_exponent(unseen, settings) is None
    assert usual_exponent({}, settings) is None


def test_the_common_speed_is_the_median_of_all_measurements_that_have_a_probe(sample: Make) -> None:
    probed = [with_probes(sample(number), (value,), (1000.0,)) for number, value in enumerate((3.0, 1.0, 50.0))]
    assert common_probe([sample(), *probed]) == 3.0
    assert common_probe([sample()]) is None
    assert common_probe([]) is None


@dataclass(frozen=True)
class Machine:
    """A shared machine, in standard deviations of logarithms: that of a round, of a window, and of what is left over.

    `exponent` is how rates go with what the probe would take, had it no noise of its own.
    """

    exponent: float = -0.9
    round: float = 0.1
    window: float = 0.08
    rate_noise: float = 0.02
    probe_noise: float = 0.01

    def cell(self, draw: np.random.Generator, rounds: int, truth: float, make: Make) -> Cell:
        """Two windows a round of two servers, of which the second has `truth` times the rate of the first."""
        speeds = draw.normal(0, self.round, (rounds, 1, 1)) + draw.normal(0, self.window, (rounds, 2, 2))
        probes = USUAL * np.exp(speeds + draw.normal(0, self.probe_noise, speeds.shape))
        rates = 1e6 * np.exp(self.exponent * speeds + draw.normal(0, self.rate_noise, speeds.shape))
        rates[:, 1] *= truth
        return {
            name: [
                with_probes(
                    make(number, name, rate=rates[number, place].mean()), probes[number, place], rates[number, place]
                )
                for number in range(rounds)
            ]
            for place, name in enumerate(("first", "second"))
        }


@dataclass(frozen=True)
class Simulation:
    """The intervals of many runs, at a common speed and as measured."""

    adjusted: list[Interval]
    measured: list[Interval]


def simulate(
    make: Make, settings: Settings, *, runs: int, rounds: int, truth: float = 1.0, machine: Machine | None = None
) -> Simulation:
    draw = np.random.default_rng(17)
    cells = [(machine or Machine()).cell(draw, rounds, truth, make) for _ in range(runs)]
    return Simulation(
        [ratio(adjusted_rates(cell, settings, USUAL)) for cell in cells],
        [ratio(adjusted_rates(cell, settings, None)) for cell in cells],
    )


def ratio(rates: Rates) -> Interval:
    first, second = (list(rates[name].values()) for name in ("first", "second"))
    return paired_ratio(second, first).interval(ERROR_LEVEL)


def missed(intervals: Sequence[Interval], truth: float) -> float:
    return fmean(not one.low <= truth <= one.high for one in intervals)


def width(intervals: Sequence[Interval]) -> float:
    return median(math.log(one.high / one.low) for one in intervals)


@pytest.mark.parametrize("rounds", [3, 5, 10])
def test_equal_servers_are_told_apart_in_at_most_one_run_of_twenty_by_much_narrower_intervals(
    sample: Make, settings: Settings, rounds: int
) -> None:
    runs = 2000
    found = simulate(sample, settings, runs=runs, rounds=rounds)
    # 0.05 and two standard errors of the count.
    assert missed(found.adjusted, 1.0) <= ERROR_LEVEL + 2 * math.sqrt(ERROR_LEVEL * (1 - ERROR_LEVEL) / runs)
    assert width(found.adjusted) < 0.4 * width(found.measured)


def test_a_planted_difference_is_found_without_a_bias(sample: Make, settings: Settings) -> None:
    runs, truth = 1000, 0.9
    found = simulate(sample, settings, runs=runs, rounds=5, truth=truth)
    logs = [math.log(one.estimate / truth) for one in found.adjusted]
    assert abs(fmean(logs)) < 2 * float(np.std(logs)) / math.sqrt(runs)
    assert missed(found.adjusted, truth) <= ERROR_LEVEL + 2 * math.sqrt(ERROR_LEVEL * (1 - ERROR_LEVEL) / runs)
    # Told apart in nearly every run, where the measured rates do it in two of three.
    assert missed(found.adjusted, 1.0) > 0.98
    assert missed(found.measured, 1.0) < 0.75


@pytest.mark.parametrize(
    ("machine", "wider"),
    [
        (Machine(exponent=0.0), 1.1),
        (Machine(probe_noise=0.08), 1.0),
        (Machine(rate_noise=0.2), 1.05),
        (Machine(exponent=-2.0), 0.7),
    ],
    ids=["rates owe it nothing", "it is noisy itself", "rates are noisier than it", "rates follow it beyond belief"],
)
def test_a_probe_that_tells_little_costs_little_and_misleads_nobody(
    sample: Make, settings: Settings, machine: Machine, wider: float
) -> None:
    runs = 1000
    found = simulate(sample, settings, runs=runs, rounds=5, machine=machine)
    assert missed(found.adjusted, 1.0) <= ERROR_LEVEL + 2 * math.sqrt(ERROR_LEVEL * (1 - ERROR_LEVEL) / runs)
    assert width(found.adjusted) < wider * width(found.measured)

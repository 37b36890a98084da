"""The control variate: the exponent of made-up windows, and rates at another speed."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.statistics.control import Windows, at_speed, exponents

SPEEDS = ((1.0, 1.2), (0.9, 1.1), (1.3, 0.8), (1.0, 0.7), (1.1, 1.5))


def follow(probes: Sequence[float], exponent: float, rate: float = 1000.0) -> Windows:
    """Windows of a server that has this rate at a probe of one second, and goes with it to the power."""
    return [(probe, rate * probe**exponent) for probe in probes]


def rounds(exponent: float) -> dict[int, list[Windows]]:
    """Five rounds of two windows of a fast server and a slow one, which never see the same machine."""
    return {
        number: [follow(probes, exponent), follow([1.1 * probe**2 for probe in probes], exponent, rate=7.0)]
        for number, probes in enumerate(SPEEDS, start=1)
    }


@pytest.mark.parametrize("exponent", [-1.25, -1.0, -0.8, -0.25, 0.0])
def test_an_exponent_that_all_windows_follow_is_found_whatever_the_servers_rates_are(exponent: float) -> None:
    assert exponents(rounds(exponent)) == pytest.approx(dict.fromkeys(range(1, 6), exponent), abs=1e-12)


def test_an_exponent_behind_noise_is_found_by_many_rounds() -> None:
    draw = np.random.default_rng(13)

    def noisy() -> Windows:
        windows = follow([float(np.exp(shift)) for shift in draw.normal(0, 0.1, 2)], -0.7)
        return [(probe, rate * float(np.exp(draw.normal(0, 0.03)))) for probe, rate in windows]

    found = exponents({number: [noisy() for _ in range(4)] for number in range(50)})
    # About the standard error of a slope of 200 pairs, 0.03 / 0.1 / 14, five times.
    assert found == pytest.approx(dict.fromkeys(range(50), -0.7), abs=0.11)


def test_the_exponent_of_a_round_is_that_of_all_the_others() -> None:
    other_ways = {**rounds(-0.8), 3: [follow((1.0, 2.0), -0.1)]}
    before, after = exponents(rounds(-0.8)), exponents(other_ways)
    assert after[3] == before[3]
    assert all(after[number] > before[number] + 0.1 for number in (1, 2, 4, 5))


def test_what_differs_between_rounds_and_servers_only_tells_nothing() -> None:
    """The slower server and the slower round have the slower probe here, but no window differs from its neighbour."""
    steady = {
        number: [[(probe * number, 100.0 / probe / number)] * 2 for probe in (1.0, 1.5)] for number in range(1, 4)
    }
    assert exponents(steady) == {1: 0.0, 2: 0.0, 3: 0.0}


@pytest.mark.parametrize(("exponent", "found"), [(0.5, 0.0), (0.01, 0.0), (-1.51, -1.5), (-3.0, -1.5)])
def test_no_server_is_faster_on_a_slower_machine_or_follows_it_beyond_belief(exponent: float, found: float) -> None:
    assert set(exponents(rounds(exponent)).values()) == {found}


def test_a_round_without_others_is_left_as_it_is() -> None:
    assert exponents({4: [follow((1.0, 2.0), -1.0)]}) == {4: 0.0}
    assert exponents({}) == {}


def test_windows_that_are_none_or_only_one_tell_nothing() -> None:
    assert exponents({1: [], 2: [[]], 3: [follow((1.2,), -1.0)]}) == {1: 0.0, 2: 0.0, 3: 0.0}
    among_others = {**rounds(-0.6), 6: [[], follow((9.0,), 0.0)]}
    assert exponents(among_others) == pytest.approx(dict.fromkeys(range(1, 7), -0.6))


def test_a_rate_at_another_speed_goes_with_the_exponent() -> None:
    assert at_speed(1000.0, probe=2.0, exponent=-1.0, common=1.0) == pytest.approx(2000.0)
    assert at_speed(1000.0, probe=0.25, exponent=-0.5, common=1.0) == pytest.approx(500.0)
    assert at_speed(1000.0, probe=2.0, exponent=0.0, common=1.0) == 1000.0
    assert at_speed(1000.0, probe=3.0, exponent=-0.7, common=3.0) == 1000.0


def test_rates_that_follow_the_probe_are_equal_at_a_common_speed() -> None:
    at_common = [at_speed(rate, probe, -0.8, 1.1) for probe, rate in follow((0.5, 1.0, 2.0), -0.8)]
    assert at_common == pytest.approx([1000.0 * 1.1**-0.8] * 3)

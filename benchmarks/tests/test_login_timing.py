"""The comparison of log-ins that fail: what it makes of times that are known."""

import random

from benchmarks.run.login_timing import INACTIVE, KNOWN, UNKNOWN, summary


def noisy(mean: float, draw: random.Random) -> list[float]:
    """Two hundred times around a mean, as a machine gives them."""
    return [mean * draw.lognormvariate(0, 0.05) for _ in range(200)]


def test_equal_names_have_a_ratio_of_one_within_its_interval() -> None:
    draw = random.Random(1)
    timing = summary({kind: noisy(0.02, draw) for kind in (KNOWN, UNKNOWN, INACTIVE)})
    assert all(ratio.low < 1 < ratio.high for ratio in timing.ratios.values())
    assert 19 < timing.milliseconds[KNOWN] < 21


def test_a_name_that_is_answered_three_percent_sooner_is_told() -> None:
    draw = random.Random(2)
    times = {KNOWN: noisy(0.02, draw), UNKNOWN: noisy(0.0194, draw), INACTIVE: noisy(0.02, draw)}
    ratio = summary(times).ratios[UNKNOWN]
    assert ratio.low < 0.97 < ratio.high < 1


def test_a_name_without_a_hash_to_check_is_told_at_once() -> None:
    draw = random.Random(3)
    timing = summary({KNOWN: noisy(0.02, draw), UNKNOWN: noisy(0.001, draw), INACTIVE: noisy(0.02, draw)})
    assert timing.ratios[UNKNOWN].high < 0.06

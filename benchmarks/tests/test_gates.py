"""Every gate at its boundary: what is just allowed passes, and a little more trips it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.gates import least_good_rounds, round_rates, sample_faults, spread
from benchmarks.results import Sample, Settings

Make = Callable[..., Sample]


def gates(sample: Sample, settings: Settings) -> list[str]:
    return [fault.gate for fault in sample_faults(sample, settings)]


def with_load(sample: Sample, **members: object) -> Sample:
    return replace(sample, load=replace(sample.load, **members))  # type: ignore[arg-type] # the class checks the names


def with_usage(sample: Sample, **members: float) -> Sample:
    return replace(sample, usage=replace(sample.usage, **members))  # type: ignore[arg-type] # the class checks the names


def test_a_good_measurement_passes_every_gate(sample: Make, settings: Settings) -> None:
    assert gates(sample(), settings) == []


@pytest.mark.parametrize(("failures", "tripped"), [(2, []), (3, ["errors"])])
def test_one_error_in_a_thousand_is_allowed(
    sample: Make, settings: Settings, failures: int, tripped: list[str]
) -> None:
    assert gates(with_load(sample(rate=1000), failures={"status 500": failures}), settings) == tripped


@pytest.mark.parametrize(("seconds", "tripped"), [(1.6, []), (1.601, ["generator"])])
def test_the_generator_may_use_80_percent_of_its_core(
    sample: Make, settings: Settings, seconds: float, tripped: list[str]
) -> None:
    assert gates(with_load(sample(), cpu_seconds=seconds), settings) == tripped


@pytest.mark.parametrize(("seconds", "tripped"), [(1.8, []), (1.799, ["saturation"])])
def test_the_server_must_use_90_percent_of_its_core(
    sample: Make, settings: Settings, seconds: float, tripped: list[str]
) -> None:
    assert gates(with_usage(sample(), server_cpu_seconds=seconds), settings) == tripped


@pytest.mark.parametrize(("mean_ms", "tripped"), [(30.41, []), (30.39, ["little"]), (33.59, []), (33.61, ["little"])])
def test_rate_times_mean_time_may_be_5_percent_off_the_users(
    sample: Make, settings: Settings, mean_ms: float, tripped: list[str]
) -> None:
    assert gates(with_load(sample(rate=1000), mean_ms=mean_ms), settings) == tripped


@pytest.mark.parametrize(
    ("others", "stolen", "tripped"),
    [(0.16, 0.0, []), (0.08, 0.08, []), (0.1601, 0.0, ["others"]), (0, 0.17, ["others"])],
)
def test_others_may_use_8_percent_of_the_window(
    sample: Make, settings: Settings, others: float, stolen: float, tripped: list[str]
) -> None:
    assert gates(with_usage(sample(), others_cpu_seconds=others, stolen_seconds=stolen), settings) == tripped


@pytest.mark.parametrize(("rounds", "good"), [(1, 1), (2, 2), (3, 2), (5, 3), (9, 6)])
def test_most_of_the_least_rounds_have_to_be_good(settings: Settings, rounds: int, good: int) -> None:
    assert least_good_rounds(replace(settings, rounds=rounds)) == good


def test_a_server_with_more_workers_has_more_cores_to_use(sample: Make, settings: Settings) -> None:
    two = replace(settings, workers=2)
    assert gates(with_usage(sample(), server_cpu_seconds=3.6), two) == []
    assert gates(with_usage(sample(), server_cpu_seconds=1.99), two) == ["saturation"]


def test_no_answer_at_all_is_an_error(sample: Make, settings: Settings) -> None:
    assert gates(with_load(sample(), requests=0), settings) == ["errors"]


def test_a_server_that_waits_is_told_what_it_waited_for(sample: Make, settings: Settings) -> None:
    idle = with_usage(sample(), server_cpu_seconds=1.0)
    assert sample_faults(idle, settings)[-1].why.endswith("the limit was waiting, for locks or the disk")
    behind_generator = with_load(idle, cpu_seconds=1.9)
    assert sample_faults(behind_generator, settings)[-1].why.endswith("the limit was the generator")
    behind_others = with_usage(idle, others_cpu_seconds=1.0)
    assert sample_faults(behind_others, settings)[-1].why.endswith("the limit was other processes")


def test_the_spread_is_the_range_as_a_share_of_the_median() -> None:
    assert spread([90.0, 100.0, 120.0]) == pytest.approx(0.3)
    assert spread([90.0]) == 0.0


@pytest.mark.parametrize(
    ("database", "limit"), [(None, "waiting"), (0.6, "waiting"), (0.61, "the database"), (1.9, "the database")]
)
def test_a_database_that_leaves_the_generator_no_room_is_named_as_the_limit(
    sample: Make, settings: Settings, database: float, limit: str
) -> None:
    idle = with_usage(sample(), server_cpu_seconds=1.0, database_cpu_seconds=database)
    (fault,) = sample_faults(idle, settings)
    assert f"the limit was {limit}" in fault.why


def test_the_rate_of_a_round_is_the_good_answers_over_the_seconds_of_all_its_turns(
    sample: Make, settings: Settings
) -> None:
    long = with_usage(with_load(sample(rate=500), window_seconds=4.0, requests=2000), seconds=4.0)
    long = replace(with_usage(long, server_cpu_seconds=3.9), turn=2)
    failing = with_load(sample(2, rate=1000), failures={"status 500": 2})
    rates = round_rates([sample(rate=1000), long, failing], settings)
    assert rates == {1: pytest.approx((2000 + 2000) / 6), 2: pytest.approx((2000 - 2) / 2)}


def test_a_turn_that_is_lost_does_not_count_and_a_round_without_any_has_no_rate(
    sample: Make, settings: Settings
) -> None:
    busy = with_usage(sample(rate=700), others_cpu_seconds=1.0)
    again = replace(sample(rate=900), attempt=2)
    lost = replace(busy, turn=2, attempt=4)
    assert round_rates([busy, again, lost, replace(busy, round=2)], settings) == {1: pytest.approx(900)}
    assert round_rates([], settings) == {}

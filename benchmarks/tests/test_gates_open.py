"""Every gate of an open loop at its boundary: what is just allowed passes, and a little more trips it."""

from dataclasses import replace

import pytest

from benchmarks.gates import Fault
from benchmarks.gates_open import cannot_serve, disturbance, fault_of_rounds, latency_faults, open_faults
from benchmarks.studies import LatencySample, OpenLoad, Usage

from .histograms import HISTOGRAM

LOAD = OpenLoad(
    rate=1000.0,
    offered=2000,
    requests=2000,
    failures={},
    routes={"GET /api/v1/ping": 2000},
    window_seconds=2.0,
    mean_ms=3.0,
    latency_ms={"p50": 2.0, "p90": 4.0, "p99": 9.0, "p99_9": 12.0, "max": 14.0},
    histogram=HISTOGRAM,
    cpu_seconds=1.0,
    late_share=0.0,
    most_in_flight=9,
    served=2000,
)
USAGE = Usage(
    seconds=2.0,
    server_cpu_seconds=1.0,
    others_cpu_seconds=0.01,
    stolen_seconds=0.0,
    pss_bytes=50_000_000,
    rss_bytes=60_000_000,
)


def gates(load: OpenLoad, usage: Usage = USAGE) -> list[str]:
    return [fault.gate for fault in open_faults(load, usage)]


def test_a_good_window_passes_every_gate() -> None:
    assert gates(LOAD) == []
    assert latency_faults(LatencySample(1, "flask", "page", "equal", 1, LOAD, USAGE)) == []


@pytest.mark.parametrize(("served", "tripped"), [(1980, []), (1979, ["rate"]), (2400, [])])
def test_99_percent_of_what_is_offered_must_be_served_in_the_same_time(served: int, tripped: list[str]) -> None:
    assert gates(replace(LOAD, served=served)) == tripped


@pytest.mark.parametrize(
    ("requests", "failures", "tripped"),
    [
        (2000, {"status 500": 2}, []),
        (2000, {"status 500": 3}, ["errors"]),
        (1998, {}, []),
        (1997, {}, ["errors"]),
        (1998, {"status 500": 1}, ["errors"]),
    ],
)
def test_one_in_a_thousand_may_be_wrong_or_unanswered(
    requests: int, failures: dict[str, int], tripped: list[str]
) -> None:
    assert gates(replace(LOAD, requests=requests, failures=failures)) == tripped


@pytest.mark.parametrize(("seconds", "tripped"), [(1.6, []), (1.601, ["generator"])])
def test_the_generator_may_use_80_percent_of_its_core(seconds: float, tripped: list[str]) -> None:
    assert gates(replace(LOAD, cpu_seconds=seconds)) == tripped


@pytest.mark.parametrize(("share", "tripped"), [(0.02, []), (0.0201, ["late"])])
def test_two_percent_may_be_sent_late(share: float, tripped: list[str]) -> None:
    assert gates(replace(LOAD, late_share=share)) == tripped


@pytest.mark.parametrize(("others", "stolen", "tripped"), [(0.08, 0.08, []), (0.1601, 0.0, ["others"])])
def test_others_may_use_8_percent_of_the_window(others: float, stolen: float, tripped: list[str]) -> None:
    assert gates(LOAD, replace(USAGE, others_cpu_seconds=others, stolen_seconds=stolen)) == tripped


def test_a_server_that_does_not_keep_up_is_an_answer_unless_the_window_was_disturbed() -> None:
    slow = open_faults(replace(LOAD, served=1500), USAGE)
    assert cannot_serve(slow)
    assert disturbance(slow) is None
    assert slow[0].why == "cannot serve 1,000 requests/s: it answered 75.0% of them in the same time"
    late = open_faults(replace(LOAD, served=1500, late_share=0.5), USAGE)
    assert not cannot_serve(late)
    assert disturbance(late) == late[0]
    assert not cannot_serve(open_faults(replace(LOAD, requests=1000), USAGE))


def test_errors_name_the_kind_that_there_is_most_of() -> None:
    wrong = replace(LOAD, requests=1990, failures={"status 500": 4, "status 503": 6})
    assert open_faults(wrong, USAGE)[0].why == "1.0% errors, most of them no answer"
    assert open_faults(replace(wrong, requests=2000), USAGE)[0].why == "0.5% errors, most of them status 503"


def test_a_window_without_arrivals_says_so() -> None:
    assert gates(replace(LOAD, offered=0, requests=0, served=0)) == ["rate"]


LATE, SLOW = Fault("late", "sent late"), Fault("rate", "cannot serve 10 requests/s")


@pytest.mark.parametrize(
    ("rounds", "verdict"),
    [
        ([[], [], []], None),
        ([[], [LATE], []], None),
        ([[], [LATE], [LATE]], LATE),
        ([[LATE], []], LATE),
        ([[SLOW], [], []], None),
        ([[SLOW], [SLOW], []], SLOW),
        ([[SLOW], [], [LATE]], None),
        ([[SLOW], [SLOW], [LATE]], SLOW),
        ([[LATE, SLOW], [], []], None),
    ],
)
def test_a_point_stands_while_most_rounds_were_quiet_and_most_of_those_were_served(
    rounds: list[list[Fault]], verdict: Fault | None
) -> None:
    assert fault_of_rounds(rounds) == verdict

"""The open loop against servers of known behaviour.

What is counted is exact. A time is compared with what is known of the server: it is never shorter, and as whatever else
a machine does only makes it longer, the shortest of some windows is held to 2 %.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice, pairwise
from math import ceil
from pathlib import Path
from statistics import fmean
from types import ModuleType
from typing import Any

import pytest

from benchmarks.files import load_from, open_load_from
from benchmarks.run.generator import Generator, LoadFailedError, running_generator
from benchmarks.studies import OpenLoad

from .traffic import traffic

Fake = Callable[..., AbstractContextManager[Any]]
ROOT = Path(__file__).parents[2]
MOST_WINDOWS = 10
WITHIN = 0.02


@pytest.fixture(scope="module")
def generator() -> Iterator[Generator]:
    with running_generator(ROOT, cpus=()) as started:
        yield started


@pytest.fixture(scope="module")
def arrivals() -> ModuleType:
    """The schedule of the load, which has no package to be imported from."""
    return traffic("arrivals")


def ask(generator: Generator, server: Any, user: str = "Ping", **members: object) -> OpenLoad:
    plan = {"mode": "open", "host": server.base_url, "user": user, "rate": 200, "warm_up": 0.1, "window": 0.5}
    return open_load_from(generator.measure(plan | members, lambda event: None))


def figures(load: OpenLoad) -> dict[str, float]:
    return {"mean": load.mean_ms, **load.latency_ms}


def assert_shortest(windows: Iterator[OpenLoad], expected: dict[str, float]) -> None:
    """Hold the shortest of each figure over some windows to what is known; none may be shorter in any window."""
    shortest = dict.fromkeys(expected, float("inf"))
    for load in islice(windows, MOST_WINDOWS):
        shortest = {name: min(found, figures(load)[name]) for name, found in shortest.items()}
        if shortest == pytest.approx(expected, rel=WITHIN):
            break
    assert shortest == pytest.approx(expected, rel=WITHIN)


def test_the_schedule_is_a_poisson_process(arrivals: ModuleType) -> None:
    instants = arrivals.poisson_arrivals(1000.0, 50.0, "a")
    assert list(instants) == sorted(instants)
    assert instants == arrivals.poisson_arrivals(1000.0, 50.0, "a")
    assert instants != arrivals.poisson_arrivals(1000.0, 50.0, "b")
    # Five standard deviations of a count; and each gap is exponential: a share of 1/e is longer than the mean.
    assert abs(len(instants) - 50_000) < 5 * 50_000**0.5
    longer = [after - before > 0.001 for before, after in pairwise(instants)]
    assert fmean(longer) == pytest.approx(0.368, abs=0.012)


def test_what_the_schedule_has_is_offered_and_answered(
    generator: Generator, fake_server: Fake, arrivals: ModuleType
) -> None:
    with fake_server() as server:
        load = ask(generator, server, seed="7", warm_up=0.25, window=0.75)
        seen = server.seen()
    instants = arrivals.poisson_arrivals(200, 1.0, "7")
    assert load.offered == sum(instant >= 0.25 for instant in instants)
    assert load.requests == load.offered
    assert seen["load"] == len(instants)
    assert load.routes == {"GET /api/v1/ping": load.offered}
    assert load.achieved == pytest.approx(load.offered / 0.75)
    assert (load.rate, load.window_seconds, load.error_share) == (200, 0.75, 0.0)
    assert 0 <= load.late_share <= 1


def test_a_fixed_delay_is_every_figure(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--delay", "1.5") as server:
        windows = (ask(generator, server, rate=100, window=1.0) for _ in range(MOST_WINDOWS))
        assert_shortest(windows, dict.fromkeys(("mean", "p50", "p90", "p99"), 1500.0))


def test_a_known_distribution_has_its_quantiles(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--delay", "0.4", "--spread", "0.8") as server:
        windows = (ask(generator, server, rate=100, window=2.0) for _ in range(MOST_WINDOWS))
        assert_shortest(windows, {"mean": 800.0, "p50": 800.0, "p90": 1120.0, "p99": 1192.0})


def test_a_stall_is_in_the_times_as_the_schedule_says(
    generator: Generator, fake_server: Fake, arrivals: ModuleType
) -> None:
    rate, warm_up, window, every, stall = 30, 0.5, 5.0, 90, 2.0
    instants = arrivals.poisson_arrivals(rate, warm_up + window, "stall")
    assert every < len(instants) < 2 * every
    begins = instants[every - 1]
    waits = sorted(
        max(0.0, begins + stall - instant) if instant >= begins else 0.0 for instant in instants if instant >= warm_up
    )
    expected = {name: 1000 * waits[ceil(share * len(waits)) - 1] for name, share in (("p90", 0.9), ("p99", 0.99))}

    def windows() -> Iterator[OpenLoad]:
        for _ in range(MOST_WINDOWS):
            with fake_server("--stall-every", str(every), "--stall", str(stall)) as server:
                yield ask(generator, server, rate=rate, warm_up=warm_up, window=window, seed="stall")

    assert 1000 < expected["p90"] < expected["p99"] < 2000
    assert_shortest(windows(), expected)


def test_the_same_stall_is_hidden_by_a_closed_loop(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--stall-every", "150", "--stall", "1.0") as server:
        plan = {"mode": "closed", "host": server.base_url, "user": "Ping", "users": 1, "warm_up_max": 0, "window": 3.0}
        load = load_from(generator.measure(plan, lambda event: None))
    assert load.latency_ms["max"] >= 1000
    # One answer in 150 is a stalled one, which is not one in 100.
    assert load.latency_ms["p99"] < 500


def test_each_tenth_answer_failing_is_ten_percent_of_errors(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--error-every", "10") as server:
        load = ask(generator, server)
    kind = "GET /api/v1/ping: status 500 instead of 200"
    assert load.failures.keys() == {kind}
    assert abs(load.failures[kind] - load.offered / 10) <= 2
    assert load.error_share == pytest.approx(load.failures[kind] / load.offered)
    assert load.achieved == pytest.approx((load.offered - load.failures[kind]) / 0.5)


def test_wrong_bodies_are_found_in_each_fiftieth_answer(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--wrong-bodies") as server:
        load = ask(generator, server, user="Article", rate=600, window=1.0)
    kind = "GET /api/v1/articles/{id}: article has another title"
    assert load.failures.keys() == {kind}
    # Every connection checks its own fiftieth answers.
    assert abs(load.failures[kind] - load.requests / 50) <= load.most_in_flight + 1


def test_a_server_that_is_held_to_a_rate_serves_this_rate(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--rate", "100") as server:
        load = ask(generator, server, rate=300, window=1.0, grace=0.2)
    # The window holds a hundred slots; those of the grace time and of the warm-up are not in it.
    assert 0 < load.served <= 102
    assert load.requests <= 100 * (1.0 + 0.2) + 30
    assert load.error_share == pytest.approx(1 - load.requests / load.offered)
    assert load.error_share > 0.5
    # Those without an answer are in the times with their age.
    assert load.latency_ms["p50"] >= 200


def test_what_is_never_answered_is_an_error_with_its_age(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--delay", "30") as server:
        load = ask(generator, server, grace=0.3, connections=5)
    assert (load.requests, load.error_share, load.achieved, load.served) == (0, 1.0, 0.0, 0)
    assert load.most_in_flight == 5
    assert load.latency_ms["p50"] >= 300


def test_what_waits_for_a_connection_counts_from_its_instant(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--delay", "0.05") as server:
        load = ask(generator, server, rate=200, window=1.0, grace=30, connections=2)
        seen = server.seen()
    assert load.most_in_flight == 2
    assert load.error_share == 0
    assert load.requests == load.offered < seen["load"]
    # Two connections answer 40 a second, so the last of about 200 has waited for some seconds.
    assert load.latency_ms["max"] >= 1000 * (load.offered / 40 - 1.1)
    assert load.served <= 2 * (1.0 / 0.05 + 1)


def test_all_connections_use_the_token_of_one_log_in(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--delay", "0.05") as server:
        load = ask(generator, server, user="CreateArticle")
        seen = server.seen()
    assert load.most_in_flight > 1
    assert seen["token"] == 1
    assert load.failures == {}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"rate": 0}, "rate, window and connections must be positive"),
        ({"rate": "many"}, "wrong request"),
        ({"users": 3}, "wrong request"),
        ({"host": "http://127.0.0.1:1", "user": "Page"}, "/api/v1/articles: "),
        ({"host": "http://127.0.0.1:1", "user": "CreateArticle"}, "the user could not start: .*ConnectionRefusedError"),
    ],
)
def test_a_load_that_cannot_be_brought_up_says_why(generator: Generator, members: dict[str, Any], message: str) -> None:
    class Nobody:
        base_url = "http://127.0.0.1:1"

    with pytest.raises(LoadFailedError, match=message):
        ask(generator, Nobody(), **members)


def test_the_generator_comes_first_on_its_core_while_its_requests_are_due(
    generator: Generator, fake_server: Fake
) -> None:
    seen = {}
    request = {"mode": "open", "user": "Ping", "rate": 50, "warm_up": 0.1, "window": 2.0}
    with fake_server() as server:
        generator.measure(
            request | {"host": server.base_url},
            lambda event: seen.update({event: os.sched_getscheduler(generator.pid)}),
        )
    assert seen["window_begins"] == (os.SCHED_RR if may_come_first() else os.SCHED_OTHER)
    assert os.sched_getscheduler(generator.pid) == os.SCHED_OTHER


def may_come_first() -> bool:
    """Whether this user may have a real-time priority."""
    command = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))"
    return subprocess.run([sys.executable, "-c", command], capture_output=True, check=False).returncode == 0

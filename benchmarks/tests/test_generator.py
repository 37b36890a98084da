"""The generator against servers of known behaviour: counts and bounds that a busy machine does not move."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.files import load_from
from benchmarks.gates import sample_faults
from benchmarks.plan.scenarios import SCENARIOS, Scenario
from benchmarks.results import Sample, Settings
from benchmarks.run.generator import Generator, GeneratorError, LoadFailedError, running_generator
from benchmarks.studies import Load

Fake = Callable[..., AbstractContextManager[Any]]
ROOT = Path(__file__).parents[2]
USERS = 8


@pytest.fixture(scope="module")
def generator() -> Iterator[Generator]:
    with running_generator(ROOT, cpus=()) as started:
        yield started


def ask(generator: Generator, server: Any, user: str = "Ping", **members: object) -> tuple[Load, list[str]]:
    events: list[str] = []
    plan = {"mode": "closed", "host": server.base_url, "user": user, "users": USERS, "warm_up_max": 0, "window": 0.5}
    return load_from(generator.measure(plan | members, events.append)), events


def test_a_fixed_delay_bounds_rate_and_times(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--delay", "0.01") as server:
        load, events = ask(generator, server, window=1.0)
    assert events == ["window_begins", "window_ends"]
    assert load.failures == {}
    # Nothing is answered before its delay is over, so no user has more than a hundred answers a second; one more may
    # have been under way when the window began.
    assert 10.0 <= load.latency_ms["p50"] <= load.latency_ms["p90"] <= load.latency_ms["p99"] <= load.latency_ms["max"]
    assert load.requests <= USERS * (load.window_seconds / 0.01 + 1)
    # The times of a user's answers lie one after the other in the window and one time before it.
    assert load.requests * load.mean_ms / 1000 <= USERS * (load.window_seconds + load.latency_ms["max"] / 1000)
    assert load.routes == {"GET /api/v1/ping": load.requests}


def test_each_hundredth_answer_failing_is_one_percent_of_errors(
    generator: Generator, fake_server: Fake, sample: Callable[..., Sample], settings: Settings
) -> None:
    with fake_server("--error-every", "100") as server:
        load, _ = ask(generator, server)
        seen = server.seen()
    kind = "GET /api/v1/ping: status 500 instead of 200"
    assert load.failures.keys() == {kind}
    # The window is a stretch of the server's answers, out of order by no more than the users there are.
    assert abs(load.failures[kind] - load.requests / 100) <= 2
    assert load.requests <= seen["load"]
    assert "errors" in {fault.gate for fault in sample_faults(replace(sample(), load=load), settings)}
    assert load.capacity == pytest.approx((load.requests - load.failures[kind]) / load.window_seconds)


def test_wrong_bodies_are_found_in_each_fiftieth_answer(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--wrong-bodies") as server:
        load, _ = ask(generator, server, user="Article", users=2, window=1.0)
    kind = "GET /api/v1/articles/{id}: article has another title"
    assert load.failures.keys() == {kind}
    # Every user checks its own fiftieth answers.
    assert abs(load.failures[kind] - load.requests / 50) <= 2


def test_a_server_that_is_held_to_a_rate_is_seen_at_this_rate(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--rate", "200") as server:
        load, _ = ask(generator, server, window=1.0)
    assert 0 < load.requests <= 200 * load.window_seconds + USERS


def test_a_connection_that_the_server_has_closed_is_opened_again(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--hang-up-every", "10") as server:
        load, _ = ask(generator, server, user="Article")
    assert load.requests > 10
    assert load.failures == {}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_scenario_has_a_user_class_that_is_content_with_right_answers(
    generator: Generator, fake_server: Fake, scenario: Scenario
) -> None:
    with fake_server() as server:
        load, _ = ask(generator, server, user=scenario.user_class, window=0.2)
        seen = server.seen()
    assert load.failures == {}
    assert load.requests > 0
    if scenario.name in ("page_authenticated", "create_article", "comment"):
        assert seen["token"] == USERS


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        ("PageV2", "GET /api/v2/articles: page has another order"),
        ("Comment", "POST /api/v1/articles/{id}/comments: created comment is of another article"),
        ("mix:comments=1", "GET /api/v1/articles/{id}/comments: comment of another article"),
    ],
)
def test_a_wrong_body_is_a_failure_of_its_kind(generator: Generator, fake_server: Fake, user: str, kind: str) -> None:
    with fake_server("--wrong-bodies") as server:
        # One user alone, who comes to a fiftieth answer on a busy machine too.
        load, _ = ask(generator, server, user=user, users=1, window=1.0)
    assert load.failures.keys() == {kind}


def test_a_cursor_is_followed_for_ten_pages(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as server:
        ask(generator, server, user="PageV2", users=1, window=1.0)
        cursors = {name for name in server.seen() if name.startswith("after=")}
    # 300 articles, 20 a page: the first page has no cursor, and nine others follow.
    assert cursors == {f"after={301 - 20 * page}" for page in range(10)}


def test_a_mix_of_ones_own_has_the_shares_that_it_names(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as server:
        load, _ = ask(generator, server, user="mix:article=3,comments=1", window=1.0)
    assert load.routes.keys() == {"GET /api/v1/articles/{id}", "GET /api/v1/articles/{id}/comments"}
    # Dealt out, not drawn: no more than a hand and what each user had under way at both ends may be amiss.
    assert abs(load.routes["GET /api/v1/articles/{id}"] - 0.75 * load.requests) <= 4 + 2 * USERS


def test_nobody_is_counted_before_everybody_has_a_token(generator: Generator, fake_server: Fake) -> None:
    with fake_server("--no-token") as server:
        message = "not all of the 8 users could start: POST /api/v1/token: status 401 instead of 200"
        with pytest.raises(LoadFailedError, match=message):
            ask(generator, server, user="CreateArticle")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"mode": "sideways"}, "the modes are closed"),
        ({"user": "Nobody"}, "no user class Nobody"),
        ({"user": "ApiUser"}, "no user class ApiUser"),
        ({"user": "mix:pages=1"}, "no task is named 'pages'; there are: ping, article"),
        ({"user": "mix:page"}, "'page' is no mix such as page=40,article=40"),
        ({"user": "mix:page=0"}, "the weight of page is 0, no positive whole number"),
        ({"user": "mix:page=1,page=2"}, "is no mix"),
        ({"users": 0}, "users and window must be positive"),
        ({"strange": 1}, "wrong request"),
        ({"host": "http://127.0.0.1:1", "user": "Page"}, "/api/v1/articles: "),
        ({"host": "http://127.0.0.1:1", "user": "CreateArticle"}, "ConnectionRefusedError"),
    ],
)
def test_a_load_that_cannot_be_brought_up_says_why(generator: Generator, members: dict[str, Any], message: str) -> None:
    class Nobody:
        base_url = "http://127.0.0.1:1"

    with pytest.raises(LoadFailedError, match=message):
        ask(generator, Nobody(), **members)


def test_a_generator_that_is_gone_is_an_error() -> None:
    with running_generator(ROOT, cpus=()) as started:
        pass
    with pytest.raises(GeneratorError):
        started.measure({"mode": "closed"}, lambda event: None)


@pytest.mark.parametrize("members", [{"settle": -1}, {"warm_up_max": -1}, {"window": 0}, {"users": 0}])
def test_times_and_users_that_cannot_be_are_refused(
    generator: Generator, fake_server: Fake, members: dict[str, Any]
) -> None:
    with fake_server() as server, pytest.raises(LoadFailedError, match="must be positive"):
        ask(generator, server, **members)

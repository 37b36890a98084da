"""What the generator knows of a server that it has met before, so that no window waits for it again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.run.generator import Generator, LoadFailedError, running_generator

Fake = Callable[..., AbstractContextManager[Any]]
ROOT = Path(__file__).parents[2]
USERS = 4
# As many as it remembers.
MOST_SERVERS = 32


@pytest.fixture
def generator() -> Iterator[Generator]:
    """One that has met nobody."""
    with running_generator(ROOT, cpus=()) as started:
        yield started


def ask(generator: Generator, fake: Any, user: str, server: str | None = None, **members: object) -> dict[str, int]:
    """Put a short load on a server, and tell what the server has seen in all its life."""
    usual = {"mode": "closed", "users": USERS, "warm_up_max": 0, "window": 0.05}
    named = {} if server is None else {"server": server}
    load = generator.measure(usual | members | named | {"host": fake.base_url, "user": user}, lambda event: None)
    assert load["failures"] == {}
    assert load["requests"]
    seen: dict[str, int] = fake.seen()
    return seen


def ask_open(generator: Generator, fake: Any, user: str, server: str | None = None) -> dict[str, int]:
    """The same with an open loop."""
    named = {} if server is None else {"server": server}
    request = {"mode": "open", "host": fake.base_url, "user": user, "rate": 100, "warm_up": 0, "window": 0.3}
    generator.measure(request | named, lambda event: None)
    seen: dict[str, int] = fake.seen()
    return seen


def test_the_rows_of_a_server_are_read_once_and_those_of_another_for_themselves(
    generator: Generator, fake_server: Fake
) -> None:
    with fake_server() as fake:
        once = ask(generator, fake, "Article", "one")["page"]
        assert once > 0
        assert ask(generator, fake, "Article", "one")["page"] == once
        assert ask(generator, fake, "Article", "other")["page"] == 2 * once
        assert ask(generator, fake, "Article", "one")["page"] == 2 * once


def test_a_server_without_a_name_is_not_met_again(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as fake:
        once = ask(generator, fake, "Article")["page"]
        assert ask(generator, fake, "Article")["page"] == 2 * once
        assert ask(generator, fake, "Article", "")["page"] == 3 * once


def test_rows_are_those_of_the_server_that_is_named_now(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as one, fake_server() as other:
        assert ask(generator, one, "Article", "one")["page"] == ask(generator, other, "Article", "other")["page"]


def test_all_users_of_a_server_send_one_token(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as fake:
        assert ask(generator, fake, "CreateArticle", "one")["token"] == 1
        assert ask(generator, fake, "CreateArticle", "one", users=2 * USERS)["token"] == 1
        assert ask(generator, fake, "CreateArticle", "other")["token"] == 2


def test_every_user_of_a_server_without_a_name_logs_in(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as fake:
        assert ask(generator, fake, "CreateArticle")["token"] == USERS
        assert ask(generator, fake, "CreateArticle")["token"] == 2 * USERS


def test_another_account_and_one_who_needs_rows_log_in_for_themselves(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as fake:
        assert "page" not in ask(generator, fake, "CreateArticle", "one")
        seen = ask(generator, fake, "Comment", "one")
        assert (seen["token"], seen["page"] > 0) == (2, True)
        seen = ask(generator, fake, "PageAuthenticated", "one", window=0.2)
        assert seen["token"] == 3
        assert ask(generator, fake, "Comment", "one")["token"] == 3


def test_the_open_loop_shares_what_the_closed_one_knows(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as fake:
        known = ask(generator, fake, "Comment", "one")
        seen = ask_open(generator, fake, "Comment", "one")
        assert (seen["token"], seen["page"]) == (1, known["page"])
        assert ask_open(generator, fake, "Comment")["token"] == 2


def test_who_cannot_log_in_to_a_server_that_is_named_says_why_and_is_asked_again(
    generator: Generator, fake_server: Fake
) -> None:
    with fake_server("--no-token") as fake:
        for times in (1, 2):
            with pytest.raises(LoadFailedError, match="could not start: POST /api/v1/token: status 401"):
                ask(generator, fake, "CreateArticle", "one")
            assert fake.seen()["token"] == times


def test_the_server_that_was_met_longest_ago_is_forgotten_first(generator: Generator, fake_server: Fake) -> None:
    with fake_server() as fake:
        for number in range(MOST_SERVERS):
            ask(generator, fake, "CreateArticle", f"server {number}", users=1)
        assert ask(generator, fake, "CreateArticle", "server 0")["token"] == MOST_SERVERS
        assert ask(generator, fake, "CreateArticle", "one more")["token"] == MOST_SERVERS + 1
        assert ask(generator, fake, "CreateArticle", "server 0")["token"] == MOST_SERVERS + 1
        assert ask(generator, fake, "CreateArticle", "server 1")["token"] == MOST_SERVERS + 2

"""Who may be at the database, while others are and do not come back."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from blogapi.tokens import issue_token
from django_app import server
from django_app.gate import database_place


@pytest.fixture
def stuck() -> Iterator[None]:
    """Every place is held, by threads that do not come out of the database."""
    number = settings.BLOGAPI.database_pool_size
    entered, release = threading.Barrier(number + 1), threading.Event()

    def hold() -> None:
        with database_place():
            entered.wait()
            release.wait()

    threads = [threading.Thread(target=hold) for _ in range(number)]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(release.set)
        entered.wait()
        yield


def test_there_is_one_thread_more_than_places() -> None:
    assert server.threads == settings.BLOGAPI.database_pool_size + 1


def test_a_thread_that_has_a_place_takes_no_other() -> None:
    with ExitStack() as stack:
        for _ in range(settings.BLOGAPI.database_pool_size + 1):
            stack.enter_context(database_place())


def test_a_place_is_given_up_by_an_error() -> None:
    for _ in range(settings.BLOGAPI.database_pool_size + 1):
        with pytest.raises(ZeroDivisionError), database_place(), database_place():
            raise ZeroDivisionError


@pytest.mark.usefixtures("stuck")
def test_nobody_waits_long_for_a_place() -> None:
    with pytest.raises(OperationalError), database_place():
        raise AssertionError("passed")


@pytest.mark.usefixtures("stuck")
@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/api/v1/articles/1"), ("get", "/api/v1/users"), ("get", "/api/v1/users/me"), ("post", "/api/v1/token")],
)
def test_whatever_needs_the_database_is_refused_in_time(client: Client, method: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {issue_token(settings.BLOGAPI, user_id=1)}"}
    form = {"data": "grant_type=password&username=a&password=b", "content_type": "application/x-www-form-urlencoded"}
    began = time.monotonic()
    answer = getattr(client, method)(path, headers=headers, **(form if method == "post" else {}))
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert time.monotonic() - began < 3


@pytest.mark.usefixtures("stuck")
def test_what_needs_no_database_is_answered(client: Client) -> None:
    assert client.get("/api/v1/ping").status_code == 200

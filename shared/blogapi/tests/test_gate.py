"""The gate in front of the database, for servers of threads."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from blogapi import gate
from blogapi.gate import Gate


@contextmanager
def held_by_another(one: Gate) -> Iterator[None]:
    """Run the body while another thread holds a place, which it gives up after 50 ms."""
    entered = threading.Event()

    def hold() -> None:
        with one.passed():
            entered.set()
            time.sleep(0.05)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    yield
    thread.join()


def test_a_place_is_given_up_with_the_body() -> None:
    one = Gate(1)
    for _ in range(3):
        with one.passed():
            pass


def test_a_place_is_given_up_by_an_error() -> None:
    one = Gate(1)
    with pytest.raises(ZeroDivisionError), one.passed():
        raise ZeroDivisionError
    with one.passed():
        pass


def test_who_waits_gets_the_place_that_comes_free() -> None:
    one = Gate(1)
    with held_by_another(one), one.passed():
        pass


def test_a_place_after_long_silence_is_worth_waiting_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "STUCK_SECONDS", 0.2)
    one = Gate(1)
    time.sleep(0.3)
    with held_by_another(one), one.passed():
        pass


def test_nobody_waits_long_for_a_place_that_does_not_come_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "STUCK_SECONDS", 0.05)
    one = Gate(1)
    with one.passed():
        for _ in range(2):
            with pytest.raises(PoolTimeoutError), one.passed():
                raise AssertionError("passed")
    with one.passed():
        pass

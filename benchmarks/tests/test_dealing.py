"""How a mix's tasks are dealt out to users who are played: each as often as its weight says, in any stretch."""

from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from .traffic import traffic

NAMES = ["page"] * 6 + ["article"] * 3 + ["log-in"]


@pytest.fixture
def dealing() -> ModuleType:
    """The dealing of the load, which has no package to be imported from."""
    return traffic("dealing")


def noting(name: str) -> Callable[[list[str]], None]:
    return lambda done: done.append(name)


def a_class(names: list[str]) -> Any:
    """A class of users as Locust makes it: a list with each task as often as its weight says."""
    by_name = {name: noting(name) for name in names}
    return type("Mix", (), {"tasks": [by_name[name] for name in names]})


def done_by(user_class: Any, number: int) -> list[str]:
    """What a user of the class, who notes it, has done after so many turns; they have the one task."""
    done: list[str] = []
    (task,) = set(user_class.tasks)
    for _ in range(number):
        task(done)
    return done


def test_each_hand_has_every_task_as_often_as_its_weight_says(dealing: ModuleType) -> None:
    done = done_by(dealing.dealt(a_class(NAMES)), 50)
    hands = [done[start : start + 10] for start in range(0, 50, 10)]
    assert all(Counter(hand) == Counter(NAMES) for hand in hands)


def test_hands_are_in_another_order_each_time(dealing: ModuleType) -> None:
    done = done_by(dealing.dealt(a_class(NAMES)), 200)
    # One of 840 orders each, 20 times: never all alike.
    assert len({tuple(done[start : start + 10]) for start in range(0, 200, 10)}) > 1


def test_the_class_that_was_given_is_left_as_it_is(dealing: ModuleType) -> None:
    given = a_class(NAMES)
    before = list(given.tasks)
    dealt = dealing.dealt(given)
    assert given.tasks == before
    assert issubclass(dealt, given)
    assert dealt.__name__ == "Mix"


def test_users_with_one_task_need_no_dealer(dealing: ModuleType) -> None:
    given = a_class(["page", "page"])
    assert dealing.dealt(given) is given

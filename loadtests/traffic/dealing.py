"""Deals a mix's tasks out like cards, so that a short window has of each what its weight says.

A log-in costs as much as twenty pages. Drawn by chance, half a second of a mix with one in a hundred has none of them
or four, and its rate tells of that more than of the server.
"""

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from traffic.user import ApiUser

Task = Callable[["ApiUser"], None]


class Dealer:
    """Gives each task as often as it is among the tasks, in random order, before it begins again."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self._hand: list[Task] = []

    def __call__(self, user: "ApiUser") -> None:
        """Let a user do the next task."""
        if not self._hand:
            self._hand = random.sample(self._tasks, len(self._tasks))
        self._hand.pop()(user)


def dealt(user_class: "type[ApiUser]") -> "type[ApiUser]":
    """The same users, of whom all together do each task as often as its weight says, where there are several."""
    tasks = cast(Sequence[Task], user_class.tasks)
    if len(set(tasks)) < 2:
        return user_class
    dealing = cast("type[ApiUser]", type(user_class.__name__, (user_class,), {}))
    # Set afterwards: Locust adds those of the class above to what a new class is given.
    dealing.tasks = [Dealer(tasks)]
    return dealing

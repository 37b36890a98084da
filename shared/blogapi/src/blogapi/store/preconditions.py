"""Preconditions as part of the statement that writes, so that no other write can come between."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, tuple_

from blogapi.etags import Precondition, States


def in_state(condition: Precondition, columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Say that a row is in a state that is wanted, and in none that is not.

    Args:
        condition: whose states have a number for each column; a state of another length is no row's.
        columns: what makes the row's tag, behind its id.
    """
    criteria = [] if condition.wanted is None else [_among(condition.wanted, columns)]
    return criteria + ([~_among(condition.unwanted, columns)] if condition.unwanted else [])


def _among(states: States, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    fitting = [state for state in states if len(state) == len(columns)]
    return tuple_(*columns).in_(fitting)

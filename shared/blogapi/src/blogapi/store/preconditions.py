"""Preconditions as part of the statement that writes, so that no other write can come between."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, tuple_

from blogapi.etags import Precondition, States
from blogapi.problems import Problem

T = TypeVar("T")
ANY = Precondition()


def in_state(condition: Precondition, columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Say that a row is in a state that is wanted, and in none that is not.

    Args:
        condition: whose states have a number for each column; a state of another length is no row's.
        columns: what makes the row's tag, behind its id.
    """
    criteria = [] if condition.wanted is None else [_among(condition.wanted, columns)]
    return criteria + ([~_among(condition.unwanted, columns)] if condition.unwanted else [])


def changed_or_gone(condition: Precondition, found: T | None) -> T | None:
    """Tell why a conditional write met no row.

    Returns:
        None: there is no row.

    Raises:
        Problem: `precondition_failed`, where there still is one.
    """
    if found is not None and not condition.is_empty:
        raise Problem("precondition_failed")
    return None


def _among(states: States, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    fitting = [state for state in states if len(state) == len(columns)]
    return tuple_(*columns).in_(fitting)

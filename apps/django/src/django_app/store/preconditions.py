"""Preconditions as part of the statement that writes, so that no other write can come between."""

from typing import Any, TypeVar

from django.db.models import CharField, Expression, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat

from blogapi.etags import Precondition, States

Row = TypeVar("Row", bound=Model)


def state_of(first: Any, *others: Any) -> Expression:
    """The numbers that make a row's tag, behind its id, as the tag has them: `3.1`.

    As one text, for Django documents no comparison of tuples, and an OR of pairs is deeper than SQLite takes.
    """
    if not others:
        return Cast(first, CharField())
    dotted = [part for other in others for part in (Value("."), other)]
    return Concat(first, *dotted, output_field=CharField())


def in_state(rows: QuerySet[Row, Any], condition: Precondition, state: Expression) -> QuerySet[Row, Any]:
    """Narrow rows to those in a state that is wanted, and in none that is not."""
    if condition.is_empty:
        return rows
    rows = rows.alias(state=state)
    if condition.wanted is not None:
        rows = rows.filter(state__in=_texts(condition.wanted))
    return rows.exclude(state__in=_texts(condition.unwanted)) if condition.unwanted else rows


def _texts(states: States) -> list[str]:
    return [".".join(map(str, state)) for state in states]

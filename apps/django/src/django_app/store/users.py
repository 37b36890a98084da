"""Every query about users. Functions give records; who may do what is decided elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, QuerySet, When

from blogapi.etags import ANY, Precondition, changed_or_gone
from blogapi.problems import Problem
from blogapi.records import Actor, Credentials, User
from django_app import models
from django_app.pagination import Listing
from django_app.store.preconditions import in_state, state_of

_USER_COLUMNS = User._fields
_SORTS = {
    "username": ("username", "id"),
    "-username": ("-username", "-id"),
    "created_at": ("created_at", "id"),
    "-created_at": ("-created_at", "-id"),
}
_BYLINE = ("username", "name")
_STATE = state_of("version")

# Built once: a queryset is a value, and naming its columns costs as much as running it. Rows come as tuples: of
# instances, made one by one, nothing but these columns would be used.
_USERS = models.User.objects.values_list(*_USER_COLUMNS)
_ACTORS = models.User.objects.values_list(*Actor._fields)
_CREDENTIALS = models.User.objects.values_list(*Credentials._fields)
_ACTIVE_ADMINS = models.User.objects.filter(role="admin", is_active=True).order_by("id").values_list("id", flat=True)


def user_insert(*, values: Mapping[str, Any], password_hash: str, now: datetime) -> User:
    """Add a user as an active viewer, in the transaction that the caller has begun.

    Raises:
        Problem: `username_taken` or `email_taken`.
    """
    user = models.User(
        **values, role="viewer", is_active=True, password_hash=password_hash, created_at=now, updated_at=now
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise _conflict(values["username"], own_id=0) from error
    return User._make(getattr(user, column) for column in _USER_COLUMNS)


def user_get(*, user_id: int) -> User | None:
    """Give the user of that id, or None."""
    return next(map(User._make, _USERS.filter(id=user_id)), None)


def actor_get(*, user_id: int, kind: type[Actor]) -> Actor | None:
    """Give what permissions are decided on for the user of that id, or None."""
    return next(map(kind._make, _ACTORS.filter(id=user_id)), None)


def credentials_get(*, login: str) -> Credentials | None:
    """Give what a log-in is checked against, by username or e-mail address in any case, or None."""
    # Python lowers letters to ASCII ones that the database does not: the Kelvin sign to k.
    lowered = login.lower() if login.isascii() else login
    named = _CREDENTIALS.filter(Q(username__lower=lowered) | Q(email__lower=lowered))
    return next(map(Credentials._make, named), None)


def user_listing(*, sort: str) -> Listing[User]:
    """Give all users, ordered by `sort` (one of `rules.USER_SORTS`), to be counted and sliced."""
    return Listing(models.User.objects.all(), _USERS.order_by(*_SORTS[sort]), _users)


def user_update(
    *, user_id: int, changes: Mapping[str, Any], now: datetime, condition: Precondition = ANY
) -> User | None:
    """Change the given columns of a user (an empty mapping is a change too), in the caller's transaction.

    Returns:
        The row as stored, or None where there is none.

    Raises:
        Problem: `precondition_failed`, `username_taken`, `email_taken` or `last_admin`.
    """
    loses_admin = changes.get("role", "admin") != "admin" or changes.get("is_active") is False
    admins = _locked_admins() if loses_admin else []
    counters = {"version": F("version") + 1}
    byline = {member: changes[member] for member in _BYLINE if member in changes}
    if byline:
        counters["byline_version"] = F("byline_version") + Case(When(**byline, then=0), default=1)
    own = in_state(models.User.objects.filter(id=user_id), condition, _STATE)
    try:
        with transaction.atomic():
            updated = own.update(**changes, **counters, updated_at=now)
    except IntegrityError as error:
        raise _conflict(changes.get("username", ""), own_id=user_id) from error
    user = user_get(user_id=user_id)
    if not updated:
        return changed_or_gone(condition, user)
    _keep_an_admin(admins, losing=user_id)
    return user


def user_delete(*, user_id: int, condition: Precondition = ANY) -> bool:
    """Delete a user with its articles and comments, in the caller's transaction.

    Returns:
        Whether there was one.

    Raises:
        Problem: `precondition_failed` or `last_admin`.
    """
    admins = _locked_admins()
    deleted, _ = in_state(models.User.objects.filter(id=user_id), condition, _STATE).delete()
    if not deleted:
        return changed_or_gone(condition, user_get(user_id=user_id)) is not None
    _keep_an_admin(admins, losing=user_id)
    return True


def _users(rows: QuerySet[Any, Any]) -> list[User]:
    return [User._make(row) for row in rows]


def _locked_admins() -> Sequence[int]:
    # Locked in one order: two admins who demote each other at once wait for one another, and the second is refused.
    return list(_ACTIVE_ADMINS.select_for_update())


def _keep_an_admin(admins: Sequence[int], *, losing: int) -> None:
    # Told after the write, which the caller's transaction takes back: a precondition that failed comes before this.
    if admins == [losing]:
        raise Problem("last_admin")


def _conflict(username: str, *, own_id: int) -> Problem:
    taken = models.User.objects.filter(username__lower=username.lower()).exclude(id=own_id).exists()
    return Problem("username_taken" if taken else "email_taken")

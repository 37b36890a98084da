"""Every SQL statement about users: connections in, records out. Who may do what is decided elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from blogapi.etags import ANY, Precondition, changed_or_gone
from blogapi.problems import Problem
from blogapi.records import Actor, Credentials, Page, User
from blogapi.store.preconditions import in_state
from blogapi.tables import users

_USER_COLUMNS = (
    users.c.id,
    users.c.username,
    users.c.email,
    users.c.name,
    users.c.age,
    users.c.role,
    users.c.is_active,
    users.c.created_at,
    users.c.updated_at,
    users.c.version,
)
_SORTS = {
    "username": (users.c.username.asc(), users.c.id.asc()),
    "-username": (users.c.username.desc(), users.c.id.desc()),
    "created_at": (users.c.created_at.asc(), users.c.id.asc()),
    "-created_at": (users.c.created_at.desc(), users.c.id.desc()),
}
_BYLINE = ("username", "name")
_STATE = (users.c.version,)

# Built once: making a statement costs more than running it against a warm cache.
_USER_BY_ID = select(*_USER_COLUMNS).where(users.c.id == bindparam("user_id"))
_ACTOR_BY_ID = select(
    users.c.id, users.c.username, users.c.name, users.c.byline_version, users.c.role, users.c.is_active
).where(users.c.id == bindparam("user_id"))
_CREDENTIALS = select(users.c.id, users.c.password_hash, users.c.is_active).where(
    or_(func.lower(users.c.username) == bindparam("login"), func.lower(users.c.email) == bindparam("login"))
)
_USERNAME_TAKEN = select(literal(1)).where(
    func.lower(users.c.username) == bindparam("username"), users.c.id != bindparam("own_id")
)
_ACTIVE_ADMINS = select(users.c.id).where(users.c.role == "admin", users.c.is_active).order_by(users.c.id)


def user_insert(connection: Connection, *, values: Mapping[str, Any], password_hash: str, now: datetime) -> User:
    """Add a user as an active viewer.

    Args:
        connection: in a transaction.
        values: `username`, `email`, `name`, `age`.
        password_hash: what `passwords.hash_password` gave.
        now: the time of creation, aware, in UTC.

    Returns:
        The row as stored.

    Raises:
        Problem: `username_taken` or `email_taken`.
    """
    statement = (
        insert(users)
        .values(**values, role="viewer", is_active=True, password_hash=password_hash, created_at=now, updated_at=now)
        .returning(*_USER_COLUMNS)
    )
    try:
        with connection.begin_nested():
            return User._make(connection.execute(statement).one())
    except IntegrityError as error:
        raise _conflict(connection, values["username"], own_id=0) from error


def user_get(connection: Connection, *, user_id: int) -> User | None:
    """Give the user of that id, or None."""
    row = connection.execute(_USER_BY_ID, {"user_id": user_id}).one_or_none()
    return None if row is None else User._make(row)


def actor_get(connection: Connection, *, user_id: int) -> Actor | None:
    """Give what permissions are decided on for the user of that id, or None."""
    row = connection.execute(_ACTOR_BY_ID, {"user_id": user_id}).one_or_none()
    return None if row is None else Actor._make(row)


def credentials_get(connection: Connection, *, login: str) -> Credentials | None:
    """Give what a log-in is checked against, by username or e-mail address in any case, or None."""
    # Python lowers letters to ASCII ones that the database does not: the Kelvin sign to k.
    lowered = login.lower() if login.isascii() else login
    row = connection.execute(_CREDENTIALS, {"login": lowered}).one_or_none()
    return None if row is None else Credentials._make(row)


def user_page(connection: Connection, *, skip: int, limit: int, sort: str) -> Page[User]:
    """Give the users from `skip` on, at most `limit`, ordered by `sort` (one of `rules.USER_SORTS`)."""
    total = connection.execute(select(func.count()).select_from(users)).scalar_one()
    rows = connection.execute(select(*_USER_COLUMNS).order_by(*_SORTS[sort]).offset(skip).limit(limit))
    return Page([User._make(row) for row in rows], total)


def user_update(
    connection: Connection, *, user_id: int, changes: Mapping[str, Any], now: datetime, condition: Precondition = ANY
) -> User | None:
    """Change the given columns of a user (an empty mapping is a change too).

    Args:
        connection: in a transaction.
        user_id: whose row.
        changes: of `username`, `email`, `name`, `age`, `password_hash`, `role`, `is_active`.
        now: the time of the change, aware, in UTC.
        condition: the state that the row has to be in.

    Returns:
        The row as stored, or None where there is none.

    Raises:
        Problem: `precondition_failed`, `username_taken`, `email_taken` or `last_admin`.
    """
    loses_admin = changes.get("role", "admin") != "admin" or changes.get("is_active") is False
    admins = _locked_admins(connection) if loses_admin else []
    counters = {"version": users.c.version + 1}
    byline = [users.c[member] == changes[member] for member in _BYLINE if member in changes]
    if byline:
        counters["byline_version"] = users.c.byline_version + case((and_(*byline), 0), else_=1)
    statement = (
        update(users)
        .where(users.c.id == user_id, *in_state(condition, _STATE))
        .values(**changes, **counters, updated_at=now)
        .returning(*_USER_COLUMNS)
    )
    try:
        with connection.begin_nested():
            row = connection.execute(statement).one_or_none()
    except IntegrityError as error:
        raise _conflict(connection, changes.get("username", ""), own_id=user_id) from error
    if row is None:
        return changed_or_gone(condition, user_get(connection, user_id=user_id))
    _keep_an_admin(admins, losing=user_id)
    return User._make(row)


def user_delete(connection: Connection, *, user_id: int, condition: Precondition = ANY) -> bool:
    """Delete a user with its articles and comments.

    Returns:
        Whether there was one.

    Raises:
        Problem: `precondition_failed` or `last_admin`.
    """
    admins = _locked_admins(connection)
    statement = delete(users).where(users.c.id == user_id, *in_state(condition, _STATE))
    if connection.execute(statement).rowcount == 0:
        return changed_or_gone(condition, user_get(connection, user_id=user_id)) is not None
    _keep_an_admin(admins, losing=user_id)
    return True


def _locked_admins(connection: Connection) -> Sequence[int]:
    # Locked in one order: two admins who demote each other at once wait for one another, and the second is refused.
    return connection.execute(_ACTIVE_ADMINS.with_for_update()).scalars().all()


def _keep_an_admin(admins: Sequence[int], *, losing: int) -> None:
    # Told after the write, which the caller's transaction takes back: a precondition that failed comes before this.
    if admins == [losing]:
        raise Problem("last_admin")


def _conflict(connection: Connection, username: str, *, own_id: int) -> Problem:
    parameters = {"username": username.lower(), "own_id": own_id}
    taken = connection.execute(_USERNAME_TAKEN, parameters).first() is not None
    return Problem("username_taken" if taken else "email_taken")

"""The statements about users, on a migrated database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from blogapi import rules
from blogapi.problems import Problem
from blogapi.records import Actor, Credentials, User
from blogapi.store.users import (
    actor_get,
    credentials_get,
    user_delete,
    user_get,
    user_insert,
    user_page,
    user_update,
)
from blogapi.tables import users

AddUser = Callable[..., User]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)
ADA = {"username": "Ada", "email": "Ada@Example.com", "name": "Ada L.", "age": 36}


def conflict(change: Callable[[], object]) -> str:
    with pytest.raises(Problem) as problem:
        change()
    return problem.value.code


def taken_back(connection: Connection, change: Callable[[], object]) -> str:
    """The code of a change that is refused after it was written, for its transaction to take back."""
    with pytest.raises(Problem) as problem, connection.begin_nested():
        change()
    return problem.value.code


def insert(connection: Connection, **changes: object) -> User:
    return user_insert(connection, values={**ADA, **changes}, password_hash="hash", now=NOW)


def test_a_new_user_is_an_active_viewer_and_is_read_as_it_was_written(connection: Connection) -> None:
    user = insert(connection)
    assert user == User(1, "Ada", "Ada@Example.com", "Ada L.", 36, "viewer", True, NOW, NOW, 1)
    assert user_get(connection, user_id=1) == user
    assert actor_get(connection, user_id=1) == Actor(1, "Ada", "Ada L.", 1, "viewer", True)
    assert type(user.is_active) is bool


@pytest.mark.parametrize("name", ["😀", "e\u0301", "\u00e9", "  ", "' OR 1=1 --", "\u202e", "\U0010ffff"])
def test_any_name_comes_back_as_it_was_written(connection: Connection, name: str) -> None:
    assert insert(connection, name=name).name == name


def test_who_is_not_there_is_nobody(connection: Connection) -> None:
    for user_id in (1, 2**63 - 1):
        assert user_get(connection, user_id=user_id) is None
        assert actor_get(connection, user_id=user_id) is None
        assert user_update(connection, user_id=user_id, changes={"name": "X"}, now=NOW) is None
        assert user_delete(connection, user_id=user_id) is False


@pytest.mark.parametrize("username", ["Ada", "ada", "ADA"])
def test_a_username_is_taken_in_any_case_and_told_before_the_address(connection: Connection, username: str) -> None:
    insert(connection)
    assert conflict(lambda: insert(connection, username=username, email="other@example.com")) == "username_taken"
    assert conflict(lambda: insert(connection, username=username)) == "username_taken"
    assert user_page(connection, skip=0, limit=10, sort="username").total == 1


@pytest.mark.parametrize("email", ["Ada@Example.com", "ada@example.com", "ADA@EXAMPLE.COM"])
def test_an_address_is_taken_in_any_case(connection: Connection, email: str) -> None:
    insert(connection)
    assert conflict(lambda: insert(connection, username="other", email=email)) == "email_taken"


def test_a_change_to_a_taken_name_or_address_is_a_conflict_and_changes_nothing(
    connection: Connection, add_user: AddUser
) -> None:
    ada, bob = insert(connection), add_user(connection, "bob")
    for changes, code in [
        ({"username": "aDa", "name": "X"}, "username_taken"),
        ({"email": "ada@EXAMPLE.com", "name": "X"}, "email_taken"),
        ({"username": "ada", "email": "ada@example.com"}, "username_taken"),
        ({"username": "BOB", "email": "ada@example.com"}, "email_taken"),
    ]:
        assert conflict(partial(user_update, connection, user_id=bob.id, changes=changes, now=LATER)) == code
    assert user_get(connection, user_id=bob.id) == bob
    assert user_get(connection, user_id=ada.id) == ada


def test_the_own_name_and_address_are_no_conflict_in_another_case_either(connection: Connection) -> None:
    user = insert(connection)
    changes: dict[str, Any] = {"username": "ADA", "email": "ada@example.COM"}
    changed = user_update(connection, user_id=user.id, changes=changes, now=LATER)
    assert changed == user._replace(**changes, updated_at=LATER, version=2)


def test_a_change_changes_what_it_names_and_counts(connection: Connection) -> None:
    counters = select(users.c.version, users.c.byline_version).where(users.c.id == 1)
    user = insert(connection)
    steps: list[tuple[dict[str, Any], tuple[int, int]]] = [
        ({}, (2, 1)),
        ({"age": None}, (3, 1)),
        ({"name": "Ada K."}, (4, 2)),
        ({"username": "ada", "email": "a@b.cd"}, (5, 3)),
    ]
    for changes, counted in steps:
        user = user._replace(**changes, updated_at=LATER, version=counted[0])
        assert user_update(connection, user_id=1, changes=changes, now=LATER) == user
        assert connection.execute(counters).one() == counted


def test_a_log_in_finds_name_and_address_in_any_case(connection: Connection) -> None:
    insert(connection)
    for login in ("Ada", "ADA", "ada@example.com", "ADA@EXAMPLE.COM"):
        assert credentials_get(connection, login=login) == Credentials(1, "hash", True)
    for login in ("", "ad", "Ada ", "ad_", "%", "ada@example", "1", "hash", "😀", "A" * 100_000):
        assert credentials_get(connection, login=login) is None


def test_only_ascii_letters_are_the_same_in_another_case(connection: Connection) -> None:
    insert(connection, username="kate", email="kate@example.com")
    assert credentials_get(connection, login="KATE") is not None
    assert credentials_get(connection, login="\u212aate") is None
    assert credentials_get(connection, login="\u212aate@example.com") is None


def test_the_last_active_admin_stays_one(connection: Connection, add_user: AddUser) -> None:
    root = add_user(connection, "root", role="admin")
    add_user(connection, "asleep", role="admin", is_active=False)
    for changes in ({"role": "editor"}, {"is_active": False}, {"role": "viewer", "is_active": False, "name": "X"}):
        change = partial(user_update, connection, user_id=root.id, changes=changes, now=LATER)
        assert taken_back(connection, change) == "last_admin"
    assert taken_back(connection, lambda: user_delete(connection, user_id=root.id)) == "last_admin"
    assert user_get(connection, user_id=root.id) == root
    harmless = {"role": "admin", "is_active": True, "name": "Root"}
    assert user_update(connection, user_id=root.id, changes=harmless, now=LATER) is not None


def test_one_of_two_admins_may_go_and_so_may_all_others(connection: Connection, add_user: AddUser) -> None:
    root, other = add_user(connection, "root", role="admin"), add_user(connection, "other", role="admin")
    viewer, asleep = add_user(connection, "viewer"), add_user(connection, "asleep", role="admin", is_active=False)
    assert user_update(connection, user_id=viewer.id, changes={"is_active": False}, now=LATER) is not None
    assert user_update(connection, user_id=asleep.id, changes={"role": "viewer"}, now=LATER) is not None
    assert user_update(connection, user_id=other.id, changes={"role": "viewer"}, now=LATER) is not None
    assert taken_back(connection, lambda: user_delete(connection, user_id=root.id)) == "last_admin"
    assert all(user_delete(connection, user_id=user.id) for user in (viewer, asleep, other))


def test_a_deleted_users_name_is_free_and_its_id_is_not_given_again(connection: Connection, add_user: AddUser) -> None:
    first = add_user(connection, "ada")
    assert user_delete(connection, user_id=first.id)
    assert add_user(connection, "ada").id > first.id


SORTED = {
    "username": ["B", "Z", "_", "a", "b"],
    "-username": ["b", "a", "_", "Z", "B"],
    "created_at": ["b", "a", "_", "Z", "B"],
    "-created_at": ["B", "Z", "_", "a", "b"],
}


@pytest.mark.parametrize("sort", rules.USER_SORTS)
def test_users_are_sorted_by_code_point_and_time_with_ties_by_id(
    connection: Connection, add_user: AddUser, sort: str
) -> None:
    moments = [NOW, NOW, LATER, LATER, LATER + timedelta(seconds=1)]
    for name, moment in zip(["b-1", "a-1", "_-1", "Z-1", "B-2"], moments, strict=True):
        add_user(connection, name, now=moment)
    page = user_page(connection, skip=0, limit=10, sort=sort)
    assert [user.username[0] for user in page.items] == SORTED[sort]
    assert page.total == 5


def test_pages_cut_the_list_without_gap_or_repetition(connection: Connection, add_user: AddUser) -> None:
    names = [add_user(connection, f"user-{number}").username for number in range(7)]
    pages = [user_page(connection, skip=skip, limit=3, sort="created_at") for skip in (0, 3, 6, 9, 2**63 - 1)]
    assert [user.username for page in pages for user in page.items] == names
    assert [(len(page.items), page.total) for page in pages] == [(3, 7), (3, 7), (1, 7), (0, 7), (0, 7)]

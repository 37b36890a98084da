"""The permission matrix, cell by cell."""

from collections.abc import Callable
from functools import partial

import pytest

from blogapi.permissions import (
    active_actor,
    changeable_article,
    deletable_comment,
    require_admin,
    require_editor,
    require_self_or_admin,
    require_user_change,
    visible_article,
)
from blogapi.problems import Problem
from blogapi.records import Actor, Article, Author, Comment
from blogapi.timestamps import utc_now

OWN, FOREIGN = 7, 8
ROLES = ["viewer", "editor", "admin"]


def actor_of(role: str) -> Actor:
    return Actor(OWN, "ada", "Ada", 1, role, is_active=True)


def article_of(author_id: int, *, published: bool) -> Article:
    now = utc_now()
    return Article(1, "Title", "Text.", published, [], Author(author_id, "x", "X", 1), 1, now, now)


def outcome(check: Callable[[], object]) -> str:
    """`yes`, or the code of the problem."""
    try:
        check()
    except Problem as problem:
        return problem.code
    return "yes"


@pytest.mark.parametrize(("role", "expected"), [("viewer", "forbidden"), ("editor", "forbidden"), ("admin", "yes")])
def test_listing_and_deleting_users_is_for_administrators(role: str, expected: str) -> None:
    assert outcome(lambda: require_admin(actor_of(role))) == expected


@pytest.mark.parametrize(("role", "expected"), [("viewer", "forbidden"), ("editor", "yes"), ("admin", "yes")])
def test_writing_articles_is_for_editors_and_administrators(role: str, expected: str) -> None:
    assert outcome(lambda: require_editor(actor_of(role))) == expected


USERS = [
    ("viewer", OWN, "yes"),
    ("viewer", FOREIGN, "forbidden"),
    ("editor", OWN, "yes"),
    ("editor", FOREIGN, "forbidden"),
    ("admin", OWN, "yes"),
    ("admin", FOREIGN, "yes"),
]


@pytest.mark.parametrize(("role", "user_id", "expected"), USERS)
def test_a_user_is_read_and_changed_by_itself_and_by_administrators(role: str, user_id: int, expected: str) -> None:
    assert outcome(lambda: require_self_or_admin(actor_of(role), user_id=user_id)) == expected
    assert outcome(lambda: require_user_change(actor_of(role), user_id=user_id)) == expected
    own = ["username", "email", "name", "age", "password", "whatever"]
    assert outcome(lambda: require_user_change(actor_of(role), user_id=user_id, members=own)) == expected


@pytest.mark.parametrize("members", [["role"], ["is_active"], ["name", "role"], {"is_active": None, "x": 1}], ids=repr)
@pytest.mark.parametrize("user_id", [OWN, FOREIGN])
@pytest.mark.parametrize("role", ROLES)
def test_role_and_activity_are_changed_by_administrators_only(role: str, user_id: int, members: list[str]) -> None:
    expected = "yes" if role == "admin" else "forbidden"
    assert outcome(lambda: require_user_change(actor_of(role), user_id=user_id, members=members)) == expected


# Who, whose, published: what reading and what changing comes to.
ARTICLES = [
    ("viewer", OWN, True, "yes", "forbidden"),
    ("viewer", OWN, False, "not_found", "not_found"),
    ("viewer", FOREIGN, True, "yes", "forbidden"),
    ("viewer", FOREIGN, False, "not_found", "not_found"),
    ("editor", OWN, True, "yes", "yes"),
    ("editor", OWN, False, "yes", "yes"),
    ("editor", FOREIGN, True, "yes", "forbidden"),
    ("editor", FOREIGN, False, "not_found", "not_found"),
    ("admin", OWN, True, "yes", "yes"),
    ("admin", OWN, False, "yes", "yes"),
    ("admin", FOREIGN, True, "yes", "yes"),
    ("admin", FOREIGN, False, "yes", "yes"),
]


@pytest.mark.parametrize(("role", "author_id", "published", "reading", "changing"), ARTICLES)
def test_an_article_is_read_and_changed_by_whom_the_matrix_names(
    role: str, author_id: int, published: bool, reading: str, changing: str
) -> None:
    article = article_of(author_id, published=published)
    assert outcome(lambda: visible_article(actor_of(role), article)) == reading
    assert outcome(lambda: changeable_article(actor_of(role), article)) == changing


def comment_of(author_id: int) -> Comment:
    return Comment(5, 1, Author(author_id, "x", "X", 1), "Well written.", utc_now())


# Who, whose article, whose comment: what deleting the comment comes to.
COMMENTS = [
    ("viewer", OWN, OWN, "yes"),
    ("viewer", OWN, FOREIGN, "forbidden"),
    ("viewer", FOREIGN, OWN, "yes"),
    ("viewer", FOREIGN, FOREIGN, "forbidden"),
    ("editor", OWN, OWN, "yes"),
    ("editor", OWN, FOREIGN, "yes"),
    ("editor", FOREIGN, OWN, "yes"),
    ("editor", FOREIGN, FOREIGN, "forbidden"),
    ("admin", OWN, OWN, "yes"),
    ("admin", OWN, FOREIGN, "yes"),
    ("admin", FOREIGN, OWN, "yes"),
    ("admin", FOREIGN, FOREIGN, "yes"),
]


@pytest.mark.parametrize(("role", "article_author", "comment_author", "expected"), COMMENTS)
def test_a_comment_is_deleted_by_whom_the_matrix_names(
    role: str, article_author: int, comment_author: int, expected: str
) -> None:
    article, comment = article_of(article_author, published=True), comment_of(comment_author)
    assert outcome(lambda: deletable_comment(actor_of(role), article, comment)) == expected
    assert outcome(lambda: deletable_comment(actor_of(role), article, None)) == "not_found"


def test_the_anonymous_read_what_is_published() -> None:
    assert outcome(lambda: visible_article(None, article_of(OWN, published=True))) == "yes"
    assert outcome(lambda: visible_article(None, article_of(OWN, published=False))) == "not_found"


@pytest.mark.parametrize("role", ROLES)
def test_a_missing_article_is_missing_for_everybody(role: str) -> None:
    assert outcome(lambda: visible_article(None, None)) == "not_found"
    assert outcome(lambda: visible_article(actor_of(role), None)) == "not_found"
    assert outcome(lambda: changeable_article(actor_of(role), None)) == "not_found"


def test_what_passes_is_given_back() -> None:
    article, actor = article_of(OWN, published=True), actor_of("editor")
    assert visible_article(None, article) is article
    assert changeable_article(actor, article) is article
    assert active_actor(actor) is actor
    comment = comment_of(OWN)
    assert deletable_comment(actor, article, comment) is comment


def test_a_token_of_a_deleted_or_inactive_user_is_not_valid() -> None:
    assert outcome(lambda: active_actor(None)) == "invalid_token"
    inactive = [actor_of(role)._replace(is_active=False) for role in ROLES]
    assert [outcome(partial(active_actor, actor)) for actor in inactive] == ["invalid_token"] * 3


@pytest.mark.parametrize(("role", "expected"), [("viewer", False), ("editor", False), ("admin", True)])
def test_an_administrator_is_known_by_its_role(role: str, expected: bool) -> None:
    assert actor_of(role).is_admin is expected

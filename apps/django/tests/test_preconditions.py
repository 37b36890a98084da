"""Preconditions are part of the statement that writes, and say the same as those of the shared store."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from blogapi.etags import Precondition, States, article_tag, comment_tag, precondition, user_tag
from blogapi.problems import Problem
from blogapi.records import Article, Author
from django_app.store import articles, comments, users

NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
HUGE = 10**18 - 1
Write = Callable[[Precondition], object]


@pytest.fixture(autouse=True)
def undone() -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def article() -> Article:
    """An article that has been changed once."""
    values = {"title": "A title", "content": "Text.", "published": True, "tags": ["a"]}
    written = articles.article_insert(author=Author(2, "", "", 1), values=values, now=NOW)
    changed = articles.article_update(article=written, changes={}, now=NOW)
    assert changed is not None
    return changed


@pytest.fixture(params=["user-update", "user-delete", "article-update", "article-delete", "comment-delete"])
def case(request: pytest.FixtureRequest, article: Article) -> tuple[int, str, Write]:
    """A row's id and tag, and a write that is conditional on its state."""
    comment = comments.comment_insert(article_id=article.id, author=article.author, values={"body": "x"}, now=NOW)
    found = users.user_get(user_id=2)
    assert found is not None
    user, ids = found, {"article_id": article.id, "comment_id": comment.id}
    writes: dict[str, tuple[int, str, Write]] = {
        "user-update": (
            2,
            user_tag(user),
            lambda held: users.user_update(user_id=2, changes={}, now=NOW, condition=held),
        ),
        "user-delete": (2, user_tag(user), lambda held: users.user_delete(user_id=2, condition=held)),
        "article-update": (
            article.id,
            article_tag(article),
            lambda held: articles.article_update(article=article, changes={}, now=NOW, condition=held),
        ),
        "article-delete": (
            article.id,
            article_tag(article),
            lambda held: articles.article_delete(article_id=article.id, condition=held),
        ),
        "comment-delete": (
            comment.id,
            comment_tag(comment),
            lambda held: comments.comment_delete(**ids, condition=held),
        ),
    }
    return writes[request.param]


def others(identity: int) -> States:
    """More states than an expression of SQLite is deep, of all lengths, and none of them the row's."""
    return frozenset((number, *[HUGE] * length) for number in range(1000, 1500) for length in range(3))


def held(condition: Precondition, write: Write) -> bool:
    """Whether the write was done under that condition."""
    try:
        assert write(condition)
    except Problem as problem:
        assert problem.code == "precondition_failed"
        return False
    return True


def test_a_state_that_is_wanted_lets_the_write_pass(case: tuple[int, str, Write]) -> None:
    identity, tag, write = case
    (current,) = precondition({"If-Match": tag}, resource_id=identity).wanted or {()}
    assert not held(Precondition(frozenset()), write)
    assert not held(Precondition(others(identity)), write)
    assert not held(Precondition(frozenset({current}), frozenset({current})), write)
    assert held(Precondition(others(identity) | {current}, others(identity)), write)


def test_a_state_that_is_unwanted_does_not(case: tuple[int, str, Write]) -> None:
    identity, tag, write = case
    unwanted = precondition({"If-None-Match": tag}, resource_id=identity)
    assert not held(unwanted, write)
    assert held(Precondition(None, others(identity)), write)


def test_the_statement_that_writes_holds_the_state(case: tuple[int, str, Write]) -> None:
    identity, tag, write = case
    _, _, numbers = tag.strip('"').partition(".")
    with CaptureQueriesContext(connection) as queries:
        assert held(precondition({"If-Match": tag}, resource_id=identity), write)
    writing = [query["sql"] for query in queries if query["sql"].split()[0] in ("UPDATE", "DELETE")]
    assert len(writing) == 1
    assert f"IN ('{numbers}')" in writing[0]


def test_without_a_condition_there_is_no_trace_of_one(case: tuple[int, str, Write]) -> None:
    _, _, write = case
    with CaptureQueriesContext(connection) as queries:
        assert held(Precondition(), write)
    assert not [query for query in queries if " IN (" in query["sql"] and query["sql"].startswith(("UPDATE", "DELETE"))]


@pytest.mark.parametrize("condition", [Precondition(frozenset({(1,)})), Precondition(frozenset())])
def test_what_is_not_there_is_no_failed_precondition(condition: Precondition, article: Article) -> None:
    gone: Any = article._replace(id=10**6)
    assert articles.article_update(article=gone, changes={}, now=NOW, condition=condition) is None
    assert not articles.article_delete(article_id=gone.id, condition=condition)
    assert users.user_update(user_id=10**6, changes={}, now=NOW, condition=condition) is None
    assert not users.user_delete(user_id=10**6, condition=condition)


@pytest.mark.parametrize("write", [users.user_delete, users.user_update])
def test_a_failed_precondition_comes_before_the_last_admin(write: Callable[..., object]) -> None:
    given: dict[str, Any] = {} if write is users.user_delete else {"changes": {"role": "viewer"}, "now": NOW}
    with pytest.raises(Problem, match="precondition_failed"):
        write(user_id=1, **given, condition=Precondition(frozenset({(HUGE,)})))
    with pytest.raises(Problem, match="last_admin"):
        write(user_id=1, **given)

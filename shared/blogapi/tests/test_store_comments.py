"""The statements about comments, on a migrated database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from blogapi.database import reading
from blogapi.problems import Problem
from blogapi.records import Article, Author, Comment, User
from blogapi.store.articles import article_delete, article_get
from blogapi.store.comments import comment_delete, comment_get, comment_insert, comment_page
from blogapi.store.users import user_delete, user_get, user_update

AddUser = Callable[..., User]
AddArticle = Callable[..., Article]
Statements = Callable[[Engine], AbstractContextManager[list[tuple[str, tuple[object, ...]]]]]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)


@pytest.fixture
def ada(connection: Connection, add_user: AddUser) -> User:
    return add_user(connection, "ada", role="editor")


@pytest.fixture
def article(connection: Connection, ada: User, add_article: AddArticle) -> Article:
    return add_article(connection, ada)


def byline(user: User) -> Author:
    return Author(user.id, user.username, user.name, 1)


def add(
    connection: Connection, article_id: int, author: User, body: str = "Well written.", now: datetime = NOW
) -> Comment:
    return comment_insert(connection, article_id=article_id, author=byline(author), values={"body": body}, now=now)


def test_a_new_comment_is_read_as_it_was_written(connection: Connection, article: Article, ada: User) -> None:
    comment = add(connection, article.id, ada, "T 😀\n x")
    assert comment == Comment(1, article.id, Author(ada.id, "ada", "Ada", 1), "T 😀\n x", NOW)
    assert comment_get(connection, article_id=article.id, comment_id=1) == comment
    assert article_get(connection, article_id=article.id) == article


def test_a_comment_is_found_under_its_own_article_only(
    connection: Connection, article: Article, ada: User, add_article: AddArticle
) -> None:
    other = add_article(connection, ada)
    comment = add(connection, article.id, ada)
    for article_id, comment_id in ((other.id, comment.id), (article.id, comment.id + 1), (2**63 - 1, 2**63 - 1)):
        assert comment_get(connection, article_id=article_id, comment_id=comment_id) is None
        assert comment_page(connection, article_id=other.id, skip=0, limit=10) == ([], 0)
    assert comment_page(connection, article_id=article.id, skip=0, limit=10) == ([comment], 1)


def test_the_oldest_comments_come_first_and_ties_by_id(connection: Connection, article: Article, ada: User) -> None:
    for body, moment in zip("abcd", [LATER, NOW, LATER, NOW], strict=True):
        add(connection, article.id, ada, body, moment)
    pages = [comment_page(connection, article_id=article.id, skip=skip, limit=3) for skip in (0, 3, 4, 2**63 - 1)]
    assert [[comment.body for comment in page.items] for page in pages] == [["b", "d", "a"], ["c"], [], []]
    assert [page.total for page in pages] == [4, 4, 4, 4]


def test_a_comment_shows_its_author_as_it_is_now(connection: Connection, article: Article, ada: User) -> None:
    comment = add(connection, article.id, ada)
    user_update(connection, user_id=ada.id, changes={"age": 36}, now=LATER)
    assert comment_get(connection, article_id=article.id, comment_id=comment.id) == comment
    user_update(connection, user_id=ada.id, changes={"name": "Ada King"}, now=LATER)
    found = comment_get(connection, article_id=article.id, comment_id=comment.id)
    assert found == comment._replace(author=Author(ada.id, "ada", "Ada King", 2))


def refused(connection: Connection, article_id: int, author: User) -> str:
    with pytest.raises(Problem) as problem:
        add(connection, article_id, author)
    return problem.value.code


def test_an_article_that_is_gone_meanwhile_is_not_found(connection: Connection, article: Article, ada: User) -> None:
    assert article_delete(connection, article_id=article.id)
    assert refused(connection, article.id, ada) == "not_found"
    # The transaction goes on: what else was read and written in it stands.
    assert user_get(connection, user_id=ada.id) is not None


def test_an_author_that_is_gone_meanwhile_has_no_valid_token(
    connection: Connection, article: Article, add_user: AddUser
) -> None:
    bob = add_user(connection, "bob")
    assert user_delete(connection, user_id=bob.id)
    assert refused(connection, article.id, bob) == "invalid_token"


def test_a_deleted_comment_is_gone_and_its_id_is_not_given_again(
    connection: Connection, article: Article, ada: User
) -> None:
    first = add(connection, article.id, ada)
    assert comment_delete(connection, article_id=article.id, comment_id=first.id) is True
    assert comment_delete(connection, article_id=article.id, comment_id=first.id) is False
    assert add(connection, article.id, ada).id > first.id


def test_with_an_article_go_its_comments_and_no_others(
    connection: Connection, article: Article, ada: User, add_article: AddArticle
) -> None:
    other = add_article(connection, ada)
    gone, kept = add(connection, article.id, ada), add(connection, other.id, ada)
    assert article_delete(connection, article_id=article.id)
    assert comment_get(connection, article_id=article.id, comment_id=gone.id) is None
    assert comment_get(connection, article_id=other.id, comment_id=kept.id) == kept


def test_with_a_user_go_its_comments_on_others_articles(
    connection: Connection, article: Article, ada: User, add_user: AddUser
) -> None:
    bob = add_user(connection, "bob")
    kept, gone = add(connection, article.id, ada), add(connection, article.id, bob)
    assert user_delete(connection, user_id=bob.id)
    assert comment_get(connection, article_id=article.id, comment_id=gone.id) is None
    assert comment_page(connection, article_id=article.id, skip=0, limit=10) == ([kept], 1)


def test_the_number_of_statements_does_not_grow(
    engine: Engine, connection: Connection, article: Article, ada: User, statements: Statements
) -> None:
    for _ in range(30):
        add(connection, article.id, ada)
    connection.commit()
    with reading(engine) as reader, statements(engine) as seen:
        comment_get(reader, article_id=article.id, comment_id=1)
        assert len(seen) == 1
        assert len(comment_page(reader, article_id=article.id, skip=0, limit=100).items) == 30
        assert len(seen) == 3

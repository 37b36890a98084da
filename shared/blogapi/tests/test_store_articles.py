"""The statements about single articles, on a migrated database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select

from blogapi.problems import Problem
from blogapi.records import Article, Author, User
from blogapi.store.articles import article_delete, article_get, article_update
from blogapi.store.users import user_delete, user_update
from blogapi.tables import article_tags, articles, comments

AddUser = Callable[..., User]
AddArticle = Callable[..., Article]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)


def test_a_new_article_is_read_as_it_was_written(
    connection: Connection, add_user: AddUser, add_article: AddArticle
) -> None:
    ada = add_user(connection, "ada", role="editor")
    article = add_article(connection, ada, title="T 😀", content="\n x ", published=False, tags=["a", "b-1"])
    author = Author(ada.id, "ada", "Ada", 1)
    assert article == Article(1, "T 😀", "\n x ", False, ["a", "b-1"], author, 1, NOW, NOW)
    assert article_get(connection, article_id=1) == article
    assert article_get(connection, article_id=2) is None
    assert article_get(connection, article_id=2**63 - 1) is None


def test_a_change_changes_what_it_names_and_raises_the_version(
    connection: Connection, add_user: AddUser, add_article: AddArticle
) -> None:
    article = add_article(connection, add_user(connection, "ada"), tags=["a", "b"])
    steps: list[dict[str, Any]] = [
        {},
        {"title": "ẞ New"},
        {"tags": ["b", "c"]},
        {"tags": []},
        {"title": "T", "content": "C", "published": False, "tags": ["z"]},
    ]
    for changes in steps:
        article = article._replace(**changes, version=article.version + 1, updated_at=LATER)
        assert article_update(connection, article=article, changes=changes, now=LATER) == article
        assert article_get(connection, article_id=1) == article


def test_the_answer_to_a_change_is_what_is_stored_though_another_changed_it_meanwhile(
    connection: Connection, add_user: AddUser, add_article: AddArticle
) -> None:
    ada = add_user(connection, "ada", role="editor")
    seen = add_article(connection, ada, tags=["old"])
    article_update(connection, article=seen, changes={"tags": ["new"], "content": "New."}, now=LATER)
    user_update(connection, user_id=ada.id, changes={"name": "Ada King"}, now=LATER)
    answered = article_update(connection, article=seen, changes={"title": "Mine"}, now=LATER)
    assert answered == article_get(connection, article_id=seen.id)


def test_an_article_that_is_gone_meanwhile_is_not_changed(
    connection: Connection, add_user: AddUser, add_article: AddArticle
) -> None:
    article = add_article(connection, add_user(connection, "ada"))
    assert article_delete(connection, article_id=article.id) is True
    assert article_delete(connection, article_id=article.id) is False
    assert article_update(connection, article=article, changes={"tags": ["a"]}, now=LATER) is None
    assert connection.execute(select(func.count()).select_from(article_tags)).scalar_one() == 0


def test_an_author_that_is_gone_meanwhile_has_no_valid_token(
    connection: Connection, add_user: AddUser, add_article: AddArticle
) -> None:
    ada = add_user(connection, "ada", role="editor")
    assert user_delete(connection, user_id=ada.id)
    with pytest.raises(Problem) as problem:
        add_article(connection, ada)
    assert problem.value.code == "invalid_token"


def test_with_a_user_go_its_articles_tags_and_comments_and_no_others(
    connection: Connection, add_user: AddUser, add_article: AddArticle
) -> None:
    ada, bob = add_user(connection, "ada"), add_user(connection, "bob")
    own, foreign = add_article(connection, ada, tags=["a"]), add_article(connection, bob, tags=["b"])
    rows = [(own, ada), (own, bob), (foreign, ada), (foreign, bob)]
    for article, author in rows:
        values = {"article_id": article.id, "author_id": author.id, "body": "x", "created_at": NOW}
        connection.execute(insert(comments).values(values))
    assert user_delete(connection, user_id=ada.id)
    assert connection.execute(select(articles.c.id)).scalars().all() == [foreign.id]
    assert connection.execute(select(article_tags.c.tag)).scalars().all() == ["b"]
    assert connection.execute(select(comments.c.article_id, comments.c.author_id)).all() == [(foreign.id, bob.id)]
    assert add_article(connection, bob).id > foreign.id

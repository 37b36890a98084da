"""Conditional changes: made by the statement that compares the row's state, or not at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from blogapi.database import reading
from blogapi.etags import TAGS_MAX, Precondition, article_tag, comment_tag, gzip_tag, precondition, user_tag
from blogapi.problems import Problem
from blogapi.records import Article, Comment, User
from blogapi.store.articles import article_delete, article_get, article_update
from blogapi.store.comments import comment_delete, comment_get, comment_insert
from blogapi.store.users import actor_get, user_delete, user_get, user_update

AddUser = Callable[..., User]
AddArticle = Callable[..., Article]
Statements = Callable[[Engine], AbstractContextManager[list[tuple[str, tuple[object, ...]]]]]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)
KINDS = ["user", "article", "comment"]


class Shelf:
    """One user, article and comment of the id 1 each, their tags, and every conditional change of them."""

    def __init__(self, connection: Connection, ada: User, article: Article) -> None:
        self.connection, self.article = connection, article
        actor = actor_get(connection, user_id=ada.id)
        assert actor is not None
        values = {"body": "Well written."}
        comment_insert(connection, article_id=1, author=actor.byline, values=values, now=NOW)

    def state(self) -> tuple[User | None, Article | None, Comment | None]:
        return (
            user_get(self.connection, user_id=1),
            article_get(self.connection, article_id=1),
            comment_get(self.connection, article_id=1, comment_id=1),
        )

    def tag(self, kind: str) -> str:
        user, article, comment = self.state()
        assert user and article and comment
        return {"user": user_tag(user), "article": article_tag(article), "comment": comment_tag(comment)}[kind]

    def change(self, way: str, condition: Precondition) -> object:
        """Make a change, which a savepoint takes back."""
        connection = self.connection
        changes: dict[str, Callable[[], object]] = {
            "user-update": lambda: user_update(connection, user_id=1, changes={}, now=LATER, condition=condition),
            "user-delete": lambda: user_delete(connection, user_id=1, condition=condition),
            "article-update": lambda: article_update(
                connection, article=self.article, changes={"tags": ["new"]}, now=LATER, condition=condition
            ),
            "article-delete": lambda: article_delete(connection, article_id=1, condition=condition),
            "comment-delete": lambda: comment_delete(connection, article_id=1, comment_id=1, condition=condition),
        }
        with connection.begin_nested() as savepoint:
            result = changes[way]()
            savepoint.rollback()
        return result


@pytest.fixture
def shelf(connection: Connection, add_user: AddUser, add_article: AddArticle) -> Shelf:
    ada = add_user(connection, "ada")
    add_user(connection, "root", role="admin")
    return Shelf(connection, ada, add_article(connection, ada, tags=["old"]))


WAYS = ["user-update", "user-delete", "article-update", "article-delete", "comment-delete"]
EACH_WAY = pytest.mark.parametrize("way", WAYS)


def conditions(shelf: Shelf, way: str) -> dict[str, dict[str, str]]:
    tag = shelf.tag(way.partition("-")[0])
    return {
        "the tag": {"If-Match": tag},
        "its gzip form": {"If-Match": gzip_tag(tag)},
        "one of many": {"If-Match": f'"x", "1.9", "1.9.9", "1.9.9.9", {tag}'},
        "any": {"If-Match": "*"},
        "no other": {"If-None-Match": '"x", "1.9", "1.9.9", "1.9.9.9"'},
        "the tag and no other": {"If-Match": tag, "If-None-Match": '"1.9", "1.9.9", "1.9.9.9"'},
    }


@EACH_WAY
def test_a_change_whose_condition_holds_is_made(shelf: Shelf, way: str) -> None:
    for headers in conditions(shelf, way).values():
        assert shelf.change(way, precondition(headers, resource_id=1)), headers


@EACH_WAY
def test_a_change_whose_condition_does_not_hold_is_refused_and_changes_nothing(shelf: Shelf, way: str) -> None:
    tags = {kind: shelf.tag(kind) for kind in KINDS}
    own = tags.pop(way.partition("-")[0])
    before = shelf.state()
    for headers in (
        *({"If-Match": tag} for tag in tags.values()),
        {"If-Match": f"W/{own}"},
        {"If-Match": ""},
        {"If-Match": '"1.2", "1.2.1", "1.1.2", "1.1.1.2", "1.2.1.1"'},
        {"If-None-Match": own},
        {"If-None-Match": f"W/{gzip_tag(own)}"},
        {"If-None-Match": "*"},
        {"If-Match": own, "If-None-Match": own},
        {"If-Match": "*", "If-None-Match": "*"},
    ):
        with pytest.raises(Problem) as problem:
            shelf.change(way, precondition(headers, resource_id=1))
        assert problem.value.code == "precondition_failed", headers
        assert shelf.state() == before


@EACH_WAY
def test_what_is_gone_is_gone_and_no_failed_precondition(shelf: Shelf, way: str) -> None:
    condition = precondition({"If-Match": shelf.tag(way.partition("-")[0])}, resource_id=1)
    assert user_delete(shelf.connection, user_id=1)
    for asked in (condition, Precondition(frozenset()), Precondition()):
        assert not shelf.change(way, asked)


@pytest.mark.parametrize("way", ["article-update", "article-delete", "comment-delete"])
def test_the_new_name_of_an_author_makes_another_tag(shelf: Shelf, way: str) -> None:
    condition = precondition({"If-Match": shelf.tag(way.partition("-")[0])}, resource_id=1)
    user_update(shelf.connection, user_id=1, changes={"age": 36}, now=LATER)
    assert shelf.change(way, condition)
    user_update(shelf.connection, user_id=1, changes={"name": "Ada King"}, now=LATER)
    with pytest.raises(Problem, match="precondition_failed"):
        shelf.change(way, condition)


def test_the_first_hundred_tags_of_a_list_count(shelf: Shelf) -> None:
    others = [f'"1.{number}.{number}"' for number in range(2, TAGS_MAX + 2)]
    last_that_counts = ", ".join([*others[:-1], '"1.1.1"'])
    assert shelf.change("article-update", precondition({"If-Match": last_that_counts}, resource_id=1))
    with pytest.raises(Problem, match="precondition_failed"):
        shelf.change("article-update", precondition({"If-None-Match": last_that_counts}, resource_id=1))
    with pytest.raises(Problem, match="precondition_failed"):
        shelf.change("article-update", precondition({"If-Match": ", ".join([*others, '"1.1.1"'])}, resource_id=1))


def test_a_failed_precondition_comes_before_the_last_administrator(shelf: Shelf) -> None:
    for condition, code in ((Precondition(frozenset({(9,)})), "precondition_failed"), (Precondition(), "last_admin")):
        for change in (
            lambda condition=condition: user_delete(shelf.connection, user_id=2, condition=condition),
            lambda condition=condition: user_update(
                shelf.connection, user_id=2, changes={"role": "viewer"}, now=LATER, condition=condition
            ),
        ):
            with pytest.raises(Problem, match=code), shelf.connection.begin_nested():
                change()


def test_a_failed_precondition_comes_before_a_conflict(shelf: Shelf) -> None:
    changes = {"username": "root"}
    stale = Precondition(frozenset({(9,)}))
    with pytest.raises(Problem, match="precondition_failed"):
        user_update(shelf.connection, user_id=1, changes=changes, now=LATER, condition=stale)
    with pytest.raises(Problem, match="username_taken"):
        user_update(shelf.connection, user_id=1, changes=changes, now=LATER, condition=Precondition(frozenset({(1,)})))


@EACH_WAY
def test_the_state_is_compared_by_the_statement_that_writes(
    engine: Engine, shelf: Shelf, way: str, statements: Statements
) -> None:
    condition = precondition({"If-Match": shelf.tag(way.partition("-")[0])}, resource_id=1)
    counts = []
    for asked in (Precondition(), condition):
        with statements(engine) as seen:
            shelf.change(way, asked)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    (write,) = [text for text, _ in seen if text.startswith(("UPDATE", "DELETE")) and "article_tags" not in text]
    assert "version" in write.partition("WHERE")[2]


def test_reading_a_tag_needs_no_statement_of_its_own(engine: Engine, shelf: Shelf, statements: Statements) -> None:
    shelf.connection.commit()
    with reading(engine) as connection, statements(engine) as seen:
        article = article_get(connection, article_id=1)
        assert article is not None
        assert article_tag(article) == '"1.1.1"'
    assert len(seen) == 2

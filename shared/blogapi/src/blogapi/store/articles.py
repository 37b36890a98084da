"""Every SQL statement about articles: connections in, records out. Who may do what is decided elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    bindparam,
    delete,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from blogapi.etags import ANY, Precondition, changed_or_gone
from blogapi.problems import Problem
from blogapi.records import Article, Author
from blogapi.store.preconditions import in_state
from blogapi.tables import article_tags, articles, users

_ARTICLE_COLUMNS = (
    articles.c.id,
    articles.c.title,
    articles.c.content,
    articles.c.published,
    articles.c.version,
    articles.c.created_at,
    articles.c.updated_at,
    users.c.id.label("author_id"),
    users.c.username,
    users.c.name,
    users.c.byline_version,
)
# Built once: making a statement costs more than running it against a warm cache.
WITH_AUTHOR = select(*_ARTICLE_COLUMNS).join_from(articles, users)
ARTICLE_BY_ID = WITH_AUTHOR.where(articles.c.id == bindparam("article_id"))
TAGS_OF_ONE = (
    select(article_tags.c.tag).where(article_tags.c.article_id == bindparam("article_id")).order_by(article_tags.c.tag)
)
_INSERT_ARTICLE = insert(articles).returning(articles.c.id)

_BYLINE_VERSION = select(users.c.byline_version).where(users.c.id == articles.c.author_id).scalar_subquery()
_STATE = (articles.c.version, _BYLINE_VERSION)


def article_get(connection: Connection, *, article_id: int) -> Article | None:
    """Give the article of that id with its author and tags, or None."""
    row = connection.execute(ARTICLE_BY_ID, {"article_id": article_id}).one_or_none()
    if row is None:
        return None
    tags = connection.execute(TAGS_OF_ONE, {"article_id": article_id}).all()
    return article_of(row, [tag for (tag,) in tags])


def article_insert(connection: Connection, *, author: Author, values: Mapping[str, Any], now: datetime) -> Article:
    """Add an article.

    Args:
        connection: in a transaction.
        author: whose article it is.
        values: `title`, `content`, `published`, `tags` (unique, sorted).
        now: the time of creation, aware, in UTC.

    Returns:
        The article as stored.

    Raises:
        Problem: `invalid_token`, where the author was deleted after its token was checked.
    """
    columns = {
        "author_id": author.id,
        "title": values["title"],
        "title_folded": values["title"].casefold(),
        "content": values["content"],
        "published": values["published"],
        "created_at": now,
        "updated_at": now,
    }
    try:
        article_id: int = connection.execute(_INSERT_ARTICLE, columns).scalar_one()
    except IntegrityError as error:
        raise Problem("invalid_token") from error
    _tags_insert(connection, article_id, values["tags"])
    return Article(
        article_id, values["title"], values["content"], values["published"], values["tags"], author, 1, now, now
    )


def article_update(
    connection: Connection,
    *,
    article: Article,
    changes: Mapping[str, Any],
    now: datetime,
    condition: Precondition = ANY,
) -> Article | None:
    """Change the given members of an article (an empty mapping is a change too) and raise its version by one.

    Args:
        connection: in a transaction.
        article: as it was read.
        changes: of `title`, `content`, `published`, `tags`.
        now: the time of the change, aware, in UTC.
        condition: the state that the article has to be in.

    Returns:
        The article as stored, or None where it was deleted meanwhile.

    Raises:
        Problem: `precondition_failed`.
    """
    columns = {member: value for member, value in changes.items() if member != "tags"}
    if "title" in columns:
        columns["title_folded"] = columns["title"].casefold()
    statement = (
        update(articles)
        .where(articles.c.id == article.id, *in_state(condition, _STATE))
        .values(**columns, version=articles.c.version + 1, updated_at=now)
    )
    if connection.execute(statement).rowcount == 0:
        return changed_or_gone(condition, article_get(connection, article_id=article.id))
    if "tags" in changes:
        connection.execute(delete(article_tags).where(article_tags.c.article_id == article.id))
        _tags_insert(connection, article.id, changes["tags"])
    return article_get(connection, article_id=article.id)


def article_delete(connection: Connection, *, article_id: int, condition: Precondition = ANY) -> bool:
    """Delete an article with its tags and comments.

    Returns:
        Whether there was one.

    Raises:
        Problem: `precondition_failed`.
    """
    statement = delete(articles).where(articles.c.id == article_id, *in_state(condition, _STATE))
    if connection.execute(statement).rowcount == 1:
        return True
    return changed_or_gone(condition, article_get(connection, article_id=article_id)) is not None


def article_of(row: Sequence[Any], tags: list[str]) -> Article:
    """Make the record of a row of `WITH_AUTHOR` and the article's sorted tags."""
    identity, title, content, published, version, created_at, updated_at, *byline = row
    author = Author._make(byline)
    return Article(identity, title, content, published, tags, author, version, created_at, updated_at)


def _tags_insert(connection: Connection, article_id: int, tags: Sequence[str]) -> None:
    if tags:
        values = {f"tag_{place}": tag for place, tag in enumerate(tags)}
        connection.execute(_insert_tags(len(tags)), {"article_id": article_id, **values})


@lru_cache
def _insert_tags(count: int) -> Insert:
    # VALUES with several rows is the one statement that SQLAlchemy compiles anew each time.
    article_id, tag = article_tags.c.article_id, article_tags.c.tag
    rows = [
        select(bindparam("article_id", type_=article_id.type), bindparam(f"tag_{place}", type_=tag.type))
        for place in range(count)
    ]
    return insert(article_tags).from_select([article_id, tag], union_all(*rows))

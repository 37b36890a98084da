"""Every SQL statement about comments: connections in, records out. Who may do what is decided elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from blogapi.etags import ANY, Precondition, changed_or_gone
from blogapi.problems import Problem
from blogapi.records import Author, Comment, Page
from blogapi.store.preconditions import in_state
from blogapi.tables import articles, comments, users

_COMMENT_COLUMNS = (
    comments.c.id,
    comments.c.article_id,
    comments.c.body,
    comments.c.created_at,
    users.c.id.label("author_id"),
    users.c.username,
    users.c.name,
    users.c.byline_version,
)
_OF_ARTICLE = comments.c.article_id == bindparam("article_id")

# Built once: making a statement costs more than running it against a warm cache.
_WITH_AUTHOR = select(*_COMMENT_COLUMNS).join_from(comments, users).where(_OF_ARTICLE)
_COMMENT_BY_ID = _WITH_AUTHOR.where(comments.c.id == bindparam("comment_id"))
_COUNT = select(func.count()).select_from(comments).where(_OF_ARTICLE)
_PAGE = (
    _WITH_AUTHOR.order_by(comments.c.created_at.asc(), comments.c.id.asc())
    .offset(bindparam("skip"))
    .limit(bindparam("limit"))
)
_ARTICLE_EXISTS = select(articles.c.id).where(articles.c.id == bindparam("article_id"))
_INSERT_COMMENT = insert(comments).returning(comments.c.id)
_BYLINE_VERSION = select(users.c.byline_version).where(users.c.id == comments.c.author_id).scalar_subquery()
_STATE = (comments.c.article_id, comments.c.author_id, _BYLINE_VERSION)


def comment_page(connection: Connection, *, article_id: int, skip: int, limit: int) -> Page[Comment]:
    """Give an article's comments, the oldest first, from `skip` on, at most `limit`, and count them all."""
    total: int = connection.execute(_COUNT, {"article_id": article_id}).scalar_one()
    rows = connection.execute(_PAGE, {"article_id": article_id, "skip": skip, "limit": limit}).all()
    return Page([_comment(row) for row in rows], total)


def comment_get(connection: Connection, *, article_id: int, comment_id: int) -> Comment | None:
    """Give the comment of that id if it is one of that article, or None."""
    row = connection.execute(_COMMENT_BY_ID, {"article_id": article_id, "comment_id": comment_id}).one_or_none()
    return None if row is None else _comment(row)


def comment_insert(
    connection: Connection, *, article_id: int, author: Author, values: Mapping[str, Any], now: datetime
) -> Comment:
    """Add a comment.

    Args:
        connection: in a transaction.
        article_id: of the article that it is on.
        author: whose comment it is.
        values: `body`.
        now: the time of creation, aware, in UTC.

    Returns:
        The comment as stored.

    Raises:
        Problem: `not_found`, where the article was deleted meanwhile; `invalid_token`, where the author was.
    """
    columns = {"article_id": article_id, "author_id": author.id, "body": values["body"], "created_at": now}
    try:
        with connection.begin_nested():
            comment_id: int = connection.execute(_INSERT_COMMENT, columns).scalar_one()
    except IntegrityError as error:
        has_article = connection.execute(_ARTICLE_EXISTS, {"article_id": article_id}).first() is not None
        raise Problem("invalid_token" if has_article else "not_found") from error
    return Comment(comment_id, article_id, author, values["body"], now)


def comment_delete(connection: Connection, *, article_id: int, comment_id: int, condition: Precondition = ANY) -> bool:
    """Delete a comment.

    Returns:
        Whether there was one.

    Raises:
        Problem: `precondition_failed`.
    """
    statement = delete(comments).where(comments.c.id == comment_id, *in_state(condition, _STATE))
    if connection.execute(statement).rowcount == 1:
        return True
    found = comment_get(connection, article_id=article_id, comment_id=comment_id)
    return changed_or_gone(condition, found) is not None


def _comment(row: Sequence[Any]) -> Comment:
    identity, article_id, body, created_at, *byline = row
    return Comment(identity, article_id, Author._make(byline), body, created_at)

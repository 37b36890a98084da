"""Every query about comments. Functions give records; who may do what is decided elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from blogapi.etags import ANY, Precondition, changed_or_gone
from blogapi.problems import Problem
from blogapi.records import Author, Comment
from django_app import models
from django_app.pagination import Listing
from django_app.store.preconditions import in_state, state_of

_COMMENT_COLUMNS = ("id", "article_id", "body", "created_at")
_AUTHOR_COLUMNS = ("author_id", "author__username", "author__name", "author__byline_version")

# Built once: a queryset is a value, and naming its columns costs as much as running it.
_WITH_AUTHOR = models.Comment.objects.values_list(*_COMMENT_COLUMNS, *_AUTHOR_COLUMNS)
_BYLINE_VERSION = Subquery(models.User.objects.filter(id=OuterRef("author_id")).values("byline_version"))
_STATE = state_of("article_id", "author_id", _BYLINE_VERSION)


def comment_listing(*, article_id: int) -> Listing[Comment]:
    """Give an article's comments, the oldest first, to be counted and sliced."""
    rows = _WITH_AUTHOR.filter(article_id=article_id).order_by("created_at", "id")
    return Listing(models.Comment.objects.filter(article_id=article_id), rows, _comments)


def comment_get(*, article_id: int, comment_id: int) -> Comment | None:
    """Give the comment of that id if it is one of that article, or None."""
    return next(map(_comment, _WITH_AUTHOR.filter(id=comment_id, article_id=article_id)), None)


def comment_insert(*, article_id: int, author: Author, values: Mapping[str, Any], now: datetime) -> Comment:
    """Add a comment of `body`, in the transaction that the caller has begun.

    Raises:
        Problem: `not_found`, where the article was deleted meanwhile; `invalid_token`, where the author was.
    """
    comment = models.Comment(**values, article_id=article_id, author_id=author.id, created_at=now)
    try:
        with transaction.atomic():
            comment.save(force_insert=True)
    except IntegrityError as error:
        has_article = models.Article.objects.filter(id=article_id).exists()
        raise Problem("invalid_token" if has_article else "not_found") from error
    return Comment(comment.id, article_id, author, values["body"], now)


def comment_delete(*, article_id: int, comment_id: int, condition: Precondition = ANY) -> bool:
    """Delete a comment; tell whether there was one.

    Raises:
        Problem: `precondition_failed`.
    """
    deleted, _ = in_state(models.Comment.objects.filter(id=comment_id), condition, _STATE).delete()
    if deleted == 1:
        return True
    return changed_or_gone(condition, comment_get(article_id=article_id, comment_id=comment_id)) is not None


def _comment(row: tuple[Any, ...]) -> Comment:
    identity, article_id, body, created_at, *byline = row
    return Comment(identity, article_id, Author._make(byline), body, created_at)


def _comments(rows: QuerySet[Any, Any]) -> list[Comment]:
    return [_comment(row) for row in rows]

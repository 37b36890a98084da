"""Every query about articles. Functions give records; who may do what is decided elsewhere."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F, OuterRef, Subquery

from blogapi.etags import ANY, Precondition, changed_or_gone
from blogapi.problems import Problem
from blogapi.records import Article, Author
from django_app import models
from django_app.store.preconditions import in_state, state_of

_ARTICLE_COLUMNS = ("id", "title", "content", "published", "version", "created_at", "updated_at")
_AUTHOR_COLUMNS = ("author_id", "author__username", "author__name", "author__byline_version")

# Built once: a queryset is a value, and naming its columns costs as much as running it. Rows come as tuples: of
# instances, made one by one, nothing but these columns would be used.
WITH_AUTHOR = models.Article.objects.values_list(*_ARTICLE_COLUMNS, *_AUTHOR_COLUMNS)
_TAGS_OF_ONE = models.ArticleTag.objects.order_by("tag").values_list("tag", flat=True)
_BYLINE_VERSION = Subquery(models.User.objects.filter(id=OuterRef("author_id")).values("byline_version"))
_STATE = state_of("version", _BYLINE_VERSION)


def article_get(*, article_id: int) -> Article | None:
    """Give the article of that id with its author and tags, or None."""
    row = next(iter(WITH_AUTHOR.filter(id=article_id)), None)
    return None if row is None else article_of(row, list(_TAGS_OF_ONE.filter(article_id=article_id)))


def article_insert(*, author: Author, values: Mapping[str, Any], now: datetime) -> Article:
    """Add an article of `title`, `content`, `published`, `tags`, in the transaction that the caller has begun.

    Raises:
        Problem: `invalid_token`, where the author was deleted after its token was checked.
    """
    columns = {member: value for member, value in values.items() if member != "tags"}
    article = models.Article(
        **columns, author_id=author.id, title_folded=values["title"].casefold(), created_at=now, updated_at=now
    )
    try:
        article.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("invalid_token") from error
    _tags_insert(article.id, values["tags"])
    stored = [getattr(article, column) for column in _ARTICLE_COLUMNS]
    return article_of((*stored, *author), values["tags"])


def article_update(
    *, article: Article, changes: Mapping[str, Any], now: datetime, condition: Precondition = ANY
) -> Article | None:
    """Change the given members of an article (an empty mapping is a change too) and raise its version by one.

    Returns:
        The article as stored, or None where it was deleted meanwhile.

    Raises:
        Problem: `precondition_failed`.
    """
    columns = {member: value for member, value in changes.items() if member != "tags"}
    if "title" in columns:
        columns["title_folded"] = columns["title"].casefold()
    own = in_state(models.Article.objects.filter(id=article.id), condition, _STATE)
    if not own.update(**columns, version=F("version") + 1, updated_at=now):
        return changed_or_gone(condition, article_get(article_id=article.id))
    if "tags" in changes:
        models.ArticleTag.objects.filter(article_id=article.id).delete()
        _tags_insert(article.id, changes["tags"])
    # Read again: what another wrote meanwhile is shown as it is, not as it was.
    return article_get(article_id=article.id)


def article_delete(*, article_id: int, condition: Precondition = ANY) -> bool:
    """Delete an article with its tags and comments; tell whether there was one.

    Raises:
        Problem: `precondition_failed`.
    """
    deleted, _ = in_state(models.Article.objects.filter(id=article_id), condition, _STATE).delete()
    if deleted == 1:
        return True
    return changed_or_gone(condition, article_get(article_id=article_id)) is not None


def article_of(row: tuple[Any, ...], tags: list[str]) -> Article:
    """Make the record of a row of `WITH_AUTHOR` and the article's sorted tags."""
    identity, title, content, published, version, created_at, updated_at, *byline = row
    return Article(identity, title, content, published, tags, Author._make(byline), version, created_at, updated_at)


def _tags_insert(article_id: int, tags: Iterable[str]) -> None:
    models.ArticleTag.objects.bulk_create([models.ArticleTag(article_id=article_id, tag=tag) for tag in tags])

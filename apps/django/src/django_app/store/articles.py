"""Every query about articles. Functions give records; who may do what is decided elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from blogapi.problems import Problem
from blogapi.records import Actor, Article, Author
from django_app import models
from django_app.pagination import Listing

_ARTICLE_COLUMNS = ("id", "title", "content", "published", "version", "created_at", "updated_at")
_AUTHOR_COLUMNS = ("author_id", "author__username", "author__name")
_SORTS = {
    "created_at": ("created_at", "id"),
    "-created_at": ("-created_at", "-id"),
    "title": ("title", "id"),
    "-title": ("-title", "-id"),
}

# Built once: a queryset is a value, and naming its columns costs as much as running it. Rows come as tuples: of
# instances, made one by one, nothing but these columns would be used.
_WITH_AUTHOR = models.Article.objects.values_list(*_ARTICLE_COLUMNS, *_AUTHOR_COLUMNS)
_TAGS_OF_ONE = models.ArticleTag.objects.order_by("tag").values_list("tag", flat=True)
_TAGS_OF_MANY = models.ArticleTag.objects.order_by("article_id", "tag").values_list("article_id", "tag")


class ArticleFilter(NamedTuple):
    """What a list is narrowed to; None narrows nothing. `title_part` is searched case-insensitively."""

    author_id: int | None = None
    tag: str | None = None
    published: bool | None = None
    title_part: str | None = None


def article_get(*, article_id: int) -> Article | None:
    """Give the article of that id with its author and tags, or None."""
    row = next(iter(_WITH_AUTHOR.filter(id=article_id)), None)
    return None if row is None else _article(row, list(_TAGS_OF_ONE.filter(article_id=article_id)))


def article_listing(*, actor: Actor | None, narrow: ArticleFilter, sort: str) -> Listing[Article]:
    """Give the articles that `actor` may see, narrowed, ordered by `sort` (one of `rules.ARTICLE_SORTS`).

    Counting is one statement, a slice is two.
    """
    conditions = [*_visible_to(actor), *_narrowed_by(narrow)]
    rows = _WITH_AUTHOR.filter(*conditions).order_by(*_SORTS[sort])
    return Listing(models.Article.objects.filter(*conditions), rows, _articles)


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
    return _article((*stored, *author), values["tags"])


def article_update(*, article: Article, changes: Mapping[str, Any], now: datetime) -> Article | None:
    """Change the given members of an article (an empty mapping is a change too) and raise its version by one.

    Returns:
        The article as stored, or None where it was deleted meanwhile.
    """
    columns = {member: value for member, value in changes.items() if member != "tags"}
    if "title" in columns:
        columns["title_folded"] = columns["title"].casefold()
    own = models.Article.objects.filter(id=article.id)
    if not own.update(**columns, version=F("version") + 1, updated_at=now):
        return None
    if "tags" in changes:
        models.ArticleTag.objects.filter(article_id=article.id).delete()
        _tags_insert(article.id, changes["tags"])
    # Read again: what another wrote meanwhile is shown as it is, not as it was.
    return article_get(article_id=article.id)


def article_delete(*, article_id: int) -> bool:
    """Delete an article with its tags and comments; tell whether there was one."""
    deleted, _ = models.Article.objects.filter(id=article_id).delete()
    return deleted == 1


def _article(row: tuple[Any, ...], tags: list[str]) -> Article:
    identity, title, content, published, version, created_at, updated_at, *byline = row
    return Article(identity, title, content, published, tags, Author._make(byline), version, created_at, updated_at)


def _articles(rows: QuerySet[Any, Any]) -> list[Article]:
    found = list(rows)
    tags: dict[int, list[str]] = defaultdict(list)
    for article_id, tag in _TAGS_OF_MANY.filter(article_id__in=[row[0] for row in found]):
        tags[article_id].append(tag)
    return [_article(row, tags[row[0]]) for row in found]


def _tags_insert(article_id: int, tags: Iterable[str]) -> None:
    models.ArticleTag.objects.bulk_create([models.ArticleTag(article_id=article_id, tag=tag) for tag in tags])


def _visible_to(actor: Actor | None) -> list[Q]:
    if actor is None or actor.role == "viewer":
        return [_is_published(True)]
    return [] if actor.is_admin else [_is_published(True) | Q(author_id=actor.id)]


def _narrowed_by(narrow: ArticleFilter) -> list[Q | Exists]:
    conditions: list[Q | Exists] = []
    if narrow.author_id is not None:
        conditions.append(Q(author_id=narrow.author_id))
    if narrow.published is not None:
        conditions.append(_is_published(narrow.published))
    if narrow.tag is not None:
        conditions.append(Exists(models.ArticleTag.objects.filter(article_id=OuterRef("id"), tag=narrow.tag)))
    if narrow.title_part is not None:
        conditions.append(Q(title_folded__contains=narrow.title_part.casefold()))
    return conditions


def _is_published(published: bool) -> Q:
    # As `= 1`: what Django writes for a plain boolean, `published` alone, finds no index in SQLite.
    return Q(published=Value(published))

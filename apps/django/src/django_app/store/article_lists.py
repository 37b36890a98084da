"""The lists of articles: every query that finds more than one. Who sees what is decided by the actor's role."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from blogapi.records import Actor, Article, Cursor, Slice
from django_app import models
from django_app.pagination import Listing
from django_app.store.articles import WITH_AUTHOR, article_of

_SORTS = {
    "created_at": ("created_at", "id"),
    "-created_at": ("-created_at", "-id"),
    "title": ("title", "id"),
    "-title": ("-title", "-id"),
}
_TAGS_OF_MANY = models.ArticleTag.objects.order_by("article_id", "tag").values_list("article_id", "tag")


class ArticleFilter(NamedTuple):
    """What a list is narrowed to; None narrows nothing. `title_part` is searched case-insensitively."""

    author_id: int | None = None
    tag: str | None = None
    published: bool | None = None
    title_part: str | None = None


def article_listing(*, actor: Actor | None, narrow: ArticleFilter, sort: str) -> Listing[Article]:
    """Give the articles that `actor` may see, narrowed, ordered by `sort` (one of `rules.ARTICLE_SORTS`).

    Counting is one statement, a slice is two.
    """
    narrowed = _narrowed_by(narrow)
    rows = WITH_AUTHOR.filter(*_visible_to(actor), *narrowed).order_by(*_SORTS[sort])
    return Listing(models.Article.objects.filter(*_visible_in_order(actor), *narrowed), rows, _articles)


def article_slice(*, actor: Actor | None, narrow: ArticleFilter, after: Cursor | None, limit: int) -> Slice[Article]:
    """Give the newest articles that `actor` may see, uncounted: page 10,000 costs what the first one does.

    Two statements. `after` is where the last page ended; None for the first one.
    """
    conditions = [*_visible_in_order(actor), *_narrowed_by(narrow), *_following(after)]
    # One more than asked for tells whether there is more.
    found = list(WITH_AUTHOR.filter(*conditions).order_by(*_SORTS["-created_at"])[: limit + 1])
    items = _articles(found[:limit])
    return Slice(items, Cursor(items[-1].created_at, items[-1].id) if len(found) > limit else None)


def _articles(rows: QuerySet[Any, Any] | list[tuple[Any, ...]]) -> list[Article]:
    found = list(rows)
    tags: dict[int, list[str]] = defaultdict(list)
    for article_id, tag in _TAGS_OF_MANY.filter(article_id__in=[row[0] for row in found]):
        tags[article_id].append(tag)
    return [article_of(row, tags[row[0]]) for row in found]


def _visible_to(actor: Actor | None) -> list[Q]:
    if actor is None or actor.role == "viewer":
        return [_is_published(True)]
    return [] if actor.is_admin else [_is_published(True) | Q(author_id=actor.id)]


def _visible_in_order(actor: Actor | None) -> list[Q]:
    if actor is None or actor.role != "editor":
        return _visible_to(actor)
    # No OR: for that SQLite would merge two indexes, where a walk along the order can stop early, and a count need read
    # no more than the one that holds both columns.
    return [~(_is_published(False) & ~Q(author_id=actor.id))]


def _following(after: Cursor | None) -> list[Q]:
    if after is None:
        return []
    # The first half alone bounds the walk along the index; the second decides among rows of one time.
    earlier = Q(created_at__lt=after.created_at) | Q(id__lt=after.id)
    return [Q(created_at__lte=after.created_at), earlier]


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

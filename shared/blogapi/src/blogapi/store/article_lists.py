"""The lists of articles: every SQL statement that finds more than one. Who sees what is decided by the actor's role."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)

from blogapi.records import Actor, Article, Cursor, Page, Slice
from blogapi.store.articles import WITH_AUTHOR, article_of
from blogapi.tables import article_tags, articles

_SORTS = {
    "created_at": (articles.c.created_at.asc(), articles.c.id.asc()),
    "-created_at": (articles.c.created_at.desc(), articles.c.id.desc()),
    "title": (articles.c.title.asc(), articles.c.id.asc()),
    "-title": (articles.c.title.desc(), articles.c.id.desc()),
}
TAGS_OF_MANY = (
    select(article_tags.c.article_id, article_tags.c.tag)
    .where(article_tags.c.article_id.in_(bindparam("article_ids", expanding=True)))
    .order_by(article_tags.c.article_id, article_tags.c.tag)
)

_PUBLISHED = articles.c.published == true()
_VISIBLE: dict[str, list[ColumnElement[bool]]] = {
    "published": [_PUBLISHED],
    "published_or_own": [or_(_PUBLISHED, articles.c.author_id == bindparam("actor_id"))],
    "all": [],
}
# Of an editor, as no OR: for that SQLite would merge two indexes, where a walk along the order can stop early, and a
# count need read no more than the one that holds both columns.
_VISIBLE_IN_ORDER = {
    **_VISIBLE,
    "published_or_own": [~and_(articles.c.published == false(), articles.c.author_id != bindparam("actor_id"))],
}
_CREATED_AT = bindparam("after_created_at", type_=articles.c.created_at.type)
_ID = bindparam("after_id", type_=articles.c.id.type)
# The first half alone bounds the walk along the index; the second decides among rows of one time.
_FOLLOWING = [
    articles.c.created_at <= _CREATED_AT,
    or_(articles.c.created_at < _CREATED_AT, articles.c.id < _ID),
]
_LIKE_SPECIAL = re.compile(r"[/%_]")
_NARROWED: dict[str, ColumnElement[bool]] = {
    "author_id": articles.c.author_id == bindparam("author_id"),
    "published": articles.c.published == bindparam("published"),
    "tag": exists().where(article_tags.c.article_id == articles.c.id, article_tags.c.tag == bindparam("tag")),
    "title_part": articles.c.title_folded.contains(bindparam("title_part"), escape="/"),
}


class ArticleFilter(NamedTuple):
    """What a list is narrowed to; None narrows nothing. `title_part` is searched case-insensitively."""

    author_id: int | None = None
    tag: str | None = None
    published: bool | None = None
    title_part: str | None = None

    def names(self) -> frozenset[str]:
        """What it narrows by."""
        return frozenset(name for name, value in self._asdict().items() if value is not None)

    def parameters(self) -> dict[str, Any]:
        """What it narrows to, as the statements take it: the part of a title folded, and in LIKE's own escapes."""
        given = self._asdict()
        if self.title_part is not None:
            given["title_part"] = _LIKE_SPECIAL.sub(r"/\g<0>", self.title_part.casefold())
        return given


def article_page(
    connection: Connection, *, actor: Actor | None, narrow: ArticleFilter, skip: int, limit: int, sort: str
) -> Page[Article]:
    """Give the articles that `actor` may see, from `skip` on, at most `limit`, and count them all.

    Args:
        connection: for three statements, whatever the page's size.
        actor: who asks; None is anonymous.
        narrow: what the list is narrowed to within that.
        skip: how many to leave out first.
        limit: how many to give at the most.
        sort: one of `rules.ARTICLE_SORTS`; ties by id in the same direction.

    Returns:
        The page with its total.
    """
    count, rows = page_statements(_sight(actor), narrow.names(), sort)
    parameters = {**narrow.parameters(), "actor_id": actor.id if actor else None}
    total: int = connection.execute(count, parameters).scalar_one()
    found = connection.execute(rows, {**parameters, "skip": skip, "limit": limit}).all()
    # By position: a row looks a name up anew each time.
    tags = _tags_of(connection, [row[0] for row in found])
    return Page([article_of(row, tags[row[0]]) for row in found], total)


def article_slice(
    connection: Connection, *, actor: Actor | None, narrow: ArticleFilter, after: Cursor | None, limit: int
) -> Slice[Article]:
    """Give the newest articles that `actor` may see, uncounted: page 10,000 costs what the first one does.

    Args:
        connection: for two statements, whatever the page's size.
        actor: who asks; None is anonymous.
        narrow: what the list is narrowed to within that.
        after: where the last page ended; None for the first one.
        limit: how many to give at the most.

    Returns:
        The articles, and where the next ones begin.
    """
    statement = _slice_statement(_sight(actor), narrow.names(), is_first=after is None)
    created_at, identity = after or (None, None)
    parameters = {**narrow.parameters(), "actor_id": actor.id if actor else None}
    # One more than asked for tells whether there is more.
    place = {"after_created_at": created_at, "after_id": identity, "limit": limit + 1}
    found = connection.execute(statement, {**parameters, **place}).all()
    shown = found[:limit]
    tags = _tags_of(connection, [row[0] for row in shown])
    items = [article_of(row, tags[row[0]]) for row in shown]
    return Slice(items, Cursor(items[-1].created_at, items[-1].id) if len(found) > limit else None)


def _tags_of(connection: Connection, article_ids: Sequence[int]) -> dict[int, list[str]]:
    tags: dict[int, list[str]] = defaultdict(list)
    for article_id, tag in connection.execute(TAGS_OF_MANY, {"article_ids": article_ids}).all():
        tags[article_id].append(tag)
    return tags


def _sight(actor: Actor | None) -> str:
    if actor is None or actor.role == "viewer":
        return "published"
    return "all" if actor.is_admin else "published_or_own"


@lru_cache(maxsize=256)
def page_statements(sight: str, narrow: frozenset[str], sort: str) -> tuple[Select[int], Select[*tuple[Any, ...]]]:
    # The combinations are few; each pair is built once, and only its parameters change.
    conditions = [*_VISIBLE[sight], *(_NARROWED[name] for name in sorted(narrow))]
    counted = [*_VISIBLE_IN_ORDER[sight], *(_NARROWED[name] for name in sorted(narrow))]
    count = select(func.count()).select_from(articles).where(*counted)
    page = WITH_AUTHOR.where(*conditions).order_by(*_SORTS[sort])
    return count, page.offset(bindparam("skip")).limit(bindparam("limit"))


@lru_cache(maxsize=256)
def _slice_statement(sight: str, narrow: frozenset[str], *, is_first: bool) -> Select[*tuple[Any, ...]]:
    conditions = [*_VISIBLE_IN_ORDER[sight], *(_NARROWED[name] for name in sorted(narrow))]
    conditions += [] if is_first else _FOLLOWING
    return WITH_AUTHOR.where(*conditions).order_by(*_SORTS["-created_at"]).limit(bindparam("limit"))

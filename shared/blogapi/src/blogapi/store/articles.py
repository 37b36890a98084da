"""Every SQL statement about articles: connections in, records out. Who may do what is decided elsewhere."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from blogapi.problems import Problem
from blogapi.records import Actor, Article, Author, Page
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
)
_SORTS = {
    "created_at": (articles.c.created_at.asc(), articles.c.id.asc()),
    "-created_at": (articles.c.created_at.desc(), articles.c.id.desc()),
    "title": (articles.c.title.asc(), articles.c.id.asc()),
    "-title": (articles.c.title.desc(), articles.c.id.desc()),
}

# Built once: making a statement costs more than running it against a warm cache.
_WITH_AUTHOR = select(*_ARTICLE_COLUMNS).join_from(articles, users)
_ARTICLE_BY_ID = _WITH_AUTHOR.where(articles.c.id == bindparam("article_id"))
_TAGS_OF_ONE = (
    select(article_tags.c.tag).where(article_tags.c.article_id == bindparam("article_id")).order_by(article_tags.c.tag)
)
_TAGS_OF_MANY = (
    select(article_tags.c.article_id, article_tags.c.tag)
    .where(article_tags.c.article_id.in_(bindparam("article_ids", expanding=True)))
    .order_by(article_tags.c.article_id, article_tags.c.tag)
)
_INSERT_ARTICLE = insert(articles).returning(articles.c.id)

_PUBLISHED = articles.c.published == true()
_VISIBLE: dict[str, list[ColumnElement[bool]]] = {
    "published": [_PUBLISHED],
    "published_or_own": [or_(_PUBLISHED, articles.c.author_id == bindparam("actor_id"))],
    "all": [],
}
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


def article_get(connection: Connection, *, article_id: int) -> Article | None:
    """Give the article of that id with its author and tags, or None."""
    row = connection.execute(_ARTICLE_BY_ID, {"article_id": article_id}).one_or_none()
    if row is None:
        return None
    tags = connection.execute(_TAGS_OF_ONE, {"article_id": article_id}).all()
    return _article(row, [tag for (tag,) in tags])


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
    count, rows = _page_statements(_sight(actor), narrow.names(), sort)
    parameters = {**narrow.parameters(), "actor_id": actor.id if actor else None}
    total: int = connection.execute(count, parameters).scalar_one()
    found = connection.execute(rows, {**parameters, "skip": skip, "limit": limit}).all()
    # By position: a row looks a name up anew each time.
    tags = _tags_of(connection, [row[0] for row in found])
    return Page([_article(row, tags[row[0]]) for row in found], total)


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
    connection: Connection, *, article: Article, changes: Mapping[str, Any], now: datetime
) -> Article | None:
    """Change the given members of an article (an empty mapping is a change too) and raise its version by one.

    Args:
        connection: in a transaction.
        article: as it was read.
        changes: of `title`, `content`, `published`, `tags`.
        now: the time of the change, aware, in UTC.

    Returns:
        The article as stored, or None where it was deleted meanwhile.
    """
    columns = {member: value for member, value in changes.items() if member != "tags"}
    if "title" in columns:
        columns["title_folded"] = columns["title"].casefold()
    statement = (
        update(articles)
        .where(articles.c.id == article.id)
        .values(**columns, version=articles.c.version + 1, updated_at=now)
    )
    if connection.execute(statement).rowcount == 0:
        return None
    if "tags" in changes:
        connection.execute(delete(article_tags).where(article_tags.c.article_id == article.id))
        _tags_insert(connection, article.id, changes["tags"])
    return article_get(connection, article_id=article.id)


def article_delete(connection: Connection, *, article_id: int) -> bool:
    """Delete an article with its tags and comments; tell whether there was one."""
    return connection.execute(delete(articles).where(articles.c.id == article_id)).rowcount == 1


def _article(row: Sequence[Any], tags: list[str]) -> Article:
    identity, title, content, published, version, created_at, updated_at, author_id, username, name = row
    author = Author(author_id, username, name)
    return Article(identity, title, content, published, tags, author, version, created_at, updated_at)


def _tags_of(connection: Connection, article_ids: Sequence[int]) -> dict[int, list[str]]:
    tags: dict[int, list[str]] = defaultdict(list)
    for article_id, tag in connection.execute(_TAGS_OF_MANY, {"article_ids": article_ids}).all():
        tags[article_id].append(tag)
    return tags


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


def _sight(actor: Actor | None) -> str:
    if actor is None or actor.role == "viewer":
        return "published"
    return "all" if actor.is_admin else "published_or_own"


@lru_cache(maxsize=256)
def _page_statements(sight: str, narrow: frozenset[str], sort: str) -> tuple[Select[int], Select[*tuple[Any, ...]]]:
    # The combinations are few; each pair is built once, and only its parameters change.
    conditions = [*_VISIBLE[sight], *(_NARROWED[name] for name in sorted(narrow))]
    count = select(func.count()).select_from(articles).where(*conditions)
    page = _WITH_AUTHOR.where(*conditions).order_by(*_SORTS[sort])
    return count, page.offset(bindparam("skip")).limit(bindparam("limit"))

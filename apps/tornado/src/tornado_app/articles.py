"""Articles: list, write, read, change, delete."""

from typing import Any

from blogapi.etags import article_tag, precondition
from blogapi.jsonbody import dump_json
from blogapi.negotiation import JSON, MERGE_PATCH
from blogapi.pagination import keyset_representation
from blogapi.permissions import changeable_article, require_editor, visible_article
from blogapi.problems import Problem
from blogapi.records import Article
from blogapi.representations import article_representation
from blogapi.schemas import (
    ArticleCreate,
    ArticleKeysetQuery,
    ArticleListQuery,
    ArticleReplace,
    ArticleUpdate,
    validate_body,
)
from blogapi.store import article_lists as list_store
from blogapi.store import articles as store
from blogapi.timestamps import utc_now
from tornado_app.auth import current_actor, optional_actor
from tornado_app.middleware import BaseHandler
from tornado_app.pagination import write_page
from tornado_app.schemas import json_body, list_query


class ArticlesHandler(BaseHandler):
    """`/api/v1/articles`"""

    async def article_list(self) -> None:
        actor = await optional_actor(self)
        query = list_query(self, ArticleListQuery)
        narrow = list_store.ArticleFilter(query.author_id, query.tag, query.published, query.q)
        page = await self.database.read(
            list_store.article_page, actor=actor, narrow=narrow, skip=query.skip, limit=query.limit, sort=query.sort
        )
        data = [article_representation(article) for article in page.items]
        await write_page(self, data, total=page.total, query=query)

    async def article_create(self) -> None:
        actor = await current_actor(self)
        payload = await json_body(self)
        require_editor(actor)
        values = validate_body(ArticleCreate, payload).model_dump()
        article = await self.database.write(store.article_insert, author=actor.byline, values=values, now=utc_now())
        self.set_status(201)
        self.set_header("Location", f"{self.request.path}/{article.id}")
        self.write(article_representation(article))

    get = article_list
    post = article_create


class ArticleSliceHandler(BaseHandler):
    """`/api/v2/articles`"""

    async def article_slice(self) -> None:
        actor = await optional_actor(self)
        query = list_query(self, ArticleKeysetQuery)
        narrow = list_store.ArticleFilter(query.author_id, query.tag)
        found = await self.database.read(
            list_store.article_slice, actor=actor, narrow=narrow, after=query.cursor, limit=query.limit
        )
        data = [article_representation(article) for article in found.items]
        page = keyset_representation(data, limit=query.limit, following=found.next)
        await self.write_long(JSON, dump_json(page))

    get = article_slice


class ArticleHandler(BaseHandler):
    """`/api/v1/articles/{id}`"""

    async def article_get(self, article_id: str) -> None:
        actor = await optional_actor(self)
        article = visible_article(actor, await self._article(article_id))
        self.tag = article_tag(article)
        self.write(article_representation(article))

    async def article_replace(self, article_id: str) -> None:
        actor = await current_actor(self)
        payload = await json_body(self)
        article = changeable_article(actor, await self._article(article_id))
        await self._change(article, validate_body(ArticleReplace, payload).model_dump())

    async def article_update(self, article_id: str) -> None:
        actor = await current_actor(self)
        payload = await json_body(self, JSON, MERGE_PATCH)
        article = changeable_article(actor, await self._article(article_id))
        await self._change(article, validate_body(ArticleUpdate, payload).model_dump(exclude_unset=True))

    async def article_delete(self, article_id: str) -> None:
        actor = await current_actor(self)
        article = changeable_article(actor, await self._article(article_id))
        condition = precondition(self.request.headers, resource_id=article.id)
        if not await self.database.write(store.article_delete, article_id=article.id, condition=condition):
            raise Problem("not_found")
        self.set_status(204)

    get = article_get
    put = article_replace
    patch = article_update
    delete = article_delete

    async def _article(self, article_id: str) -> Article | None:
        return await self.database.read(store.article_get, article_id=int(article_id))

    async def _change(self, article: Article, changes: dict[str, Any]) -> None:
        condition = precondition(self.request.headers, resource_id=article.id)
        changed = await self.database.write(
            store.article_update, article=article, changes=changes, now=utc_now(), condition=condition
        )
        if changed is None:
            raise Problem("not_found")
        self.write(article_representation(changed))

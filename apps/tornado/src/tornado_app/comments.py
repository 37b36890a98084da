"""Comments: list, write, read, delete."""

from blogapi.etags import comment_tag, precondition
from blogapi.permissions import deletable_comment, visible_article
from blogapi.problems import Problem
from blogapi.records import Actor, Article, Comment
from blogapi.representations import comment_representation
from blogapi.schemas import CommentCreate, CommentListQuery, validate_body
from blogapi.store import articles as article_store
from blogapi.store import comments as store
from blogapi.timestamps import utc_now
from tornado_app.auth import current_actor, optional_actor
from tornado_app.middleware import BaseHandler
from tornado_app.pagination import write_page
from tornado_app.schemas import json_body, list_query


class CommentsHandler(BaseHandler):
    """`/api/v1/articles/{article_id}/comments`"""

    async def comment_list(self, article_id: str) -> None:
        actor = await optional_actor(self)
        article = await _require_article(self, actor, article_id)
        query = list_query(self, CommentListQuery)
        page = await self.database.read(store.comment_page, article_id=article.id, skip=query.skip, limit=query.limit)
        data = [comment_representation(comment) for comment in page.items]
        await write_page(self, data, total=page.total, query=query)

    async def comment_create(self, article_id: str) -> None:
        actor = await current_actor(self)
        payload = await json_body(self)
        article = await _require_article(self, actor, article_id)
        values = validate_body(CommentCreate, payload).model_dump()
        comment = await self.database.write(
            store.comment_insert, article_id=article.id, author=actor.byline, values=values, now=utc_now()
        )
        self.set_status(201)
        self.set_header("Location", f"{self.request.path}/{comment.id}")
        self.write(comment_representation(comment))

    get = comment_list
    post = comment_create


class CommentHandler(BaseHandler):
    """`/api/v1/articles/{article_id}/comments/{comment_id}`"""

    async def comment_get(self, article_id: str, comment_id: str) -> None:
        actor = await optional_actor(self)
        article = await _require_article(self, actor, article_id)
        comment = await self._comment(article, comment_id)
        if comment is None:
            raise Problem("not_found")
        self.tag = comment_tag(comment)
        self.write(comment_representation(comment))

    async def comment_delete(self, article_id: str, comment_id: str) -> None:
        actor = await current_actor(self)
        article = await _require_article(self, actor, article_id)
        comment = deletable_comment(actor, article, await self._comment(article, comment_id))
        condition = precondition(self.request.headers, resource_id=comment.id)
        deleted = await self.database.write(
            store.comment_delete, article_id=article.id, comment_id=comment.id, condition=condition
        )
        if not deleted:
            raise Problem("not_found")
        self.set_status(204)

    get = comment_get
    delete = comment_delete

    async def _comment(self, article: Article, comment_id: str) -> Comment | None:
        return await self.database.read(store.comment_get, article_id=article.id, comment_id=int(comment_id))


async def _require_article(handler: BaseHandler, actor: Actor | None, article_id: str) -> Article:
    return visible_article(actor, await handler.database.read(article_store.article_get, article_id=int(article_id)))

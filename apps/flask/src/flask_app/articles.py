"""Articles: list in two ways, write, read, change, delete."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from blogapi.etags import article_tag, precondition
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
from flask_app.auth import current_actor, optional_actor
from flask_app.caching import conditions, tagged
from flask_app.database import reading, writing
from flask_app.pagination import page_response
from flask_app.schemas import json_body, list_query

blueprint = Blueprint("articles", __name__)
blueprint_v2 = Blueprint("articles_v2", __name__)


@blueprint.get("/articles")
def article_list() -> ResponseReturnValue:
    actor = optional_actor()
    query = list_query(ArticleListQuery)
    narrow = list_store.ArticleFilter(query.author_id, query.tag, query.published, query.q)
    with reading() as connection:
        page = list_store.article_page(
            connection, actor=actor, narrow=narrow, skip=query.skip, limit=query.limit, sort=query.sort
        )
    data = [article_representation(article) for article in page.items]
    return page_response(data, total=page.total, query=query)


@blueprint_v2.get("/articles")
def article_slice() -> ResponseReturnValue:
    actor = optional_actor()
    query = list_query(ArticleKeysetQuery)
    narrow = list_store.ArticleFilter(query.author_id, query.tag)
    with reading() as connection:
        found = list_store.article_slice(connection, actor=actor, narrow=narrow, after=query.cursor, limit=query.limit)
    data = [article_representation(article) for article in found.items]
    return keyset_representation(data, limit=query.limit, following=found.next)


@blueprint.post("/articles")
def article_create() -> ResponseReturnValue:
    actor = current_actor()
    payload = json_body()
    require_editor(actor)
    values = validate_body(ArticleCreate, payload).model_dump()
    with writing() as connection:
        article = store.article_insert(connection, author=actor.byline, values=values, now=utc_now())
    return article_representation(article), 201, {"Location": f"{request.path}/{article.id}"}


@blueprint.get("/articles/<id:article_id>")
def article_get(article_id: int) -> ResponseReturnValue:
    actor = optional_actor()
    article = visible_article(actor, _article(article_id))
    return tagged(article_representation(article), article_tag(article))


@blueprint.put("/articles/<id:article_id>")
def article_replace(article_id: int) -> ResponseReturnValue:
    actor = current_actor()
    payload = json_body()
    article = changeable_article(actor, _article(article_id))
    return _change(article, validate_body(ArticleReplace, payload).model_dump())


@blueprint.patch("/articles/<id:article_id>")
def article_update(article_id: int) -> ResponseReturnValue:
    actor = current_actor()
    payload = json_body(JSON, MERGE_PATCH)
    article = changeable_article(actor, _article(article_id))
    return _change(article, validate_body(ArticleUpdate, payload).model_dump(exclude_unset=True))


@blueprint.delete("/articles/<id:article_id>")
def article_delete(article_id: int) -> ResponseReturnValue:
    changeable_article(current_actor(), _article(article_id))
    condition = precondition(conditions(), resource_id=article_id)
    with writing() as connection:
        if not store.article_delete(connection, article_id=article_id, condition=condition):
            raise Problem("not_found")
    return "", 204


def _article(article_id: int) -> Article | None:
    with reading() as connection:
        return store.article_get(connection, article_id=article_id)


def _change(article: Article, changes: dict[str, Any]) -> ResponseReturnValue:
    condition = precondition(conditions(), resource_id=article.id)
    with writing() as connection:
        changed = store.article_update(connection, article=article, changes=changes, now=utc_now(), condition=condition)
    if changed is None:
        raise Problem("not_found")
    return article_representation(changed)

"""Comments: list, write, read, delete."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from blogapi.etags import comment_tag, precondition
from blogapi.permissions import deletable_comment, visible_article
from blogapi.problems import Problem
from blogapi.records import Actor, Article
from blogapi.representations import comment_representation
from blogapi.schemas import CommentCreate, CommentListQuery, validate_body
from blogapi.store import articles as article_store
from blogapi.store import comments as store
from blogapi.timestamps import utc_now
from flask_app.auth import current_actor, optional_actor
from flask_app.caching import conditions, tagged
from flask_app.database import reading, writing
from flask_app.pagination import page_response
from flask_app.schemas import json_body, list_query

blueprint = Blueprint("comments", __name__)


@blueprint.get("/articles/<id:article_id>/comments")
def comment_list(article_id: int) -> ResponseReturnValue:
    actor = optional_actor()
    with reading() as connection:
        _visible(connection, actor, article_id)
        query = list_query(CommentListQuery)
        page = store.comment_page(connection, article_id=article_id, skip=query.skip, limit=query.limit)
    data = [comment_representation(comment) for comment in page.items]
    return page_response(data, total=page.total, query=query)


@blueprint.post("/articles/<id:article_id>/comments")
def comment_create(article_id: int) -> ResponseReturnValue:
    actor = current_actor()
    payload = json_body()
    with reading() as connection:
        _visible(connection, actor, article_id)
    values = validate_body(CommentCreate, payload).model_dump()
    with writing() as connection:
        comment = store.comment_insert(
            connection, article_id=article_id, author=actor.byline, values=values, now=utc_now()
        )
    return comment_representation(comment), 201, {"Location": f"{request.path}/{comment.id}"}


@blueprint.get("/articles/<id:article_id>/comments/<id:comment_id>")
def comment_get(article_id: int, comment_id: int) -> ResponseReturnValue:
    actor = optional_actor()
    with reading() as connection:
        _visible(connection, actor, article_id)
        comment = store.comment_get(connection, article_id=article_id, comment_id=comment_id)
    if comment is None:
        raise Problem("not_found")
    return tagged(comment_representation(comment), comment_tag(comment))


@blueprint.delete("/articles/<id:article_id>/comments/<id:comment_id>")
def comment_delete(article_id: int, comment_id: int) -> ResponseReturnValue:
    actor = current_actor()
    with reading() as connection:
        article = _visible(connection, actor, article_id)
        comment = store.comment_get(connection, article_id=article_id, comment_id=comment_id)
    deletable_comment(actor, article, comment)
    condition = precondition(conditions(), resource_id=comment_id)
    with writing() as connection:
        if not store.comment_delete(connection, article_id=article_id, comment_id=comment_id, condition=condition):
            raise Problem("not_found")
    return "", 204


def _visible(connection: Connection, actor: Actor | None, article_id: int) -> Article:
    return visible_article(actor, article_store.article_get(connection, article_id=article_id))

"""Comments: list, write, read, delete."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from blogapi.etags import comment_tag, precondition
from blogapi.permissions import deletable_comment, visible_article
from blogapi.problems import Problem
from blogapi.records import Article
from blogapi.representations import comment_representation
from blogapi.schemas import CommentCreate, CommentListQuery
from blogapi.store import articles as article_store
from blogapi.store import comments as store
from blogapi.timestamps import utc_now
from fastapi_app import schemas
from fastapi_app.auth import CurrentActor, OptionalActor
from fastapi_app.database import read, write
from fastapi_app.middleware import ApiRoute
from fastapi_app.openapi import DATA_COMMON, JSON_NEEDED, TOKEN_NEEDED, TOKEN_OPTIONAL, problems
from fastapi_app.openapi_headers import CREATED, DELETED, PUBLIC, many, one
from fastapi_app.pagination import page_response
from fastapi_app.schemas import ApiRequest, ApiResponse, ArticleId, CommentId, JsonPayload

router = APIRouter(route_class=ApiRoute, tags=["comments"])


async def readable_article(request: Request, actor: OptionalActor, article_id: ArticleId) -> Article:
    """The article of the path, which the caller must be allowed to see."""
    return visible_article(actor, await read(request, article_store.article_get, article_id=article_id))


async def commentable_article(request: Request, actor: CurrentActor, article_id: ArticleId) -> Article:
    """The article of the path, which the actor must be allowed to see."""
    return visible_article(actor, await read(request, article_store.article_get, article_id=article_id))


ReadableArticle = Annotated[Article, Depends(readable_article)]
CommentableArticle = Annotated[Article, Depends(commentable_article)]


@router.get(
    "/articles/{article_id:id}/comments",
    summary="List the comments of an article",
    response_model=schemas.CommentPage,
    responses=many(PUBLIC, "Link") | problems(*DATA_COMMON, "invalid_token", "not_found", "validation_failed"),
    openapi_extra=TOKEN_OPTIONAL,
)
async def comment_list(
    request: ApiRequest, article: ReadableArticle, query: Annotated[CommentListQuery, Query()]
) -> ApiResponse:
    page = await read(request, store.comment_page, article_id=article.id, skip=query.skip, limit=query.limit)
    data = [comment_representation(comment) for comment in page.items]
    return page_response(request, data, total=page.total, query=query)


# A signature names the checks in the contract's order: see articles.py.
@router.post(
    "/articles/{article_id:id}/comments",
    summary="Comment on an article",
    status_code=201,
    response_model=schemas.Comment,
    responses=CREATED | problems(*DATA_COMMON, *TOKEN_NEEDED, "not_found", *JSON_NEEDED),
)
async def comment_create(
    request: Request, actor: CurrentActor, _json: JsonPayload, article: CommentableArticle, comment: CommentCreate
) -> ApiResponse:
    values = comment.model_dump()
    created = await write(
        request, store.comment_insert, article_id=article.id, author=actor.byline, values=values, now=utc_now()
    )
    location = f"{request.scope['path']}/{created.id}"
    return ApiResponse(comment_representation(created), 201, {"Location": location})


@router.get(
    "/articles/{article_id:id}/comments/{comment_id:id}",
    summary="Read a comment",
    response_model=schemas.Comment,
    responses=one(PUBLIC) | problems(*DATA_COMMON, "invalid_token", "not_found", "precondition_failed"),
    openapi_extra=TOKEN_OPTIONAL,
)
async def comment_get(request: Request, article: ReadableArticle, comment_id: CommentId) -> ApiResponse:
    comment = await read(request, store.comment_get, article_id=article.id, comment_id=comment_id)
    if comment is None:
        raise Problem("not_found")
    return ApiResponse(comment_representation(comment), headers={"ETag": comment_tag(comment)})


@router.delete(
    "/articles/{article_id:id}/comments/{comment_id:id}",
    summary="Delete a comment",
    status_code=204,
    responses=DELETED | problems(*DATA_COMMON, *TOKEN_NEEDED, "forbidden", "not_found", "precondition_failed"),
)
async def comment_delete(
    request: Request, actor: CurrentActor, article: CommentableArticle, comment_id: CommentId
) -> Response:
    found = await read(request, store.comment_get, article_id=article.id, comment_id=comment_id)
    comment = deletable_comment(actor, article, found)
    condition = precondition(request.headers, resource_id=comment.id)
    if not await write(
        request, store.comment_delete, article_id=article.id, comment_id=comment.id, condition=condition
    ):
        raise Problem("not_found")
    return Response(status_code=204)

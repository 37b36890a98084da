"""Articles: list in two ways, write, read, change, delete."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from blogapi.etags import article_tag, precondition
from blogapi.pagination import keyset_representation
from blogapi.permissions import changeable_article, visible_article
from blogapi.problems import Problem
from blogapi.records import Article
from blogapi.representations import article_representation
from blogapi.schemas import ArticleCreate, ArticleKeysetQuery, ArticleListQuery, ArticleReplace, ArticleUpdate
from blogapi.store import article_lists as list_store
from blogapi.store import articles as store
from blogapi.timestamps import utc_now
from fastapi_app import schemas
from fastapi_app.auth import CurrentActor, CurrentEditor, OptionalActor
from fastapi_app.database import read, write
from fastapi_app.middleware import ApiRoute
from fastapi_app.openapi import DATA_COMMON, JSON_NEEDED, TOKEN_NEEDED, TOKEN_OPTIONAL, problems
from fastapi_app.openapi_headers import CREATED, DELETED, MODIFIED, PUBLIC, many, one
from fastapi_app.pagination import page_response
from fastapi_app.schemas import ApiRequest, ApiResponse, ArticleId, JsonPayload, PatchPayload

router = APIRouter(route_class=ApiRoute, tags=["articles"])
router_v2 = APIRouter(route_class=ApiRoute, tags=["articles"])


async def editable_article(request: Request, actor: CurrentActor, article_id: ArticleId) -> Article:
    """The article of the path, which the actor must be allowed to change."""
    return changeable_article(actor, await read(request, store.article_get, article_id=article_id))


EditableArticle = Annotated[Article, Depends(editable_article)]
REFUSED = (*TOKEN_NEEDED, "forbidden")
ONE_REFUSED = (*REFUSED, "not_found", "precondition_failed")


@router.get(
    "/articles",
    summary="List the articles that the caller may see",
    response_model=schemas.ArticlePage,
    responses=many(PUBLIC, "Link") | problems(*DATA_COMMON, "invalid_token", "validation_failed"),
    openapi_extra=TOKEN_OPTIONAL,
)
async def article_list(
    request: ApiRequest, actor: OptionalActor, query: Annotated[ArticleListQuery, Query()]
) -> ApiResponse:
    narrow = list_store.ArticleFilter(query.author_id, query.tag, query.published, query.q)
    page = await read(
        request,
        list_store.article_page,
        actor=actor,
        narrow=narrow,
        skip=query.skip,
        limit=query.limit,
        sort=query.sort,
    )
    data = [article_representation(article) for article in page.items]
    return page_response(request, data, total=page.total, query=query)


@router_v2.get(
    "/articles",
    summary="List the newest articles by keyset",
    response_model=schemas.ArticleSlice,
    responses=many(PUBLIC) | problems(*DATA_COMMON, "invalid_token", "validation_failed"),
    openapi_extra=TOKEN_OPTIONAL,
)
async def article_slice(
    request: Request, actor: OptionalActor, query: Annotated[ArticleKeysetQuery, Query()]
) -> ApiResponse:
    narrow = list_store.ArticleFilter(query.author_id, query.tag)
    found = await read(
        request, list_store.article_slice, actor=actor, narrow=narrow, after=query.cursor, limit=query.limit
    )
    data = [article_representation(article) for article in found.items]
    return ApiResponse(keyset_representation(data, limit=query.limit, following=found.next))


# A signature names the checks in the contract's order: FastAPI solves the dependencies from left to right, and
# validates body and query after all of them.
@router.post(
    "/articles",
    summary="Write an article",
    status_code=201,
    response_model=schemas.Article,
    responses=CREATED | problems(*DATA_COMMON, *REFUSED, *JSON_NEEDED),
)
async def article_create(
    request: Request, actor: CurrentActor, _json: JsonPayload, _editor: CurrentEditor, article: ArticleCreate
) -> ApiResponse:
    values = article.model_dump()
    created = await write(request, store.article_insert, author=actor.byline, values=values, now=utc_now())
    location = f"{request.scope['path']}/{created.id}"
    return ApiResponse(article_representation(created), 201, {"Location": location})


@router.get(
    "/articles/{article_id:id}",
    summary="Read an article",
    response_model=schemas.Article,
    responses=one(PUBLIC) | problems(*DATA_COMMON, "invalid_token", "not_found", "precondition_failed"),
    openapi_extra=TOKEN_OPTIONAL,
)
async def article_get(request: Request, actor: OptionalActor, article_id: ArticleId) -> ApiResponse:
    article = visible_article(actor, await read(request, store.article_get, article_id=article_id))
    return ApiResponse(article_representation(article), headers={"ETag": article_tag(article)})


@router.put(
    "/articles/{article_id:id}",
    summary="Replace an article",
    response_model=schemas.Article,
    responses=MODIFIED | problems(*DATA_COMMON, *ONE_REFUSED, *JSON_NEEDED),
)
async def article_replace(
    request: Request, _actor: CurrentActor, _json: JsonPayload, article: EditableArticle, changes: ArticleReplace
) -> ApiResponse:
    return await _change(request, article, changes.model_dump())


@router.patch(
    "/articles/{article_id:id}",
    summary="Change parts of an article",
    response_model=schemas.Article,
    responses=MODIFIED | problems(*DATA_COMMON, *ONE_REFUSED, *JSON_NEEDED),
)
async def article_update(
    request: Request, _actor: CurrentActor, _json: PatchPayload, article: EditableArticle, changes: ArticleUpdate
) -> ApiResponse:
    return await _change(request, article, changes.model_dump(exclude_unset=True))


@router.delete(
    "/articles/{article_id:id}",
    summary="Delete an article",
    status_code=204,
    responses=DELETED | problems(*DATA_COMMON, *ONE_REFUSED),
)
async def article_delete(request: Request, article: EditableArticle) -> Response:
    condition = precondition(request.headers, resource_id=article.id)
    if not await write(request, store.article_delete, article_id=article.id, condition=condition):
        raise Problem("not_found")
    return Response(status_code=204)


async def _change(request: Request, article: Article, changes: dict[str, Any]) -> ApiResponse:
    condition = precondition(request.headers, resource_id=article.id)
    changed = await write(
        request, store.article_update, article=article, changes=changes, now=utc_now(), condition=condition
    )
    if changed is None:
        raise Problem("not_found")
    return ApiResponse(article_representation(changed))

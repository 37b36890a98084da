"""Articles: list, write, read, change, delete."""

from typing import Any

from django.db import transaction
from rest_framework.pagination import BasePagination
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from blogapi.etags import article_tag, precondition
from blogapi.permissions import changeable_article, require_editor, visible_article
from blogapi.problems import Problem
from blogapi.records import Article, Cursor, Slice
from blogapi.timestamps import utc_now
from django_app.auth import current_actor, optional_actor
from django_app.openapi import CONDITIONAL, JSON_IN, OPTIONAL_TOKEN, TOKEN, describe
from django_app.pagination import KeysetPagination, SkipLimitPagination
from django_app.representations import ArticleSerializer
from django_app.schemas import (
    ArticleCreate,
    ArticleKeysetQuery,
    ArticleListQuery,
    ArticleReplace,
    ArticleUpdate,
    list_query,
    request_body,
    validate_body,
)
from django_app.store import article_lists as lists
from django_app.store import articles as store
from django_app.views import ContractViewSet, created


class ArticleViewSet(ContractViewSet):
    """`/api/v1/articles` and below, and `/api/v2/articles`."""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    # For the description, as its route has it.
    pagination_class: type[BasePagination] = SkipLimitPagination

    @describe(ArticleSerializer(many=True), OPTIONAL_TOKEN, "validation_failed", query=ArticleListQuery)
    def article_list(self, request: Request) -> Response:
        """List the articles that the caller may see."""
        actor = optional_actor(request)
        query = list_query(ArticleListQuery, request)
        narrow = lists.ArticleFilter(query["author_id"], query["tag"], query["published"], query["q"])
        paginator = SkipLimitPagination(skip=query["skip"], limit=query["limit"])
        listing = lists.article_listing(actor=actor, narrow=narrow, sort=query["sort"])
        articles = paginator.paginate_queryset(listing, request)
        return paginator.get_paginated_response(ArticleSerializer(articles, many=True).data)

    @describe(ArticleSerializer(many=True), OPTIONAL_TOKEN, "validation_failed", query=ArticleKeysetQuery)
    def article_slice(self, request: Request) -> Response:
        """List the newest articles that the caller may see."""
        actor = optional_actor(request)
        query = list_query(ArticleKeysetQuery, request)
        narrow = lists.ArticleFilter(query["author_id"], query["tag"])

        def newest(after: Cursor | None, limit: int) -> Slice[Article]:
            return lists.article_slice(actor=actor, narrow=narrow, after=after, limit=limit)

        paginator = KeysetPagination(after=query["after"], limit=query["limit"])
        articles = paginator.paginate_queryset(newest, request)
        return paginator.get_paginated_response(ArticleSerializer(articles, many=True).data)

    @describe(ArticleSerializer, TOKEN, JSON_IN, "forbidden", status=201, request=ArticleCreate)
    def article_create(self, request: Request) -> Response:
        """Write an article."""
        actor = current_actor(request)
        payload = request_body(request)
        require_editor(actor)
        values = validate_body(ArticleCreate, payload)
        with transaction.atomic():
            article = store.article_insert(author=actor.byline, values=values, now=utc_now())
        return created(request, ArticleSerializer(article).data)

    @describe(ArticleSerializer, OPTIONAL_TOKEN, "not_found", is_tagged=True)
    def article_get(self, request: Request, article_id: int) -> Response:
        """Read an article."""
        article = visible_article(optional_actor(request), store.article_get(article_id=article_id))
        return Response(ArticleSerializer(article).data, headers={"ETag": article_tag(article)})

    @describe(ArticleSerializer, TOKEN, CONDITIONAL, JSON_IN, "forbidden not_found", request=ArticleReplace)
    def article_replace(self, request: Request, article_id: int) -> Response:
        """Replace an article."""
        actor = current_actor(request)
        payload = request_body(request)
        article = changeable_article(actor, store.article_get(article_id=article_id))
        return _change(request, article, validate_body(ArticleReplace, payload))

    @describe(ArticleSerializer, TOKEN, CONDITIONAL, JSON_IN, "forbidden not_found", request=ArticleUpdate)
    def article_update(self, request: Request, article_id: int) -> Response:
        """Change parts of an article."""
        actor = current_actor(request)
        payload = request_body(request)
        article = changeable_article(actor, store.article_get(article_id=article_id))
        return _change(request, article, validate_body(ArticleUpdate, payload))

    @describe(None, TOKEN, CONDITIONAL, "forbidden not_found", status=204)
    def article_delete(self, request: Request, article_id: int) -> Response:
        """Delete an article."""
        changeable_article(current_actor(request), store.article_get(article_id=article_id))
        condition = precondition(request.headers, resource_id=article_id)
        with transaction.atomic():
            if not store.article_delete(article_id=article_id, condition=condition):
                raise Problem("not_found")
        return Response(status=204)


def _change(request: Request, article: Article, changes: dict[str, Any]) -> Response:
    condition = precondition(request.headers, resource_id=article.id)
    with transaction.atomic():
        changed = store.article_update(article=article, changes=changes, now=utc_now(), condition=condition)
    if changed is None:
        raise Problem("not_found")
    return Response(ArticleSerializer(changed).data)

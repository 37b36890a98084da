"""Articles: list, write, read, change, delete."""

from typing import Any

from django.db import transaction
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from blogapi.permissions import changeable_article, require_editor, visible_article
from blogapi.problems import Problem
from blogapi.records import Article, Author
from blogapi.timestamps import utc_now
from django_app.auth import current_actor, optional_actor
from django_app.openapi import JSON_IN, OPTIONAL_TOKEN, TOKEN, describe
from django_app.pagination import SkipLimitPagination
from django_app.representations import ArticleSerializer
from django_app.schemas import (
    ArticleCreate,
    ArticleListQuery,
    ArticleReplace,
    ArticleUpdate,
    list_query,
    request_body,
    validate_body,
)
from django_app.store import articles as store
from django_app.views import ContractViewSet, created


class ArticleViewSet(ContractViewSet):
    """`/api/v1/articles` and below."""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    pagination_class = SkipLimitPagination

    @describe(ArticleSerializer(many=True), OPTIONAL_TOKEN, "validation_failed", query=ArticleListQuery)
    def article_list(self, request: Request) -> Response:
        """List the articles that the caller may see."""
        actor = optional_actor(request)
        query = list_query(ArticleListQuery, request)
        narrow = store.ArticleFilter(query["author_id"], query["tag"], query["published"], query["q"])
        paginator = self.pagination_class(skip=query["skip"], limit=query["limit"])
        listing = store.article_listing(actor=actor, narrow=narrow, sort=query["sort"])
        articles = paginator.paginate_queryset(listing, request)
        return paginator.get_paginated_response(ArticleSerializer(articles, many=True).data)

    @describe(ArticleSerializer, TOKEN, JSON_IN, "forbidden", status=201, request=ArticleCreate)
    def article_create(self, request: Request) -> Response:
        """Write an article."""
        actor = current_actor(request)
        payload = request_body(request)
        require_editor(actor)
        values = validate_body(ArticleCreate, payload)
        author = Author(actor.id, actor.username, actor.name)
        with transaction.atomic():
            article = store.article_insert(author=author, values=values, now=utc_now())
        return created(request, ArticleSerializer(article).data)

    @describe(ArticleSerializer, OPTIONAL_TOKEN, "not_found")
    def article_get(self, request: Request, article_id: int) -> Response:
        """Read an article."""
        article = visible_article(optional_actor(request), store.article_get(article_id=article_id))
        return Response(ArticleSerializer(article).data)

    @describe(ArticleSerializer, TOKEN, JSON_IN, "forbidden not_found", request=ArticleReplace)
    def article_replace(self, request: Request, article_id: int) -> Response:
        """Replace an article."""
        actor = current_actor(request)
        payload = request_body(request)
        article = changeable_article(actor, store.article_get(article_id=article_id))
        return _change(article, validate_body(ArticleReplace, payload))

    @describe(ArticleSerializer, TOKEN, JSON_IN, "forbidden not_found", request=ArticleUpdate)
    def article_update(self, request: Request, article_id: int) -> Response:
        """Change parts of an article."""
        actor = current_actor(request)
        payload = request_body(request)
        article = changeable_article(actor, store.article_get(article_id=article_id))
        return _change(article, validate_body(ArticleUpdate, payload))

    @describe(None, TOKEN, "forbidden not_found", status=204)
    def article_delete(self, request: Request, article_id: int) -> Response:
        """Delete an article."""
        changeable_article(current_actor(request), store.article_get(article_id=article_id))
        with transaction.atomic():
            if not store.article_delete(article_id=article_id):
                raise Problem("not_found")
        return Response(status=204)


def _change(article: Article, changes: dict[str, Any]) -> Response:
    with transaction.atomic():
        changed = store.article_update(article=article, changes=changes, now=utc_now())
    if changed is None:
        raise Problem("not_found")
    return Response(ArticleSerializer(changed).data)

"""Comments: list, write, read, delete."""

from django.db import transaction
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from blogapi.etags import comment_tag, precondition
from blogapi.permissions import deletable_comment, visible_article
from blogapi.problems import Problem
from blogapi.records import Actor, Article
from blogapi.timestamps import utc_now
from django_app.auth import current_actor, optional_actor
from django_app.openapi import CONDITIONAL, JSON_IN, OPTIONAL_TOKEN, TOKEN, describe
from django_app.pagination import SkipLimitPagination
from django_app.representations import CommentSerializer
from django_app.schemas import CommentCreate, CommentListQuery, list_query, request_body, validate_body
from django_app.store import articles, comments
from django_app.views import ContractViewSet, created


class CommentViewSet(ContractViewSet):
    """`/api/v1/articles/{article_id}/comments` and below."""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    pagination_class = SkipLimitPagination

    @describe(CommentSerializer(many=True), OPTIONAL_TOKEN, "not_found validation_failed", query=CommentListQuery)
    def comment_list(self, request: Request, article_id: int) -> Response:
        """List an article's comments."""
        _visible(optional_actor(request), article_id)
        query = list_query(CommentListQuery, request)
        paginator = self.pagination_class(skip=query["skip"], limit=query["limit"])
        found = paginator.paginate_queryset(comments.comment_listing(article_id=article_id), request)
        return paginator.get_paginated_response(CommentSerializer(found, many=True).data)

    @describe(CommentSerializer, TOKEN, JSON_IN, "not_found", status=201, request=CommentCreate)
    def comment_create(self, request: Request, article_id: int) -> Response:
        """Comment on an article."""
        actor = current_actor(request)
        payload = request_body(request)
        _visible(actor, article_id)
        values = validate_body(CommentCreate, payload)
        with transaction.atomic():
            comment = comments.comment_insert(article_id=article_id, author=actor.byline, values=values, now=utc_now())
        return created(request, CommentSerializer(comment).data)

    @describe(CommentSerializer, OPTIONAL_TOKEN, "not_found", is_tagged=True)
    def comment_get(self, request: Request, article_id: int, comment_id: int) -> Response:
        """Read a comment."""
        _visible(optional_actor(request), article_id)
        comment = comments.comment_get(article_id=article_id, comment_id=comment_id)
        if comment is None:
            raise Problem("not_found")
        return Response(CommentSerializer(comment).data, headers={"ETag": comment_tag(comment)})

    @describe(None, TOKEN, CONDITIONAL, "forbidden not_found", status=204)
    def comment_delete(self, request: Request, article_id: int, comment_id: int) -> Response:
        """Delete a comment."""
        actor = current_actor(request)
        article = _visible(actor, article_id)
        deletable_comment(actor, article, comments.comment_get(article_id=article_id, comment_id=comment_id))
        condition = precondition(request.headers, resource_id=comment_id)
        with transaction.atomic():
            if not comments.comment_delete(article_id=article_id, comment_id=comment_id, condition=condition):
                raise Problem("not_found")
        return Response(status=204)


def _visible(actor: Actor | None, article_id: int) -> Article:
    return visible_article(actor, articles.article_get(article_id=article_id))

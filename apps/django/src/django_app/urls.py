"""The route table, and who answers for what no route or view answers."""

from django.urls import include, path, register_converter

from blogapi.rules import ID_PATTERN
from django_app.articles import ArticleViewSet
from django_app.auth import TokenViewSet
from django_app.comments import CommentViewSet
from django_app.pagination import KeysetPagination
from django_app.service import ServiceViewSet
from django_app.users import UserViewSet


class IdConverter:
    """Matches what can be an id, so that anything else is no route."""

    regex = ID_PATTERN

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(IdConverter, "id")

_V1 = [
    path("ping", ServiceViewSet.as_view({"get": "ping"})),
    path("token", TokenViewSet.as_view({"post": "token_create"})),
    path("users", UserViewSet.as_view({"get": "user_list", "post": "user_create"})),
    path("users/me", UserViewSet.as_view({"get": "user_me"})),
    path(
        "users/<id:user_id>",
        UserViewSet.as_view(
            {"get": "user_get", "put": "user_replace", "patch": "user_update", "delete": "user_delete"}
        ),
    ),
    path("articles", ArticleViewSet.as_view({"get": "article_list", "post": "article_create"})),
    path(
        "articles/<id:article_id>",
        ArticleViewSet.as_view(
            {"get": "article_get", "put": "article_replace", "patch": "article_update", "delete": "article_delete"}
        ),
    ),
    path(
        "articles/<id:article_id>/comments",
        CommentViewSet.as_view({"get": "comment_list", "post": "comment_create"}),
    ),
    path(
        "articles/<id:article_id>/comments/<id:comment_id>",
        CommentViewSet.as_view({"get": "comment_get", "delete": "comment_delete"}),
    ),
]
_V2 = [
    path("articles", ArticleViewSet.as_view({"get": "article_slice"}, pagination_class=KeysetPagination)),
]
urlpatterns = [
    path("api/v1/", include(_V1)),
    path("api/v2/", include(_V2)),
    path("", ServiceViewSet.as_view({"get": "root"})),
    path("health", ServiceViewSet.as_view({"get": "health"}, throttle_classes=())),
    path("health/live", ServiceViewSet.as_view({"get": "health_live"}, throttle_classes=())),
    path("health/ready", ServiceViewSet.as_view({"get": "health_ready"}, throttle_classes=())),
    path("metrics", ServiceViewSet.as_view({"get": "metrics"}, throttle_classes=())),
    path("openapi.json", ServiceViewSet.as_view({"get": "openapi"})),
    path("docs", ServiceViewSet.as_view({"get": "docs"})),
    path("docs/<str:name>", ServiceViewSet.as_view({"get": "docs_asset"})),
    path("problems/<str:code>", ServiceViewSet.as_view({"get": "problem_page"})),
]

handler400 = "django_app.errors.bad_request"
handler404 = "django_app.errors.not_found"
handler500 = "django_app.errors.server_error"

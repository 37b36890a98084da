"""The contract's pages: by `skip` and `limit`, with a total and a Link header; and by keyset, with a cursor."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from blogapi import rules
from blogapi.pagination import keyset_representation, link_header, page_representation
from blogapi.records import Cursor, Slice
from django_app.fields import CURSOR_PATTERN
from django_app.schemas import raw_query

if TYPE_CHECKING:
    from rest_framework.views import APIView

T = TypeVar("T")


class Listing(Generic[T]):
    """A list to be counted and sliced, as Django's paginators ask of what they page.

    Args:
        counted: without the joins that only the columns need.
        rows: of the same rows, ordered.
        read: turns some of them into records.
    """

    def __init__(
        self, counted: QuerySet[Any, Any], rows: QuerySet[Any, Any], read: Callable[[QuerySet[Any, Any]], list[T]]
    ) -> None:
        self.count = counted.count
        self._rows = rows
        self._read = read

    def __getitem__(self, part: slice) -> list[T]:
        return self._read(self._rows[part])


class SkipLimitPagination(BasePagination):
    """A page by `skip` and `limit`, as the query was validated."""

    page_name = "Page"

    def __init__(self, *, skip: int = 0, limit: int = rules.LIMIT_DEFAULT) -> None:
        self.skip = skip
        self.limit = limit

    def paginate_queryset(  # type: ignore[override]  # takes what can be counted and sliced
        self, queryset: Listing[T], request: Request, view: "APIView | None" = None
    ) -> list[T]:
        self.request = request
        self.total = queryset.count()
        return queryset[self.skip : self.skip + self.limit]

    def get_paginated_response(self, data: Any) -> Response:
        page = {"total": self.total, "skip": self.skip, "limit": self.limit}
        link = link_header(self.request.path, raw_query(self.request), **page)
        return Response(page_representation(data, **page), headers={"Link": link} if link else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0}
        limit = {"type": "integer", "minimum": rules.LIMIT_MIN, "maximum": rules.LIMIT_MAX}
        meta = {"total": count, "skip": {**count, "maximum": rules.ID_MAX}, "limit": limit}
        return _object({"data": {**schema, "maxItems": rules.LIMIT_MAX}, "meta": _object(meta)})


class KeysetPagination(BasePagination):
    """A page that begins behind the row where the last one ended.

    DRF's CursorPagination orders by one column and counts through ties; it answers with links.
    """

    page_name = "Slice"

    def __init__(self, *, after: Cursor | None = None, limit: int = rules.LIMIT_DEFAULT) -> None:
        self.after = after
        self.limit = limit

    def paginate_queryset(  # type: ignore[override]  # takes what gives a part by cursor
        self, queryset: Callable[[Cursor | None, int], Slice[T]], request: Request, view: "APIView | None" = None
    ) -> list[T]:
        found = queryset(self.after, self.limit)
        self.following = found.next
        return found.items

    def get_paginated_response(self, data: Any) -> Response:
        return Response(keyset_representation(data, limit=self.limit, following=self.following))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        limit = {"type": "integer", "minimum": rules.LIMIT_MIN, "maximum": rules.LIMIT_MAX}
        meta = {"limit": limit, "next": {"type": ["string", "null"], "pattern": CURSOR_PATTERN}}
        return _object({"data": {**schema, "maxItems": rules.LIMIT_MAX}, "meta": _object(meta)})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}

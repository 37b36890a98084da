"""Pages of a list: their JSON, and their Link header (RFC 8288)."""

from typing import Any
from urllib.parse import urlencode

from blogapi.cursors import format_cursor
from blogapi.records import Cursor
from blogapi.representations import JsonObject


def page_representation(data: list[Any], *, total: int, skip: int, limit: int) -> JsonObject:
    """The JSON object of a page."""
    return {"data": data, "meta": {"total": total, "skip": skip, "limit": limit}}


def keyset_representation(data: list[Any], *, limit: int, following: Cursor | None) -> JsonObject:
    """The JSON object of a keyset page; `following` is where the next one begins, None at the end."""
    return {"data": data, "meta": {"limit": limit, "next": None if following is None else format_cursor(following)}}


def link_header(path: str, pairs: list[tuple[str, str]], *, total: int, skip: int, limit: int) -> str | None:
    """Write the Link header's value.

    Args:
        path: of the request.
        pairs: the request's query; what is not of the page is kept, in its order.
        total: rows in the whole list.
        skip: rows before this page.
        limit: rows a page.

    Returns:
        The value with `first`, `prev`, `next` and `last` as they apply, or None for an empty list.
    """
    if total == 0:
        return None
    kept = [(name, value) for name, value in pairs if name not in ("skip", "limit")]
    targets = {"first": 0}
    if skip > 0:
        targets["prev"] = max(0, skip - limit)
    if skip + limit < total:
        targets["next"] = skip + limit
    targets["last"] = (total - 1) // limit * limit
    return ", ".join(
        f'<{path}?{urlencode([*kept, ("skip", start), ("limit", limit)])}>; rel="{relation}"'
        for relation, start in targets.items()
    )

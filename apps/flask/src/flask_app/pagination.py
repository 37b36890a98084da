"""Pages out: their JSON and their links."""

from flask import request
from flask.typing import ResponseReturnValue

from blogapi.pagination import link_header, page_representation
from blogapi.representations import JsonObject
from blogapi.schemas import PageQuery
from flask_app.schemas import raw_query


def page_response(data: list[JsonObject], *, total: int, query: PageQuery) -> ResponseReturnValue:
    """Answer with a page of a list of `total` rows."""
    link = link_header(request.path, raw_query(), total=total, skip=query.skip, limit=query.limit)
    page = page_representation(data, total=total, skip=query.skip, limit=query.limit)
    return page, {"Link": link} if link else {}

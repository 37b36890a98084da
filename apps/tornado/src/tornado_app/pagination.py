"""Pages out: their JSON and their links."""

from blogapi.jsonbody import dump_json
from blogapi.negotiation import JSON
from blogapi.pagination import link_header, page_representation
from blogapi.representations import JsonObject
from blogapi.schemas import PageQuery
from tornado_app.middleware import BaseHandler
from tornado_app.schemas import raw_query


async def write_page(handler: BaseHandler, data: list[JsonObject], *, total: int, query: PageQuery) -> None:
    """Answer with a page of a list of `total` rows."""
    pairs = raw_query(handler)
    link = link_header(handler.request.path, pairs, total=total, skip=query.skip, limit=query.limit)
    if link:
        handler.set_header("Link", link)
    page = page_representation(data, total=total, skip=query.skip, limit=query.limit)
    await handler.write_long(JSON, dump_json(page))

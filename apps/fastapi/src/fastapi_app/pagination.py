"""Pages out: their JSON and their links."""

from blogapi.pagination import link_header, page_representation
from blogapi.representations import JsonObject
from blogapi.schemas import PageQuery
from fastapi_app.schemas import ApiRequest, ApiResponse


def page_response(request: ApiRequest, data: list[JsonObject], *, total: int, query: PageQuery) -> ApiResponse:
    """Answer with a page of a list of `total` rows."""
    pairs = request.query_params.multi_items()
    link = link_header(request.scope["path"], pairs, total=total, skip=query.skip, limit=query.limit)
    page = page_representation(data, total=total, skip=query.skip, limit=query.limit)
    return ApiResponse(page, headers={"Link": link} if link else {})

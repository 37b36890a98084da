"""JSON and queries in: Tornado's own readers are too lenient for the contract."""

from typing import Any, TypeVar

from pydantic import BaseModel

from blogapi import schemas
from blogapi.jsonbody import parse_json
from blogapi.negotiation import JSON, check_content_type
from blogapi.queries import query_pairs
from tornado_app.middleware import BaseHandler
from tornado_app.threads import in_thread

Model = TypeVar("Model", bound=BaseModel)
# Up to here reading takes less than a thread's start; a body at the limit may take a third of a second.
SMALL_BYTES = 64 * 1024


async def json_body(handler: BaseHandler, *media_types: str) -> Any:
    """Read the request's JSON, whatever it holds; JSON's own media type unless others are named."""
    check_content_type(handler.request.headers.get("Content-Type"), *(media_types or (JSON,)))
    body = handler.whole_body()
    return parse_json(body) if len(body) <= SMALL_BYTES else await in_thread(parse_json, body)


def list_query(handler: BaseHandler, model: type[Model]) -> Model:
    """Read the request's query."""
    return schemas.validate_query(model, raw_query(handler))


def raw_query(handler: BaseHandler) -> list[tuple[str, str]]:
    """The query's names and values in their order."""
    return query_pairs(handler.request.query)

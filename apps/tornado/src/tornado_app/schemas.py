"""JSON and queries in: Tornado's own readers are too lenient for the contract."""

from typing import Any, TypeVar

from pydantic import BaseModel

from blogapi import schemas
from blogapi.jsonbody import parse_json
from blogapi.negotiation import JSON, check_content_type
from blogapi.queries import query_pairs
from tornado_app.middleware import BaseHandler

Model = TypeVar("Model", bound=BaseModel)


def json_body(handler: BaseHandler, *media_types: str) -> Any:
    """Read the request's JSON, whatever it holds; JSON's own media type unless others are named."""
    check_content_type(handler.request.headers.get("Content-Type"), *(media_types or (JSON,)))
    return parse_json(handler.whole_body())


def list_query(handler: BaseHandler, model: type[Model]) -> Model:
    """Read the request's query."""
    return schemas.validate_query(model, raw_query(handler))


def raw_query(handler: BaseHandler) -> list[tuple[str, str]]:
    """The query's names and values in their order."""
    return query_pairs(handler.request.query)

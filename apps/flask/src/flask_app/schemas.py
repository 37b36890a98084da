"""JSON in and out: Flask's own reader is too lenient for the contract, and its writer can be replaced."""

from typing import Any, TypeVar

from flask import Response, current_app, request
from flask.json.provider import JSONProvider
from pydantic import BaseModel
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from blogapi import schemas
from blogapi.jsonbody import dump_json, parse_json
from blogapi.negotiation import JSON, check_content_type
from blogapi.queries import query_pairs
from flask_app.settings import current_settings

Model = TypeVar("Model", bound=BaseModel)


class JsonProvider(JSONProvider):
    """Writes what views return (Flask's documented place to replace the encoder)."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return dump_json(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return parse_json(s if isinstance(s, bytes) else s.encode())

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return current_app.response_class(dump_json(self._prepare_response_obj(args, kwargs)), mimetype=JSON)


def raw_body() -> bytes:
    """The request's body, whole and not larger than is taken."""
    try:
        body = request.get_data()
    except HTTPException:
        raise
    except Exception as error:
        # Each server has exceptions of its own for chunks that are none.
        raise ClientDisconnected from error
    if len(body) > current_settings().max_body_bytes:
        raise RequestEntityTooLarge
    if len(body) < (request.content_length or 0):
        raise ClientDisconnected
    return body


def json_body(*media_types: str) -> Any:
    """Read the request's JSON, whatever it holds; JSON's own media type unless others are named."""
    check_content_type(request.headers.get("Content-Type"), *(media_types or (JSON,)))
    return parse_json(raw_body())


def list_query(model: type[Model]) -> Model:
    """Read the request's query."""
    return schemas.validate_query(model, raw_query())


def raw_query() -> list[tuple[str, str]]:
    """The query's names and values in their order."""
    return query_pairs(request.query_string)

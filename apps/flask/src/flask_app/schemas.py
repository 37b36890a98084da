"""JSON in and out: Flask's own reader is too lenient for the contract, and its writer can be replaced."""

from typing import Any, TypeVar

from flask import request
from flask.json.provider import JSONProvider
from pydantic import BaseModel

from blogapi import schemas
from blogapi.jsonbody import dump_json, parse_json
from blogapi.negotiation import JSON, check_content_type
from blogapi.queries import query_pairs

Model = TypeVar("Model", bound=BaseModel)


class JsonProvider(JSONProvider):
    """Writes what views return (Flask's documented place to replace the encoder)."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return dump_json(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return parse_json(s if isinstance(s, bytes) else s.encode())

    def response(self, *args: Any, **kwargs: Any) -> Any:
        return self._app.response_class(dump_json(self._prepare_response_obj(args, kwargs)), mimetype=JSON)


def json_body(*media_types: str) -> Any:
    """Read the request's JSON, whatever it holds; JSON's own media type unless others are named."""
    check_content_type(request.headers.get("Content-Type"), *(media_types or (JSON,)))
    return parse_json(request.get_data())


def list_query(model: type[Model]) -> Model:
    """Read the request's query."""
    return schemas.validate_query(model, raw_query())


def raw_query() -> list[tuple[str, str]]:
    """The query's names and values in their order."""
    return query_pairs(request.query_string)

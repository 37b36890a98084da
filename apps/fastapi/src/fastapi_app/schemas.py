"""JSON in and out: requests that are read as strictly as the contract asks, and the models of what is answered."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import QueryParams

from blogapi import rules
from blogapi.fields import Age, Content, Email, Name, Role, Tags, Title, Username
from blogapi.fields import Comment as CommentText
from blogapi.jsonbody import dump_json, parse_json
from blogapi.negotiation import JSON, MERGE_PATCH, check_content_type
from blogapi.problems import Problem
from blogapi.queries import query_pairs
from fastapi_app.settings import current_settings

# A larger body takes longer to parse (1 MiB up to 0.2 s) than others should wait for.
SMALL_BYTES = 65_536


class IdConvertor(Convertor[int]):
    """Matches what can be an id, so that anything else is no route."""

    regex = rules.ID_PATTERN

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


# Here, for a path is compiled where its decorator stands, and every module with an id in a path imports this one.
register_url_convertor("id", IdConvertor())

ArticleId = Annotated[int, Path(ge=1, le=rules.ID_MAX)]
UserId = Annotated[int, Path(ge=1, le=rules.ID_MAX)]
CommentId = Annotated[int, Path(ge=1, le=rules.ID_MAX)]


class ApiQuery(QueryParams):
    """A query that hides no repetition: what is given more than once is a list, and no schema takes that."""

    def get(self, key: str, default: Any = None) -> Any:
        values = self.getlist(key)
        return values if len(values) > 1 else super().get(key, default)


class ApiRequest(Request):
    """FastAPI reads a body before it solves any dependency, so what is wrong with the body has to wait for its turn.

    `json_payload`, placed behind the token in a handler's signature, tells it.
    """

    @property
    def query_params(self) -> QueryParams:
        if not hasattr(self, "_query_params"):
            self._query_params = ApiQuery(query_pairs(self.scope["query_string"]))
        return self._query_params

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            try:
                self._body = await self.limited_body()
            except Problem as problem:
                self._body, self._json = b"", problem
        return self._body

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            try:
                self._json = await _parsed(await self.body())
            except Problem as problem:
                self._json = problem
        return self._json

    async def limited_body(self) -> bytes:
        """Read the body, but no further than `MAX_BODY_BYTES`."""
        received, limit = bytearray(), current_settings(self).max_body_bytes
        async for chunk in self.stream():
            received += chunk
            if len(received) > limit:
                raise Problem("body_too_large")
        return bytes(received)


async def _parsed(body: bytes) -> Any:
    return parse_json(body) if len(body) <= SMALL_BYTES else await run_in_threadpool(parse_json, body)


class JsonBody:
    """The dependency that refuses a body which is no JSON of the media types given."""

    def __init__(self, *media_types: str) -> None:
        self.media_types = media_types

    async def __call__(self, request: ApiRequest) -> Any:
        check_content_type(request.headers.get("Content-Type"), *self.media_types)
        payload = await request.json()
        if isinstance(payload, Problem):
            raise payload
        return payload


JsonPayload = Annotated[Any, Depends(JsonBody(JSON))]
PatchPayload = Annotated[Any, Depends(JsonBody(JSON, MERGE_PATCH))]


class ApiResponse(JSONResponse):
    """JSON by orjson (FastAPI's documented place to replace the encoder)."""

    def render(self, content: Any) -> bytes:
        return dump_json(content)


Id = Annotated[int, Field(ge=1, le=rules.ID_MAX, json_schema_extra={"format": "int64"})]
Timestamp = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
        json_schema_extra={"format": "date-time"},
    ),
]


class Shown(BaseModel):
    """Base of what is answered. FastAPI makes its document of these models; no answer passes through them."""

    model_config = ConfigDict(extra="forbid")


class User(Shown):
    id: Id
    username: Username
    email: Email
    name: Name
    age: Age | None
    role: Role
    is_active: bool
    created_at: Timestamp
    updated_at: Timestamp


class Author(Shown):
    id: Id
    username: Username
    name: Name


class Article(Shown):
    id: Id
    title: Title
    content: Content
    published: bool
    tags: Tags
    author: Author
    version: Annotated[int, Field(ge=1)]
    created_at: Timestamp
    updated_at: Timestamp


class Comment(Shown):
    id: Id
    article_id: Id
    author: Author
    body: CommentText
    created_at: Timestamp


class PageMeta(Shown):
    total: Annotated[int, Field(ge=0)]
    skip: Annotated[int, Field(ge=0, le=rules.ID_MAX, json_schema_extra={"format": "int64"})]
    limit: Annotated[int, Field(ge=rules.LIMIT_MIN, le=rules.LIMIT_MAX)]


class UserPage(Shown):
    data: Annotated[list[User], Field(max_length=rules.LIMIT_MAX)]
    meta: PageMeta


class ArticlePage(Shown):
    data: Annotated[list[Article], Field(max_length=rules.LIMIT_MAX)]
    meta: PageMeta


class CommentPage(Shown):
    data: Annotated[list[Comment], Field(max_length=rules.LIMIT_MAX)]
    meta: PageMeta


class SliceMeta(Shown):
    limit: Annotated[int, Field(ge=rules.LIMIT_MIN, le=rules.LIMIT_MAX)]
    next: Annotated[str, Field(pattern=rules.CURSOR_PATTERN)] | None


class ArticleSlice(Shown):
    data: Annotated[list[Article], Field(max_length=rules.LIMIT_MAX)]
    meta: SliceMeta


class Token(Shown):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Field(ge=1)]


class Pong(Shown):
    pong: Literal[True]


class Root(Shown):
    name: Literal["blog-api"]
    version: str
    framework: str
    framework_version: str
    docs: Literal["/docs"]
    openapi: Literal["/openapi.json"]


class Alive(Shown):
    status: Literal["ok"]


class Ready(Shown):
    status: Literal["ready", "degraded"]

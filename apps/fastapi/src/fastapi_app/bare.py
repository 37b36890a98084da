"""FastAPI's ceiling (`python -m fastapi_app.bare`): three routes with nothing around them, for measuring only.

Handlers take the request and give a response, which FastAPI documents for what needs none of its validation and
serialization ("Using the Request Directly", "Return a Response Directly"). The server is the shipped one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from blogapi.bare import LIMIT_DEFAULT_TEXT, NOT_FOUND, PONG, SKIP_DEFAULT_TEXT, open_async_store
from blogapi.collector import freeze_the_application
from blogapi.jsonbody import dump_json
from blogapi.negotiation import JSON
from blogapi.problems import MEDIA_TYPE
from blogapi.settings import load_settings
from fastapi_app import server
from fastapi_app.main import NO_TELEMETRY


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold the worker's connections while the application runs."""
    app.state.store = await open_async_store(load_settings())
    freeze_the_application()
    try:
        yield
    finally:
        await app.state.store.close()


async def ping() -> Response:
    """Answer without any work."""
    return Response(dump_json(PONG), media_type=JSON)


async def article_get(request: Request) -> Response:
    """Give a published article."""
    body = await request.app.state.store.article(request.path_params["article_id"])
    if body is None:
        return Response(NOT_FOUND, 404, media_type=MEDIA_TYPE)
    return Response(body, media_type=JSON)


async def article_list(request: Request) -> Response:
    """Give a page of published articles."""
    query = request.query_params
    skip, limit = query.get("skip", SKIP_DEFAULT_TEXT), query.get("limit", LIMIT_DEFAULT_TEXT)
    return Response(await request.app.state.store.page(int(skip), int(limit)), media_type=JSON)


def create_app() -> FastAPI:
    """Make the ASGI application."""
    app = FastAPI(lifespan=lifespan, telemetry=NO_TELEMETRY, openapi_url=None, redirect_slashes=False)
    app.get("/api/v1/ping")(ping)
    app.get("/api/v1/articles/{article_id:int}")(article_get)
    app.get("/api/v1/articles")(article_list)
    return app


if __name__ == "__main__":
    server.main("fastapi_app.bare:create_app")

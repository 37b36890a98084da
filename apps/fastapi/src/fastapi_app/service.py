"""What is no resource: the service itself, its health and its documents."""

from asyncio import timeout
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from blogapi import pages
from blogapi.http import DOCS_POLICY
from blogapi.metrics import MEDIA_TYPE
from blogapi.problems import Problem
from blogapi.service import check_database, root_representation
from fastapi_app.database import read
from fastapi_app.draining import STOPPING
from fastapi_app.middleware import ApiRoute
from fastapi_app.openapi import API_COMMON, COMMON, COUNTED_COMMON, JSON_COMMON, ProblemCode, problems
from fastapi_app.openapi_headers import ALIVE, ANSWERED, DOCS, PAGE
from fastapi_app.schemas import Alive, ApiResponse, Pong, Ready, Root

router = APIRouter(route_class=ApiRoute, tags=["service"])
READY_SECONDS = 1


@router.get(
    "/api/v1/ping", summary="Answer without any work", response_model=Pong, responses=ANSWERED | problems(*API_COMMON)
)
async def ping() -> ApiResponse:
    return ApiResponse({"pong": True})


@router.get(
    "/", summary="Name the service", response_model=Root, responses=PAGE | problems(*JSON_COMMON, "rate_limited")
)
async def root() -> ApiResponse:
    return ApiResponse(root_representation("fastapi"))


@router.get(
    "/health", summary="Tell that the process runs", response_model=Alive, responses=ALIVE | problems(*JSON_COMMON)
)
@router.get(
    "/health/live",
    name="health_live",
    summary="Tell that the process runs",
    response_model=Alive,
    responses=ALIVE | problems(*JSON_COMMON),
)
async def health() -> ApiResponse:
    return ApiResponse({"status": "ok"})


@router.get(
    "/health/ready",
    summary="Tell whether requests can be served",
    response_model=Ready,
    responses=ALIVE | problems(*JSON_COMMON, "not_ready"),
)
async def health_ready(request: Request) -> ApiResponse:
    if hasattr(request.state, STOPPING):
        raise Problem("not_ready")
    try:
        async with timeout(READY_SECONDS):
            await read(request, check_database)
    except (SQLAlchemyError, TimeoutError) as error:
        raise Problem("not_ready") from error
    is_working = await request.app.state.rate_limits.is_working()
    return ApiResponse({"status": "ready" if is_working else "degraded"})


@router.get(
    "/metrics",
    summary="Tell a Prometheus server what was counted",
    response_class=PlainTextResponse,
    responses=ALIVE | problems(*COMMON),
)
def metrics(request: Request) -> Response:
    text = request.app.state.observer.metrics_text()
    if text is None:
        raise Problem("not_found")
    return Response(text, media_type=MEDIA_TYPE)


@router.get(
    "/openapi.json",
    summary="Give this document",
    response_model=dict[str, Any],
    responses=PAGE | problems(*COUNTED_COMMON),
)
def openapi(request: Request) -> ApiResponse:
    return ApiResponse(request.app.openapi())


@router.get(
    "/docs",
    summary="Show this document to people",
    response_class=HTMLResponse,
    responses=DOCS | problems(*COUNTED_COMMON),
)
async def docs() -> Response:
    return _page(pages.docs_page(), {"Content-Security-Policy": DOCS_POLICY})


@router.get("/docs/{name}", include_in_schema=False)
async def docs_asset(name: str) -> Response:
    return _page(pages.docs_asset(name), {})


@router.get(
    "/problems/{code}",
    summary="Explain an error's code to people",
    response_class=HTMLResponse,
    responses=PAGE | problems(*COUNTED_COMMON, "not_found"),
)
async def problem_page(code: ProblemCode) -> Response:
    return _page(pages.problem_page(code), {})


def _page(page: pages.Page, headers: dict[str, str]) -> Response:
    return Response(page.content, headers=headers, media_type=page.media_type)

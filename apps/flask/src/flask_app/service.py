"""What is no resource: the service itself, its health and its documents."""

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from blogapi import pages
from blogapi.http import DOCS_POLICY
from blogapi.metrics import MEDIA_TYPE
from blogapi.negotiation import JSON
from blogapi.openapi import openapi_json
from blogapi.problems import Problem
from blogapi.service import root_representation
from flask_app.database import check

READY_SECONDS = 1.0

blueprint = Blueprint("service", __name__)


@blueprint.get("/api/v1/ping")
def ping() -> ResponseReturnValue:
    return {"pong": True}


# An absolute-form target may leave out the root's slash (RFC 9110, 4.2.3), and is not redirected either.
@blueprint.get("/", strict_slashes=False)
def root() -> ResponseReturnValue:
    return root_representation("flask")


@blueprint.get("/health")
@blueprint.get("/health/live")
def health() -> ResponseReturnValue:
    return {"status": "ok"}


@blueprint.get("/health/ready")
def health_ready() -> ResponseReturnValue:
    if current_app.extensions.get("is_stopping", bool)():
        raise Problem("not_ready")
    try:
        check(seconds=READY_SECONDS)
    except (SQLAlchemyError, TimeoutError) as error:
        raise Problem("not_ready") from error
    return {"status": "ready" if current_app.extensions["rate_limits"].are_working() else "degraded"}


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    text = current_app.extensions["observer"].metrics_text()
    if text is None:
        raise Problem("not_found")
    return Response(text, content_type=MEDIA_TYPE)


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    return Response(openapi_json(), mimetype=JSON)


@blueprint.get("/docs")
def docs() -> ResponseReturnValue:
    return _page(pages.docs_page(), {"Content-Security-Policy": DOCS_POLICY})


@blueprint.get("/docs/<name>")
def docs_asset(name: str) -> ResponseReturnValue:
    return _page(pages.docs_asset(name), {})


@blueprint.get("/problems/<code>")
def problem_page(code: str) -> ResponseReturnValue:
    return _page(pages.problem_page(code), {})


def _page(page: pages.Page, headers: dict[str, str]) -> Response:
    return Response(page.content, headers=headers, content_type=page.media_type)

"""What is no resource: the service itself, its health and its documents."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from blogapi import pages
from blogapi.http import DOCS_POLICY
from blogapi.negotiation import JSON
from blogapi.openapi import openapi_json
from blogapi.problems import Problem
from blogapi.service import check_database, root_representation
from flask_app.database import reading

blueprint = Blueprint("service", __name__)


@blueprint.get("/api/v1/ping")
def ping() -> ResponseReturnValue:
    return {"pong": True}


@blueprint.get("/")
def root() -> ResponseReturnValue:
    return root_representation("flask")


@blueprint.get("/health")
@blueprint.get("/health/live")
def health() -> ResponseReturnValue:
    return {"status": "ok"}


@blueprint.get("/health/ready")
def health_ready() -> ResponseReturnValue:
    try:
        with reading() as connection:
            check_database(connection)
    except SQLAlchemyError as error:
        raise Problem("not_ready") from error
    return {"status": "ready"}


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

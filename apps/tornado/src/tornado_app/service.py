"""What is no resource: the service itself, its health and its documents."""

import asyncio
from functools import lru_cache

from sqlalchemy.exc import SQLAlchemyError

from blogapi import pages
from blogapi.compression import compress
from blogapi.http import DOCS_POLICY
from blogapi.metrics import MEDIA_TYPE
from blogapi.negotiation import JSON
from blogapi.openapi import openapi_json
from blogapi.problems import Problem
from blogapi.service import check_database, root_representation
from tornado_app.middleware import BaseHandler
from tornado_app.threads import in_thread

READY_SECONDS = 1.0
# The documents are few, and always the same.
compress_document = lru_cache(maxsize=32)(compress)


class PingHandler(BaseHandler):
    """`/api/v1/ping`"""

    def ping(self) -> None:
        self.write({"pong": True})

    get = ping


class RootHandler(BaseHandler):
    """`/`"""

    def root(self) -> None:
        self.write(root_representation("tornado"))

    get = root


class HealthHandler(BaseHandler):
    """`/health` and `/health/live`"""

    def health(self) -> None:
        self.write({"status": "ok"})

    get = health


class ReadyHandler(BaseHandler):
    """`/health/ready`"""

    async def health_ready(self) -> None:
        if self.settings["stopping"].is_set():
            raise Problem("not_ready")
        try:
            await asyncio.wait_for(self.database.read(check_database), READY_SECONDS)
        except (SQLAlchemyError, TimeoutError) as error:
            raise Problem("not_ready") from error
        self.write({"status": "ready" if await self.rate_limits.is_working() else "degraded"})

    get = health_ready


class MetricsHandler(BaseHandler):
    """`/metrics`"""

    async def metrics(self) -> None:
        text = await in_thread(self.observer.metrics_text)
        if text is None:
            raise Problem("not_found")
        await self.write_long(MEDIA_TYPE, text)

    get = metrics


class OpenApiHandler(BaseHandler):
    """`/openapi.json`"""

    async def openapi(self) -> None:
        await self.write_long(JSON, openapi_json(), encoder=compress_document)

    get = openapi


class PageHandler(BaseHandler):
    """The base of what sends a page as it is."""

    async def write_page(self, page: pages.Page) -> None:
        await self.write_long(page.media_type, page.content, encoder=compress_document)


class DocsHandler(PageHandler):
    """`/docs`"""

    async def docs(self) -> None:
        self.set_header("Content-Security-Policy", DOCS_POLICY)
        await self.write_page(pages.docs_page())

    get = docs


class DocsAssetHandler(PageHandler):
    """`/docs/{name}`"""

    async def docs_asset(self, name: str) -> None:
        await self.write_page(pages.docs_asset(name))

    get = docs_asset


class ProblemPageHandler(PageHandler):
    """`/problems/{code}`"""

    async def problem_page(self, code: str) -> None:
        await self.write_page(pages.problem_page(code))

    get = problem_page

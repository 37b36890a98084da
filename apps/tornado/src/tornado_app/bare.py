"""Tornado's ceiling (`python -m tornado_app.bare`): three routes with nothing around them, for measuring only.

The server is Tornado's own with the settings of the shipped one, and neither its front door nor its draining.
"""

import asyncio
import socket
from functools import partial

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from blogapi.bare import LIMIT_DEFAULT_TEXT, NOT_FOUND, PONG, SKIP_DEFAULT_TEXT, AsyncStore, open_async_store
from blogapi.collector import freeze_the_application
from blogapi.jsonbody import dump_json
from blogapi.negotiation import JSON
from blogapi.problems import MEDIA_TYPE
from blogapi.settings import Settings, load_settings
from tornado_app.server import BODY_SECONDS, KEEP_ALIVE_SECONDS, listen, told_to_stop
from tornado_app.settings import server_options


class BareHandler(RequestHandler):
    """Writes JSON, and hashes no body for an entity tag."""

    def compute_etag(self) -> str | None:
        return None

    def send(self, media_type: str, body: bytes) -> None:
        self.set_header("Content-Type", media_type)
        self.finish(body)


class PingHandler(BareHandler):
    """`/api/v1/ping`"""

    def get(self) -> None:
        self.send(JSON, dump_json(PONG))


class ArticleHandler(BareHandler):
    """`/api/v1/articles/{id}`"""

    async def get(self, article_id: str) -> None:
        body = await self.settings["store"].article(int(article_id))
        if body is None:
            self.set_status(404)
            self.send(MEDIA_TYPE, NOT_FOUND)
        else:
            self.send(JSON, body)


class ArticlesHandler(BareHandler):
    """`/api/v1/articles`"""

    async def get(self) -> None:
        skip = int(self.get_query_argument("skip", SKIP_DEFAULT_TEXT))
        limit = int(self.get_query_argument("limit", LIMIT_DEFAULT_TEXT))
        self.send(JSON, await self.settings["store"].page(skip, limit))


def create_app(store: AsyncStore) -> Application:
    """Make the application on a process's own connections."""
    routes: list[tuple[str, type[RequestHandler]]] = [
        (r"/api/v1/ping", PingHandler),
        (r"/api/v1/articles/([0-9]+)", ArticleHandler),
        (r"/api/v1/articles", ArticlesHandler),
    ]
    return Application([*routes], log_function=lambda _handler: None, store=store)


async def serve(settings: Settings, sockets: list[socket.socket], parent: socket.socket | None) -> None:
    """Serve on these sockets until SIGTERM, or the parent's end."""
    store = await open_async_store(settings)
    server = HTTPServer(create_app(store), idle_connection_timeout=KEEP_ALIVE_SECONDS, body_timeout=BODY_SECONDS)
    freeze_the_application()
    server.add_sockets(sockets)
    await told_to_stop(asyncio.Event(), parent)
    server.stop()
    await server.close_all_connections()
    await store.close()


if __name__ == "__main__":
    listen(server_options(), partial(serve, load_settings()))

"""Flask's ceiling (`gunicorn --config=python:flask_app.bare`): three routes, nothing around them, for measuring only.

gunicorn reads its configuration here too: that of the shipped application, and of its hooks one.
"""

from flask import Flask, Response, request

from blogapi.bare import LIMIT_DEFAULT_TEXT, NOT_FOUND, PONG, SKIP_DEFAULT_TEXT, Store
from blogapi.collector import freeze_the_application
from blogapi.jsonbody import dump_json
from blogapi.negotiation import JSON
from blogapi.problems import MEDIA_TYPE
from blogapi.settings import load_settings
from flask_app import server

wsgi_app = "flask_app.bare:create_app()"
worker_class, threads = server.worker_class, server.threads
graceful_timeout, loglevel = server.graceful_timeout, server.loglevel


def post_worker_init(_worker: object) -> None:
    """Leave the application to no garbage collection."""
    freeze_the_application()


def create_app() -> Flask:
    """Make the WSGI application; a worker makes its own, with its own connections."""
    app = Flask(__name__, static_folder=None)
    store = Store(load_settings())

    @app.get("/api/v1/ping")
    def ping() -> Response:
        return Response(dump_json(PONG), content_type=JSON)

    @app.get("/api/v1/articles/<int:article_id>")
    def article_get(article_id: int) -> Response:
        body = store.article(article_id)
        if body is None:
            return Response(NOT_FOUND, 404, content_type=MEDIA_TYPE)
        return Response(body, content_type=JSON)

    @app.get("/api/v1/articles")
    def article_list() -> Response:
        skip = int(request.args.get("skip", SKIP_DEFAULT_TEXT))
        limit = int(request.args.get("limit", LIMIT_DEFAULT_TEXT))
        return Response(store.page(skip, limit), content_type=JSON)

    return app

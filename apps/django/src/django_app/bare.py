"""Django's ceiling (`gunicorn --config=python:django_app.bare`): three plain views, for measuring only.

No middleware, no ORM, no Django REST framework. gunicorn reads its configuration here too: that of the shipped
application, and of its hooks one.
"""

import logging
from functools import cache

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from blogapi.bare import LIMIT_DEFAULT_TEXT, NOT_FOUND, PONG, SKIP_DEFAULT_TEXT, Store
from blogapi.collector import freeze_the_application
from blogapi.jsonbody import dump_json
from blogapi.negotiation import JSON
from blogapi.problems import MEDIA_TYPE
from blogapi.settings import load_settings
from django_app import server

wsgi_app = "django_app.bare:create_app()"
worker_class, threads = server.worker_class, server.threads
graceful_timeout, loglevel = server.graceful_timeout, server.loglevel


def post_worker_init(_worker: object) -> None:
    """Leave the application to no garbage collection."""
    freeze_the_application()


@cache
def store() -> Store:
    """The worker's connections."""
    return Store(load_settings())


def send(body: bytes, *, status: int = 200, media_type: str = JSON) -> HttpResponse:
    """Answer with a body whose length is told, for which Django has a middleware."""
    return HttpResponse(body, status=status, content_type=media_type, headers={"Content-Length": str(len(body))})


def ping(_request: HttpRequest) -> HttpResponse:
    """Answer without any work."""
    return send(dump_json(PONG))


def article_get(_request: HttpRequest, article_id: int) -> HttpResponse:
    """Give a published article."""
    body = store().article(article_id)
    return send(NOT_FOUND, status=404, media_type=MEDIA_TYPE) if body is None else send(body)


def article_list(request: HttpRequest) -> HttpResponse:
    """Give a page of published articles."""
    skip, limit = request.GET.get("skip", SKIP_DEFAULT_TEXT), request.GET.get("limit", LIMIT_DEFAULT_TEXT)
    return send(store().page(int(skip), int(limit)))


urlpatterns = [
    path("api/v1/ping", ping),
    path("api/v1/articles/<int:article_id>", article_get),
    path("api/v1/articles", article_list),
]


def create_app() -> WSGIHandler:
    """Make the WSGI application; a worker makes its own, with its own connections."""
    settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[], APPEND_SLASH=False, USE_I18N=False, LOGGING_CONFIG=None)
    # Each 404 is a warning.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    # Before the threads, so that it is made once, and a wrong setting ends the worker.
    store()
    return get_wsgi_application()

"""The application factory: wiring, and nothing else."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response
from sqlalchemy import Engine
from werkzeug.routing import BaseConverter

from blogapi.database import create_engine
from blogapi.logs import configure_logging
from blogapi.observation import Observer
from blogapi.problems import allow_header
from blogapi.rules import ID_PATTERN
from blogapi.settings import Settings, load_settings
from flask_app import articles, auth, comments, database, errors, middleware, observation, service, users
from flask_app.schemas import JsonProvider

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

API_PREFIX = "/api/v1"
API_PREFIX_V2 = "/api/v2"


class IdConverter(BaseConverter):
    """Matches what can be an id, so that anything else is no route."""

    regex = ID_PATTERN

    def to_python(self, value: str) -> int:
        return int(value)


class BareResponse(Response):
    """Claims no media type for what has no body: Flask's own default is HTML."""

    default_mimetype = None


class Api(Flask):
    """Flask with its documented places for subclasses filled in."""

    json_provider_class = JsonProvider
    response_class = BareResponse

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # An Upgrade may be ignored (RFC 9110, 7.8); Werkzeug would look for a WebSocket's route.
        environ.pop("HTTP_UPGRADE", None)
        return super().wsgi_app(environ, start_response)

    def make_default_options_response(self) -> Response:
        allowed = super().make_default_options_response().allow
        return self.response_class(status=204, headers={"Allow": allow_header(allowed)})


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """Make the WSGI application; a worker makes its own, with its own pool of connections."""
    settings = settings or load_settings()
    configure_logging("flask", settings.log_level)
    app = Api(__name__, static_folder=None)
    # One more than is taken: Werkzeug cuts off a chunked body at the limit instead of refusing it.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    app.extensions["settings"] = settings
    database.register(app, engine or create_engine(settings))
    app.extensions["observer"] = Observer(settings, "flask")
    app.url_map.converters["id"] = IdConverter
    app.url_map.merge_slashes = False
    observation.register(app)
    middleware.register(app)
    errors.register(app)
    app.register_blueprint(service.blueprint)
    for resource in (auth, users, articles, comments):
        app.register_blueprint(resource.blueprint, url_prefix=API_PREFIX)
    app.register_blueprint(articles.blueprint_v2, url_prefix=API_PREFIX_V2)
    app.extensions["route_templates"] = observation.route_templates(app)
    return app

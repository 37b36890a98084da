"""The application factory: wiring, and nothing else."""

from flask import Flask
from sqlalchemy import Engine
from werkzeug.routing import BaseConverter

from blogapi.database import create_engine
from blogapi.logs import configure_logging
from blogapi.rules import ID_PATTERN
from blogapi.settings import Settings, load_settings
from flask_app import articles, auth, errors, middleware, service, users
from flask_app.schemas import JsonProvider

API_PREFIX = "/api/v1"


class IdConverter(BaseConverter):
    """Matches what can be an id, so that anything else is no route."""

    regex = ID_PATTERN

    def to_python(self, value: str) -> int:
        return int(value)


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """Make the WSGI application; a worker makes its own, with its own pool of connections."""
    settings = settings or load_settings()
    configure_logging("flask", settings.log_level)
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=settings.max_body_bytes, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.extensions["settings"] = settings
    app.extensions["engine"] = engine or create_engine(settings)
    app.json = JsonProvider(app)
    app.url_map.converters["id"] = IdConverter
    app.url_map.merge_slashes = False
    middleware.register(app)
    errors.register(app)
    app.register_blueprint(service.blueprint)
    for resource in (auth, users, articles):
        app.register_blueprint(resource.blueprint, url_prefix=API_PREFIX)
    return app

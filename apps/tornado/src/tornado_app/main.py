"""The route table, the application, and the command that serves it."""

import asyncio

from sqlalchemy import Engine
from tornado.routing import URLSpec
from tornado.web import Application, RequestHandler

from blogapi.database import create_engine
from blogapi.http import security_headers
from blogapi.logs import configure_logging
from blogapi.observation import Observer
from blogapi.rules import ID_PATTERN
from blogapi.settings import Settings, load_settings
from tornado_app import articles, auth, comments, server, service, users
from tornado_app.database import Database
from tornado_app.middleware import NotFoundHandler
from tornado_app.observation import route_template
from tornado_app.ratelimits import RateLimits
from tornado_app.settings import server_options

ROUTES: list[tuple[str, type[RequestHandler]]] = [
    (r"/", service.RootHandler),
    (r"/health", service.HealthHandler),
    (r"/health/live", service.HealthHandler),
    (r"/health/ready", service.ReadyHandler),
    (r"/metrics", service.MetricsHandler),
    (r"/openapi\.json", service.OpenApiHandler),
    (r"/docs", service.DocsHandler),
    (r"/docs/(?P<name>[^/]+)", service.DocsAssetHandler),
    (r"/problems/(?P<code>[^/]+)", service.ProblemPageHandler),
    (r"/api/v1/ping", service.PingHandler),
    (r"/api/v1/token", auth.TokenHandler),
    (r"/api/v1/users", users.UsersHandler),
    (r"/api/v1/users/me", users.MeHandler),
    (rf"/api/v1/users/(?P<user_id>{ID_PATTERN})", users.UserHandler),
    (r"/api/v1/articles", articles.ArticlesHandler),
    (rf"/api/v1/articles/(?P<article_id>{ID_PATTERN})", articles.ArticleHandler),
    (rf"/api/v1/articles/(?P<article_id>{ID_PATTERN})/comments", comments.CommentsHandler),
    (rf"/api/v1/articles/(?P<article_id>{ID_PATTERN})/comments/(?P<comment_id>{ID_PATTERN})", comments.CommentHandler),
    (r"/api/v2/articles", articles.ArticleSliceHandler),
]


def create_app(settings: Settings, engine: Engine | None = None) -> Application:
    """Make the application; a process makes its own, with its own pool of connections."""
    return Application(
        [URLSpec(pattern, handler, {"route": route_template(pattern)}) for pattern, handler in ROUTES],
        default_handler_class=NotFoundHandler,
        log_function=lambda _handler: None,
        settings=settings,
        database=Database(engine or create_engine(settings), connections=settings.database_pool_size),
        rate_limits=RateLimits(settings),
        observer=Observer(settings, "tornado"),
        response_headers=security_headers(settings),
        stopping=asyncio.Event(),
    )


def main() -> None:
    """Serve until SIGTERM."""
    options, settings = server_options(), load_settings()
    configure_logging("tornado", settings.log_level)
    server.serve(settings, options, create_app)


if __name__ == "__main__":
    main()

"""The application factory: wiring, and nothing else."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from blogapi.collector import freeze_the_application
from blogapi.logs import configure_logging
from blogapi.observation import Observer
from blogapi.settings import Settings, load_settings
from fastapi_app import articles, auth, comments, errors, service, users
from fastapi_app.cors import CrossOriginMiddleware
from fastapi_app.database import Database
from fastapi_app.middleware import ContractMiddleware, HeaderLinesMiddleware
from fastapi_app.observation import ObservationMiddleware, TurnOutput, route_templates
from fastapi_app.openapi import Api
from fastapi_app.ratelimits import RateLimits

THREADS = 4
API_PREFIX = "/api/v1"
API_PREFIX_V2 = "/api/v2"
# On by default as soon as anything sets a global provider.
NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold what a worker has of its own while the application runs: database with pool, counters, observer."""
    # Starlette's own threads hash passwords here, at 19 MiB each, and parse large bodies; the default would be 40.
    current_default_thread_limiter().total_tokens = THREADS
    app.state.database = Database(app.state.settings)
    app.state.rate_limits = RateLimits(app.state.settings)
    app.state.observer = Observer(app.state.settings, "fastapi", TurnOutput(sys.stdout.buffer))
    freeze_the_application()
    try:
        yield
    finally:
        app.state.observer.close()
        app.state.rate_limits.close()
        app.state.database.close()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the ASGI application."""
    settings = settings or load_settings()
    configure_logging("fastapi", settings.log_level)
    app = Api(
        title="blog-api",
        version="1",
        lifespan=lifespan,
        exception_handlers=errors.HANDLERS,
        telemetry=NO_TELEMETRY,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    # The last one is the outermost.
    app.add_middleware(ContractMiddleware, settings=settings)
    if settings.cors_origins:
        app.add_middleware(CrossOriginMiddleware, settings=settings)
    app.add_middleware(ObservationMiddleware)
    app.add_middleware(HeaderLinesMiddleware)
    # A request tries the routers, and each route in them, one after the other: what is asked for most comes first.
    app.include_router(articles.router, prefix=API_PREFIX)
    app.include_router(service.router)
    app.include_router(articles.router_v2, prefix=API_PREFIX_V2)
    app.include_router(comments.router, prefix=API_PREFIX)
    app.include_router(users.router, prefix=API_PREFIX)
    app.include_router(auth.router, prefix=API_PREFIX)
    app.state.route_templates = route_templates(app)
    return app

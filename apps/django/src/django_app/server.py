"""gunicorn's configuration (`--config=python:django_app.server`): what the command line cannot say."""

from typing import Protocol

from blogapi.settings import load_settings

# Read before a socket is bound or a worker forked: a wrong value ends gunicorn with exit code 2 and its faults.
_settings = load_settings()

wsgi_app = "django_app.main:create_app()"
# Each thread keeps a connection of its own to the database, so that there are as many as the pool would have.
threads = _settings.database_pool_size
graceful_timeout = _settings.shutdown_timeout
loglevel = _settings.log_level


class Worker(Protocol):
    """What the hooks need of gunicorn's worker; `alive` ends with the signal to stop."""

    alive: bool


class Request(Protocol):
    """What the hook needs of gunicorn's request."""

    headers: list[tuple[str, str]]

    def force_close(self) -> None:
        """Close the connection behind the response, and say so in it."""


def post_worker_init(worker: Worker) -> None:
    """Let `/health/ready` know when the worker is to stop."""
    # gunicorn reads this file before Django is set up.
    from django_app import service

    service.is_stopping = lambda: not worker.alive


def pre_request(_worker: Worker, request: Request) -> None:
    """Keep no connection for a body that nobody will read."""
    for name, value in request.headers:
        if name == "CONTENT-LENGTH" and int(value) > _settings.max_body_bytes:
            request.force_close()

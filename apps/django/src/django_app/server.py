"""gunicorn's configuration (`--config=python:django_app.server`): what the command line cannot say."""

from typing import Protocol

from blogapi.collector import freeze_the_application
from blogapi.metrics import share_between_processes
from blogapi.settings import load_settings

# Read before a socket is bound or a worker forked: a wrong value ends gunicorn with exit code 2 and its faults.
_settings = load_settings()

wsgi_app = "django_app.main:create_app()"
worker_class = "django_app.worker.DrainingWorker"
# One more than may be at the database (`gate.py`), so that there is one for what does not need it.
threads = _settings.database_pool_size + 1
graceful_timeout = _settings.shutdown_timeout
loglevel = _settings.log_level


class Config(Protocol):
    """What the hook needs of gunicorn's settings."""

    workers: int


class Server(Protocol):
    """What the hook needs of gunicorn's parent of all workers."""

    cfg: Config


class Worker(Protocol):
    """What the hooks need of gunicorn's worker; `alive` ends with the signal to stop."""

    alive: bool
    booted: bool


class Request(Protocol):
    """What the hook needs of gunicorn's request."""

    headers: list[tuple[str, str]]

    def force_close(self) -> None:
        """Close the connection behind the response, and say so in it."""


def on_starting(server: Server) -> None:
    """Let the workers count their requests together."""
    share_between_processes(server.cfg.workers)


def post_worker_init(worker: Worker) -> None:
    """Let `/health/ready` know when the worker is to stop; the application is whole now."""
    # gunicorn reads this file before Django is set up.
    from django_app import service

    service.is_stopping = lambda: not worker.alive
    freeze_the_application()


def pre_request(_worker: Worker, request: Request) -> None:
    """Keep no connection for a body that nobody will read."""
    for name, value in request.headers:
        if name == "CONTENT-LENGTH" and int(value) > _settings.max_body_bytes:
            request.force_close()


def worker_exit(_server: Server, worker: Worker) -> None:
    """Export what the worker has observed last, unless it failed to start."""
    if worker.booted:
        from django_app.observation import observer

        observer.close()

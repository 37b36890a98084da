"""The settings of the running application, and the options of its server."""

from argparse import ArgumentParser
from typing import NamedTuple

from tornado.web import RequestHandler

from blogapi.settings import Settings


class ServerOptions(NamedTuple):
    """Where the server listens, and with how many processes."""

    host: str
    port: int
    workers: int


def current_settings(handler: RequestHandler) -> Settings:
    """The settings that the application was made with."""
    settings: Settings = handler.settings["settings"]
    return settings


def server_options(arguments: list[str] | None = None) -> ServerOptions:
    """Read the command line; wrong use ends the process with exit code 2."""
    parser = ArgumentParser(prog="python -m tornado_app.main", description="Serve the blog API with Tornado.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", default=8000, type=int, help="port to listen on (default: %(default)s)")
    parser.add_argument("--workers", default=1, type=int, help="processes that serve (default: %(default)s)")
    options = ServerOptions(**vars(parser.parse_args(arguments)))
    if options.workers < 1:
        parser.error("--workers must be at least 1")
    return options

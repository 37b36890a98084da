"""The server (`python -m fastapi_app.server`): uvicorn with what its own command line cannot say."""

import signal
import sys
from argparse import ArgumentParser

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE

from blogapi.metrics import share_between_processes
from blogapi.settings import load_settings
from fastapi_app.draining import DrainingProtocol, serve


def main(application: str = "fastapi_app.main:create_app") -> None:
    """Serve an application, named with its factory, until SIGTERM."""
    parser = ArgumentParser(prog="python -m fastapi_app.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    # Read before a socket is bound or a worker started: a wrong value ends the process with exit code 2 and its faults.
    settings = load_settings()
    share_between_processes(arguments.workers)
    # After draining, uvicorn raises the signal again for whoever handled it before. By default that ends with -15.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = Config(
        application,
        factory=True,
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        interface="asgi3",
        loop="uvloop",
        http=DrainingProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=settings.shutdown_timeout,
        # A worker that is still importing is no dead one.
        timeout_worker_healthcheck=60,
    )
    if not serve(config):
        sys.exit(STARTUP_FAILURE)


if __name__ == "__main__":
    main()

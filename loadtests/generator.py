"""The generator of load as a process of its own: one JSON request a line on stdin, JSON events on stdout.

    python loadtests/generator.py --cpus 1
    {"mode": "closed", "host": "http://127.0.0.1:8000", "user": "Article", "users": 32, "window": 2.0}

Events: `ready` once; then for each request `window_begins`, `window_ends` and `result`, or `failed` with `why`. A mode
is one function in `MODES`.
"""

# Locust first: importing it makes sockets and locks cooperative, and whatever is imported before keeps the others.
import locust  # isort: skip

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version

import gevent  # type: ignore[import-untyped] # gevent has no types

import locustfile
from traffic.base_data import BaseDataError
from traffic.closed_loop import Announce, ClosedLoop, LoadError, measure
from traffic.recorder import Summary
from traffic.user import ApiUser


def emit(event: str, **members: object) -> None:
    """Write one event as one line at once."""
    sys.stdout.write(json.dumps({"event": event, **members}) + "\n")
    sys.stdout.flush()


def user_class_named(name: object) -> type[ApiUser]:
    """Find a user class of the locustfile.

    Raises:
        LoadError: there is none of this name.
    """
    found = getattr(locustfile, str(name), None)
    if not isinstance(found, type) or not issubclass(found, ApiUser) or found.abstract:
        raise LoadError(f"the locustfile has no user class {name}")
    return found


def measure_closed(request: Mapping[str, object], announce: Announce) -> Summary:
    """Run a closed loop as the request's members describe it.

    Raises:
        LoadError: a member is wrong, or the users did not start.
        BaseDataError: the API gives nothing to ask for.
    """
    try:
        plan = ClosedLoop(**request)  # type: ignore[arg-type] # the dataclass itself refuses unknown members
    except TypeError as error:
        raise LoadError(f"wrong request: {error}") from error
    return measure(plan, user_class_named(plan.user), announce)


MODES: dict[str, Callable[[Mapping[str, object], Announce], Summary]] = {"closed": measure_closed}


def answer(line: str) -> None:
    """Carry one request out and emit its events."""
    # Waiting for the line has kept the event loop from the clock, and time limits count from its last look.
    gevent.get_hub().loop.update_now()
    request = json.loads(line)
    mode = MODES.get(request.pop("mode", None))
    if mode is None:
        emit("failed", why=f"the modes are {', '.join(MODES)}")
        return
    try:
        emit("result", **mode(request, emit))
    except (LoadError, BaseDataError) as error:
        emit("failed", why=str(error))


def main() -> None:
    """Answer requests until stdin ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cpus", help="the cores to stay on, such as 1 or 2,3")
    options = parser.parse_args()
    if options.cpus:
        os.sched_setaffinity(0, {int(cpu) for cpu in options.cpus.split(",")})
    # What is imported by now lives as long as the process: a collection in a window need not look at it.
    gc.collect()
    gc.freeze()
    emit("ready", locust=locust.__version__, packages={name: version(name) for name in ("locust", "gevent")})
    for line in sys.stdin:
        answer(line)


if __name__ == "__main__":
    main()

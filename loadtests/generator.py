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
import logging
import os
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import TypeVar

import gevent  # type: ignore[import-untyped] # gevent has no types

import locustfile
from traffic.base_data import BaseDataError
from traffic.closed_loop import ClosedLoop
from traffic.closed_loop import measure as measure_closed_loop
from traffic.dealing import dealt
from traffic.load import Announce, LoadError
from traffic.mixes import MixError, mix_from_text
from traffic.open_loop import OpenLoop
from traffic.open_loop import measure as measure_open_loop
from traffic.recorder import Summary
from traffic.user import ApiUser
from traffic.visitor import TASKS, visitor_class

Plan = TypeVar("Plan")
MIX_PREFIX = "mix:"


def emit(event: str, **members: object) -> None:
    """Write one event as one line at once."""
    sys.stdout.write(json.dumps({"event": event, **members}) + "\n")
    sys.stdout.flush()


def user_class_named(name: str) -> type[ApiUser]:
    """Find a user class of the locustfile, or make one of a mix such as `mix:page=40,article=40`.

    Raises:
        LoadError: there is none of this name, or it is no mix.
    """
    if name.startswith(MIX_PREFIX):
        try:
            return visitor_class("Mix", mix_from_text(name.removeprefix(MIX_PREFIX), TASKS))
        except MixError as error:
            raise LoadError(str(error)) from error
    found = getattr(locustfile, name, None)
    if not isinstance(found, type) or not issubclass(found, ApiUser) or found.abstract:
        raise LoadError(f"the locustfile has no user class {name}")
    return found


def measure_closed(request: Mapping[str, object], announce: Announce) -> Summary:
    """Run a closed loop as the request's members describe it.

    Raises:
        LoadError: a member is wrong, or the users did not start.
        BaseDataError: the API gives nothing to ask for.
    """
    plan = plan_of(ClosedLoop, request)
    return measure_closed_loop(plan, dealt(user_class_named(plan.user)), announce)


def measure_open(request: Mapping[str, object], announce: Announce) -> Summary:
    """Run an open loop as the request's members describe it.

    Raises:
        LoadError: a member is wrong, or the user could not log in.
        BaseDataError: the API gives nothing to ask for.
    """
    plan = plan_of(OpenLoop, request)
    return measure_open_loop(plan, user_class_named(plan.user), announce)


def plan_of(kind: type[Plan], request: Mapping[str, object]) -> Plan:
    """Make a plan of a request's members.

    Raises:
        LoadError: a member is wrong or missing.
    """
    try:
        return kind(**request)
    except TypeError as error:
        raise LoadError(f"wrong request: {error}") from error


MODES: dict[str, Callable[[Mapping[str, object], Announce], Summary]] = {"closed": measure_closed, "open": measure_open}


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
    # It warns of more than a hundred users at once, into whatever the user looks at meanwhile.
    logging.getLogger("locust.runners").setLevel(logging.ERROR)
    # What is imported by now lives as long as the process: a collection in a window need not look at it.
    gc.collect()
    gc.freeze()
    emit("ready", locust=locust.__version__, packages={name: version(name) for name in ("locust", "gevent")})
    for line in sys.stdin:
        answer(line)


if __name__ == "__main__":
    main()

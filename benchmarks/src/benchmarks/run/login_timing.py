"""Does a log-in that fails take longer for a name that there is? Who can tell that by the clock can list the accounts.

The names are tried in turn, in random order within each turn, so that a drift of the machine falls on all alike; the
turns are the pairs of the interval.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

import requests

from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, paired_ratio
from variants.catalog import Variant
from variants.databases import Rows, sqlite_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME, UNLIMITED_SETTINGS
from variants.process import running

KNOWN, UNKNOWN, INACTIVE = "known", "unknown", "inactive"
USERNAMES = {KNOWN: "known-name-1", UNKNOWN: "no-such-name", INACTIVE: "inactive-one"}
TIMEOUT_SECONDS = 30
# The first log-ins of a server import and connect.
WARM_UP_TURNS = 5
ROWS = Rows(articles=20, users=100)
PASSWORD = "a-password-that-is-right"  # noqa: S105 -- of an account that lives for this run
WRONG_PASSWORD = "a-password-that-is-wrong"  # noqa: S105 -- opens nothing


class LoginFailedError(Exception):
    """The server does not answer a log-in as the contract has it."""


@dataclass(frozen=True)
class LoginTiming:
    """What failing log-ins took: medians in milliseconds by kind of name, and how the others relate to the known one.

    `ratios` holds, by kind, the geometric mean of time / time of a known name within a turn, with its 95 % interval.
    """

    turns: int
    milliseconds: Mapping[str, float]
    ratios: Mapping[str, Interval]


def login_timing(variant: Variant, *, turns: int, seed: int, progress: Callable[[int], None]) -> LoginTiming:
    """Start a variant and time failing log-ins.

    Parameters:
        turns: how often each kind of name is tried.
        seed: of the order within the turns.
        progress: is told each turn that is over.

    Raises:
        VariantFailedError: it did not start.
        DatabaseError: there is no database for it.
        LoginFailedError: a log-in was answered with anything but 401.
    """
    with (
        sqlite_database(ROWS) as database,
        running(variant, database_url=database.url, environment=UNLIMITED_SETTINGS) as server,
        requests.Session() as session,
    ):
        names = _names(session, server.base_url)
        draw = random.Random(seed)  # noqa: S311 - an order that can be repeated, no secret
        times: dict[str, list[float]] = {kind: [] for kind in names}
        for turn in range(-WARM_UP_TURNS, turns):
            for kind in draw.sample(list(names), len(names)):
                seconds = _timed(session, server.base_url, names[kind])
                if turn >= 0:
                    times[kind].append(seconds)
            progress(max(0, turn + 1))
    return summary(times)


def summary(times: Mapping[str, list[float]]) -> LoginTiming:
    """Compare what was timed, turn by turn; `times` in seconds, by kind of name."""
    ratios = {
        kind: paired_ratio(seconds, times[KNOWN]).interval(ERROR_LEVEL)
        for kind, seconds in times.items()
        if kind != KNOWN
    }
    medians = {kind: median(seconds) * 1000 for kind, seconds in times.items()}
    return LoginTiming(len(times[KNOWN]), medians, ratios)


def _names(session: requests.Session, base_url: str) -> dict[str, str]:
    """Make an account and an inactive one; the names by kind, all of one length."""
    made = {kind: _registered(session, base_url, USERNAMES[kind]) for kind in (KNOWN, INACTIVE)}
    token = _ask(session, "POST", f"{base_url}/api/v1/token", 200, data=_form(ADMIN_USERNAME, ADMIN_PASSWORD))
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    inactive = f"{base_url}/api/v1/users/{made[INACTIVE]}"
    _ask(session, "PATCH", inactive, 200, json={"is_active": False}, headers=headers)
    return USERNAMES


def _registered(session: requests.Session, base_url: str, username: str) -> int:
    body = {"username": username, "email": f"{username}@example.com", "name": "Somebody", "password": PASSWORD}
    user = _ask(session, "POST", f"{base_url}/api/v1/users", 201, json=body)
    return int(str(user["id"]))


def _timed(session: requests.Session, base_url: str, username: str) -> float:
    began = time.perf_counter()
    _ask(session, "POST", f"{base_url}/api/v1/token", 401, data=_form(username, WRONG_PASSWORD))
    return time.perf_counter() - began


def _form(username: str, password: str) -> dict[str, str]:
    return {"grant_type": "password", "username": username, "password": password}


def _ask(
    session: requests.Session,
    method: str,
    url: str,
    status: int,
    *,
    data: Mapping[str, str] | None = None,
    json: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, object]:
    answer = session.request(method, url, data=data, json=json, headers=headers, timeout=TIMEOUT_SECONDS)
    if answer.status_code != status:
        raise LoginFailedError(f"{method} {url} answered {answer.status_code}, expected {status}")
    body: dict[str, object] = answer.json()
    return body

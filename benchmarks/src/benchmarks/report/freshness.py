"""Whether a result is stale: older than 90 days, or of other versions than the lock. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from benchmarks.report.numbers import listed
from benchmarks.results import Result

MAX_AGE_DAYS = 90
NAMED = 6
Lock = Mapping[str, frozenset[str]]
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def pins(text: str) -> dict[str, frozenset[str]]:
    """The versions that a `requirements.lock` pins, by normalised name; several where they depend on the platform."""
    found: dict[str, frozenset[str]] = {}
    for name, version in _PIN.findall(text):
        found[normalised(name)] = found.get(normalised(name), frozenset()) | {version}
    return found


def normalised(name: str) -> str:
    """A distribution's name as the packaging specification compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def measured_on(result: Result) -> date:
    """The day of the run."""
    return datetime.fromisoformat(result.started_at).date()


def other_versions(result: Result, lock: Lock) -> list[str]:
    """What was measured in another version than the lock has now, as `name measured → locked`."""
    return [
        f"{name} {version} → {' or '.join(sorted(lock[normalised(name)]))}"
        for name, version in sorted(result.environment.packages.items())
        if normalised(name) in lock and version not in lock[normalised(name)]
    ]


def stale_because(result: Result, lock: Lock, today: date | None = None) -> list[str]:
    """Why a result is stale, in words; the age is judged where a day is given."""
    reasons = []
    if today is not None and (days := (today - measured_on(result)).days) > MAX_AGE_DAYS:
        reasons.append(f"it is {days} days old, more than {MAX_AGE_DAYS}")
    if others := other_versions(result, lock):
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        reasons.append(f"it is of other versions than requirements.lock: {listed(others[:NAMED])}{more}")
    return reasons

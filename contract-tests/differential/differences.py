"""Where the answers of several servers to one request differ, in words that are the same for one cause."""

from collections.abc import Mapping, Sequence

from compare import Reader
from forms import faults
from request import Request
from targets import FIXED_PATHS
from wire import Answer


def differences(step: Request, answers: Mapping[str, Sequence[Answer]], readers: Mapping[str, Reader]) -> str | None:
    """Say where the answers to one request differ, or what is wrong with one; None when all is well."""
    wrong = {name: found for name, some in answers.items() if (found := [f for one in some for f in faults(step, one)])}
    if wrong:
        return "; ".join(f"{name} {answers[name][0].status}: {_kind(found[0])}" for name, found in wrong.items())
    seen = {name: readers[name].seen(step, some) for name, some in answers.items()}
    if len(set(seen.values())) == 1:
        return None
    statuses = {name: " and ".join(str(one.status) for one in some) for name, some in seen.items()}
    if len(set(statuses.values())) > 1:
        return f"status: {_grouped(statuses)}"
    where = f"at {_place(step)}, {next(iter(statuses.values()))}"
    for header in sorted({name for some in seen.values() for one in some for name, _ in one.headers}):
        values = {
            name: str([value for one in some for given, value in one.headers if given == header])
            for name, some in seen.items()
        }
        if len(set(values.values())) > 1:
            return f"header {header} {where}: {_parted(values)}"
    return f"body {where}: {_parted({name: str([one.body for one in some]) for name, some in seen.items()})}"


def _kind(fault: str) -> str:
    """A fault without what is of one occasion only."""
    return fault.partition(": ")[0] if not fault.startswith("no answer") else fault[:60]


def _place(step: Request) -> str:
    path = step.target.partition("?")[0]
    known = path if path in FIXED_PATHS else path.rstrip("0123456789") + "…"
    return f"{step.method} {known}"


def _grouped(values: Mapping[str, str]) -> str:
    """Who has which value: `200 (flask, django), 404 (tornado)`."""
    groups: dict[str, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(value, []).append(name)
    return ", ".join(f"{value} ({', '.join(names)})" for value, names in groups.items())


def _parted(values: Mapping[str, str]) -> str:
    """Who agrees with whom: `flask, django | tornado`."""
    groups: dict[str, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(value, []).append(name)
    return " | ".join(", ".join(names) for names in groups.values())

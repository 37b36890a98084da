"""Whether a run can be gone on with: everything that its figures depend on must be as it was."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from benchmarks.results import METHOD_VERSION, Database, Environment, Layout, Result
from benchmarks.run.book import INTERRUPTED

MOST_NAMED = 3


class ResumeError(Exception):
    """A result cannot be gone on with; the message is one line that says why."""


def check_resumable(result: Result) -> None:
    """See that there is something left to measure, by the method that this tool has.

    Raises:
        ResumeError: the run has ended by itself, or its method is another.
    """
    if result.method != METHOD_VERSION:
        raise ResumeError(f"it was measured by method version {result.method}, and this tool has {METHOD_VERSION}")
    if result.ended != INTERRUPTED:
        why = "it is complete" if result.ended == "complete" else "its time budget is spent"
        raise ResumeError(f"there is nothing to go on with: {why}")


def check_asked(result: Result, asked: Mapping[str, object]) -> None:
    """See that what is asked for now is what the run was told.

    Parameters:
        asked: members of the settings, as far as somebody named them.

    Raises:
        ResumeError: one of them is another now.
    """
    for name, value in asked.items():
        if getattr(result.settings, name) != value:
            raise ResumeError(f"its {name} is {_in_words(getattr(result.settings, name))}, not {_in_words(value)}")


def check_same(result: Result, environment: Environment, database: Database) -> None:
    """See that machine, tree, versions and engine are as they were.

    Raises:
        ResumeError: naming what is not.
    """
    changes = [*_changes(result.environment, environment), *_changes(result.database, database)]
    if changes:
        more = f", and {len(changes) - MOST_NAMED} more" if len(changes) > MOST_NAMED else ""
        raise ResumeError(f"other conditions now: {', '.join(changes[:MOST_NAMED])}{more}")


def _changes(then: Environment | Database, now: Environment | Database) -> Iterator[str]:
    for name in (member.name for member in fields(then)):
        before, after = getattr(then, name), getattr(now, name)
        if isinstance(before, Layout) and isinstance(after, Layout):
            # The database's cores are known only once it is held to them.
            before, after = (before.server, before.generator), (after.server, after.generator)
        if isinstance(before, Mapping):
            yield from _package_changes(before, after)
        elif before != after:
            yield f"{name} was {_in_words(before)} and is {_in_words(after)}"


def _package_changes(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield f"{name} was {then.get(name, 'not installed')} and is {now.get(name, 'not installed')}"


def _in_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

"""Takes away what a sequence does not need: many requests, single ones, headers, callers, members, queries."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from request import Framing, Request

Steps = tuple[Request, ...]


def simplified(steps: Steps, fails: Callable[[Steps], bool]) -> Steps:
    """Make a failing sequence simpler for as long as it fails.

    Args:
        steps: a sequence that fails.
        fails: plays a sequence, and tells whether it fails in the same way at its last request.
    """
    while simpler := next((candidate for candidate in _candidates(steps) if fails(candidate)), None):
        steps = simpler
    return steps


def _candidates(steps: Steps) -> Iterator[Steps]:
    """Each is simpler than the sequence, so that there is an end; the last request stays."""
    size = len(steps) - 1
    while size > 0:
        for start in range(0, len(steps) - 1, size):
            yield (*steps[:start], *steps[min(start + size, len(steps) - 1) :])
        size //= 2
    for index, step in enumerate(steps):
        yield from ((*steps[:index], simpler, *steps[index + 1 :]) for simpler in _simpler(step))


def _simpler(step: Request) -> Iterator[Request]:
    if step.times > 1:
        yield from (replace(step, times=times) for times in (1, step.times - 1))
    if step.framing is not Framing.LENGTH:
        yield replace(step, framing=Framing.LENGTH, declared=0)
    if step.body is not None:
        yield replace(step, body=None)
    if step.caller is not None:
        yield replace(step, caller=None)
    for index in range(len(step.headers)):
        yield replace(step, headers=(*step.headers[:index], *step.headers[index + 1 :]))
    path, mark, query = step.target.partition("?")
    if mark:
        yield replace(step, target=path)
    pairs = query.split("&")
    for index in range(len(pairs)) if len(pairs) > 1 else ():
        yield replace(step, target=f"{path}?{'&'.join([*pairs[:index], *pairs[index + 1 :]])}")
    if step.body:
        yield from (replace(step, body=body) for body in _shorter(step.body))


def _shorter(body: bytes) -> Iterator[bytes]:
    """Shorter bodies: of JSON with less in it, of other bytes a half."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        yield from (half for half in (body[: len(body) // 2], body[len(body) // 2 :]) if len(half) < len(body))
        return
    for less in _less(value):
        text = json.dumps(less).encode()
        if len(text) < len(body):
            yield text


def _less(value: Any) -> Iterator[Any]:
    """JSON values with less in them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from ({**value, name: less} for less in _less(inner))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield [*value[:index], *value[index + 1 :]]
            yield from ([*value[:index], less, *value[index + 1 :]] for less in _less(inner))
    elif isinstance(value, str) and value:
        middle = len(value) // 2
        yield from (value[:middle], value[middle:]) if middle else ("",)

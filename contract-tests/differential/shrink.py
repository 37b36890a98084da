"""Takes away what a sequence does not need: whole requests, headers, callers, queries.

Hypothesis shrinks what it has drawn, but seldom takes out a whole request, whose size in draws it does not know.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

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
    for index in range(len(steps) - 1):
        yield (*steps[:index], *steps[index + 1 :])
    for index, step in enumerate(steps):
        yield from ((*steps[:index], simpler, *steps[index + 1 :]) for simpler in _simpler(step))


def _simpler(step: Request) -> Iterator[Request]:
    """Each is shorter than the request, so that there is an end."""
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

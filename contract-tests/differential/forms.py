"""What is wrong with an answer whatever the others say: a failure, or the form of what is not compared."""

import re
from collections.abc import Iterator

from request import Request
from wire import Answer

FAILED = 500
LONGEST_WINDOW_SECONDS = 3600
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_DECENT_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TIMING = re.compile(r"app;dur=[0-9]+(?:\.[0-9]+)?")
_LIMITS = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")


def faults(request: Request, answer: Answer) -> list[str]:
    """Name what is wrong with an answer by itself."""
    if answer.status == 0:
        return [answer.note]
    return list(_faults(request, answer))


def _faults(request: Request, answer: Answer) -> Iterator[str]:
    if answer.status >= FAILED:
        yield f"status {answer.status}"
    if not _TIMING.fullmatch(", ".join(answer.values("server-timing"))):
        yield f"Server-Timing: {answer.values('server-timing')}"
    if not _id_fits(request, answer.values("x-request-id")):
        yield f"X-Request-ID: {answer.values('x-request-id')}"
    if re.search(r"/\s*[0-9]", ", ".join(answer.values("server"))):
        yield f"Server: {answer.values('server')}"
    length = answer.value("content-length")
    if answer.body and length is not None and int(length) != len(answer.body):
        yield f"Content-Length: {length} of {len(answer.body)} bytes"
    yield from _limit_faults(answer)


def _limit_faults(answer: Answer) -> Iterator[str]:
    """16.3 and 16.4: three headers or none, each in its range; a refusal tells when to come back."""
    given = [value for name in _LIMITS for value in answer.values(name)]
    if given and (len(given) != len(_LIMITS) or not all(value.isdecimal() for value in given)):
        yield f"RateLimit: {given}"
        return
    if given:
        limit, remaining, reset = map(int, given)
        if not (0 <= remaining < limit and 1 <= reset <= LONGEST_WINDOW_SECONDS):
            yield f"RateLimit: {given}"
    if answer.status == 429 and (not given or given[1] != "0" or answer.values("retry-after") != given[2:]):
        yield f"Retry-After: {answer.values('retry-after')}, {given}"


def _id_fits(request: Request, values: list[str]) -> bool:
    """2.1: the request's own id where there is one decent one, else a UUID of version 4."""
    given = [value.strip(" \t") for name, value in request.headers if name.lower() == "x-request-id"]
    if len(values) != 1:
        return False
    if len(given) == 1 and _DECENT_ID.fullmatch(given[0]):
        return values[0] == given[0]
    return _UUID4.fullmatch(values[0]) is not None

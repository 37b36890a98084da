"""When two answers are the same: all that the contract names is equal, what must differ has its right form."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from request import Request
from wire import Answer

# Of the transport (RFC 9110, 6.6.1 and 7.6.1), or free by the contract; the last three are held to their form.
FREE_HEADERS = frozenset({"date", "connection", "keep-alive", "server", "server-timing", "x-request-id"})
# Where a body tells of the framework, or is made by it, and its length with it.
OWN_BODIES = frozenset({"/", "", "/openapi.json"})
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_DECENT_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TIMING = re.compile(r"app;dur=[0-9]+(?:\.[0-9]+)?")
_TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"')
_TOKEN = re.compile(r'"access_token":"([^"]*)"')
_FRAMEWORK = re.compile(r'"(framework|framework_version)":"[^"]+"')
FAILED = 500


@dataclass(frozen=True)
class Seen:
    """An answer with all taken out that may differ between servers."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    note: str = ""


@dataclass
class Reader:
    """Turns one server's answers into what can be compared, in the order of a sequence.

    Args:
        since: the latest time that the common database held when the sequence began. Times up to it are compared as
            they are; a later one, which the server's own clock gave, by its place among those that came before.
    """

    since: str
    _times: dict[str, str] = field(default_factory=dict)

    def seen(self, request: Request, answer: Answer) -> Seen:
        """Take out of an answer what may differ."""
        own = answer.status == 200 and unquote(urlsplit(request.target).path) in OWN_BODIES
        body = _body_text(answer, own=own)
        request_id = answer.value("x-request-id") or ""
        if _UUID4.fullmatch(request_id):
            body = body.replace(request_id, "<request id>")
        body = _TIME.sub(lambda match: f'"{self._time(match[1])}"', body)
        body = _TOKEN.sub(lambda match: f'"access_token":{_token_form(match[1])}', body)
        headers = [header for header in answer.headers if header[0] not in FREE_HEADERS]
        if own:
            headers = [header for header in headers if header[0] != "content-length"]
        return Seen(answer.status, tuple(sorted(headers)), body, answer.note)

    def _time(self, text: str) -> str:
        return text if text <= self.since else self._times.setdefault(text, f"<new time {len(self._times) + 1}>")


def faults(request: Request, answer: Answer) -> list[str]:
    """Name what is wrong with an answer whatever the others say: a failure, or the form of what is not compared."""
    if answer.status == 0:
        return [answer.note]
    found = [] if answer.status < FAILED else [f"status {answer.status}"]
    if not _TIMING.fullmatch(", ".join(answer.values("server-timing"))):
        found.append(f"Server-Timing: {answer.values('server-timing')}")
    if not _id_fits(request, answer.values("x-request-id")):
        found.append(f"X-Request-ID: {answer.values('x-request-id')}")
    if re.search(r"/\s*[0-9]", ", ".join(answer.values("server"))):
        found.append(f"Server: {answer.values('server')}")
    length = answer.value("content-length")
    if answer.body and length is not None and int(length) != len(answer.body):
        found.append(f"Content-Length: {length} of {len(answer.body)} bytes")
    return found


def _id_fits(request: Request, values: list[str]) -> bool:
    """2.1: the request's own id where there is one decent one, else a UUID of version 4."""
    given = [value.strip(" \t") for name, value in request.headers if name.lower() == "x-request-id"]
    if len(values) != 1:
        return False
    if len(given) == 1 and _DECENT_ID.fullmatch(given[0]):
        return values[0] == given[0]
    return _UUID4.fullmatch(values[0]) is not None


def _body_text(answer: Answer, *, own: bool) -> str:
    text = answer.body.decode("utf-8", "backslashreplace")
    if own and text.startswith('{"openapi":'):
        return "<an OpenAPI document>"
    return _FRAMEWORK.sub(r'"\1":"<its own>"', text) if own else text


def _token_form(token: str) -> str:
    """All of a token that does not depend on the time and the key: its header, its claims, how long it is good for."""
    parts = token.split(".")
    try:
        header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
        times = {"iat": "<now>", "exp": f"<now + {claims['exp'] - claims['iat']}>"}
        return f"<a token of {len(parts)} parts, {header}, {dict(sorted({**claims, **times}.items()))}>"
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        return f"<no token: {type(error).__name__}>"

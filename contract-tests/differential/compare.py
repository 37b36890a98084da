"""When two answers are the same: all that the contract names is equal, what must differ has its right form."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from memory import cursor_of
from request import Request
from wire import Answer

# Of the transport (RFC 9110, 6.6.1 and 7.6.1), or free by the contract; `forms.py` holds the last three to their form.
FREE_HEADERS = frozenset({"date", "connection", "keep-alive", "server", "server-timing", "x-request-id"})
# Where a body tells of the framework, is made by it, or tells of the server's own past, and its length with it.
OWN_BODIES = frozenset({"/", "", "/openapi.json", "/metrics"})
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"')
_CREATED = re.compile(r'"created_at":"([^"]*)"')
_TOKEN = re.compile(r'"access_token":"([^"]*)"')
_FIRST_ID = re.compile(r'\A\{"id":[0-9]+')
_LAST_ID = re.compile(r"[0-9]+\Z")
_FRAMEWORK = re.compile(r'"(framework|framework_version)":"[^"]+"')


@dataclass(frozen=True, order=True)
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
        free: names of more headers whose values depend on the time.
    """

    since: str
    free: frozenset[str] = frozenset()
    _times: dict[str, str] = field(default_factory=dict)

    def seen(self, request: Request, answers: Sequence[Answer]) -> tuple[Seen, ...]:
        """Take out of the answers to one request what may differ; several came at once and have no order."""
        if len(answers) == 1:
            return (self._seen(request, answers[0]),)
        timeless = Reader("", self.free)
        ordered = sorted(answers, key=lambda answer: _without_numbers(timeless._seen(request, answer)))
        seen = tuple(self._seen(request, answer) for answer in ordered)
        return tuple(map(_without_drawn_id, seen)) if request.draws_ids else seen

    def _seen(self, request: Request, answer: Answer) -> Seen:
        own = answer.status == 200 and unquote(urlsplit(request.target).path) in OWN_BODIES
        body = _body_text(answer, own=own)
        request_id = answer.value("x-request-id") or ""
        if _UUID4.fullmatch(request_id):
            body = body.replace(request_id, "<request id>")
        cursor = cursor_of(request, answer)
        if cursor is not None and _CREATED.findall(body)[-1] > self.since:
            body = body.replace(f'"next":"{cursor}"', '"next":<of a new time>')
        body = _TIME.sub(lambda match: f'"{self._time(match[1])}"', body)
        body = _TOKEN.sub(lambda match: f'"access_token":{_token_form(match[1])}', body)
        return Seen(answer.status, self._headers(answer, own=own), body, answer.note)

    def _headers(self, answer: Answer, *, own: bool) -> tuple[tuple[str, str], ...]:
        # How short gzip makes a time or a request id differs.
        length = {"content-length"} if own or answer.value("content-encoding") is not None else set()
        free = FREE_HEADERS | self.free | length
        fields = [(name, _listed(value) if name == "vary" else value) for name, value in answer.headers]
        return tuple(sorted(header for header in fields if header[0] not in free))

    def _time(self, text: str) -> str:
        return text if text <= self.since else self._times.setdefault(text, f"<new time {len(self._times) + 1}>")


def _without_drawn_id(seen: Seen) -> Seen:
    headers = tuple(
        (name, _LAST_ID.sub("<drawn>", value) if name == "location" else value) for name, value in seen.headers
    )
    return Seen(seen.status, headers, _FIRST_ID.sub('{"id":<drawn>', seen.body), seen.note)


def _without_numbers(seen: Seen) -> Seen:
    return Seen(seen.status, seen.headers, re.sub("<new time [0-9]+>", "<new time>", seen.body), seen.note)


def _listed(value: str) -> str:
    """The members of a list in one order, with those that are there twice."""
    return ", ".join(sorted(name.strip().lower() for name in value.split(",")))


def _body_text(answer: Answer, *, own: bool) -> str:
    try:
        text = answer.content.decode("utf-8", "backslashreplace")
    except ValueError as error:
        return f"<{error}>"
    if own and text.startswith('{"openapi":'):
        return "<an OpenAPI document>"
    if own and text.startswith("# HELP "):
        return "\n".join(line for line in text.splitlines() if line.startswith("#"))
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

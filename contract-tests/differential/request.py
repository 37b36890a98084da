"""A request of a sequence: how it is written on the wire, and as a curl command."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

HOST = "localhost"
NEWEST = "newest"
SHOWN_BYTES = 1_000
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
_PLAIN = frozenset(range(0x20, 0x7F))
# Longer names than any letter of a header or path would make by chance; unknown ones stay as they are.
_NAME = re.compile(r"\$([a-z_]+)")


class Framing(Enum):
    """How the end of a body is told."""

    LENGTH = "by Content-Length"
    CHUNKED = "in chunks"
    BROKEN_OFF = "by a Content-Length that promises more than comes"


@dataclass(frozen=True)
class Request:
    """One step of a sequence, the same for every server.

    Args:
        target: path and query as they are sent, one character a byte (latin-1). `$NAME` stands for a value.
        caller: whose token is sent: a name of `World.tokens`, `NEWEST` for the last log-in's, or None.
        headers: lines beside `Host`, `Authorization` and the length; a line of those names takes their place. `$NAME`
            in a value stands for a token, or for what a server has answered before (see `memory.py`).
        dropped: names, in lower case, of lines that are not sent.
        declared: the length that is told instead of the true one, with `Framing.BROKEN_OFF`.
        times: how often it is sent at once, each on a connection of its own.
    """

    method: str
    target: str
    caller: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    dropped: frozenset[str] = frozenset()
    body: bytes | None = None
    framing: Framing = Framing.LENGTH
    declared: int = 0
    times: int = 1

    @property
    def draws_ids(self) -> bool:
        """Whether several create something at once. On PostgreSQL who fails has drawn an id too (its manual, 9.17)."""
        return self.times > 1 and self.method == "POST"

    def with_header(self, name: str, value: str) -> Self:
        """The same request with one header of this name, whatever it had before."""
        kept = tuple(header for header in self.headers if header[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def with_line(self, name: str, value: str) -> Self:
        """The same request with one more line of this name."""
        return replace(self, headers=(*self.headers, (name, value)))

    def without(self, name: str) -> Self:
        """The same request without any line of this name."""
        kept = tuple(header for header in self.headers if header[0].lower() != name.lower())
        return replace(self, headers=kept, dropped=self.dropped | {name.lower()})

    def header(self, name: str) -> str | None:
        """The first value of a header that was given."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), None)

    def lines(self, values: Mapping[str, str]) -> list[tuple[str, str]]:
        """Every header line that is sent."""
        given = {name.lower() for name, _ in self.headers} | self.dropped
        own = [("Host", HOST)]
        if self.caller is not None:
            own.append(("Authorization", f"Bearer {values[self.caller]}"))
        own += self._length_lines()
        lines = [line for line in own if line[0].lower() not in given]
        return lines + [(name, _filled(value, values)) for name, value in self.headers]

    def encoded(self, values: Mapping[str, str]) -> bytes:
        """The bytes of the request, with a server's own values and the tokens in their places."""
        target = _filled(self.target, values)
        lines = [f"{self.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.lines(values))]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self._encoded_body()

    def names(self) -> set[str]:
        """The names of the tokens and other values that the request sends."""
        named = {name for text in (self.target, *self.header_values()) for name in _NAME.findall(text)}
        return named if self.caller is None else named | {self.caller}

    def header_values(self) -> list[str]:
        """The values of the headers that were given."""
        return [value for _, value in self.headers]

    def _length_lines(self) -> list[tuple[str, str]]:
        if self.framing is Framing.CHUNKED:
            return [("Transfer-Encoding", "chunked")]
        if self.framing is Framing.BROKEN_OFF:
            return [("Content-Length", str(self.declared))]
        return [] if self.body is None else [("Content-Length", str(len(self.body)))]

    def _encoded_body(self) -> bytes:
        body = self.body or b""
        if self.framing is not Framing.CHUNKED:
            return body
        middle = len(body) // 2
        parts = [part for part in (body[:middle], body[middle:]) if part]
        return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"

    def curl(self) -> str:
        """The request as a command; `$URL` is the server and `$NAME` the token of a caller."""
        words = [f"curl -si -X {shlex.quote(self.method)} --path-as-is"]
        if self.caller is not None and self.header("Authorization") is None:
            words.append(f'-H "Authorization: Bearer ${self.caller}"')
        words += [f"-H {_quoted(f'{name}: {value}' if value else f'{name};')}" for name, value in self.headers]
        words += [f"-H {_quoted(f'{name}:')}" for name in sorted(self.dropped)]
        if self.framing is Framing.BROKEN_OFF:
            words.append(f"-H 'Content-Length: {self.declared}'")
        if self.framing is Framing.CHUNKED:
            words.append("-H 'Transfer-Encoding: chunked'")
        command = " ".join([*words, *self._curl_body(), self._curl_target()])
        return command if self.times == 1 else f"for i in {{1..{self.times}}}; do {command} & done; wait"

    def _curl_body(self) -> list[str]:
        if self.method == "HEAD" and self.body is None:
            return ["-I"]
        if self.body is None:
            return []
        silent = [] if self.header("Content-Type") is not None else ["-H 'Content-Type:'"]
        shown = self.body[:SHOWN_BYTES]
        more = len(self.body) - len(shown)
        note = [f"`# {more} more bytes like these`"] if more else []
        return [*silent, f"--data-binary {_literal(shown.decode('latin-1'))}", *note]

    def _curl_target(self) -> str:
        if not self.target.startswith("/"):
            return f'--request-target {_quoted(self.target)} "$URL"'
        return f'"$URL"{_quoted(self.target)}'


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda match: values.get(match[1], match[0]), text) if "$" in text else text


def _quoted(text: str) -> str:
    """Quote text of one character a byte for bash, which puts the value in the place of its name."""
    if _NAME.search(text) and not set(text) & set("`\\!"):
        return '"' + text.replace('"', '\\"') + '"'
    return _literal(text)


def _literal(text: str) -> str:
    if all(ord(c) in _PLAIN for c in text):
        return shlex.quote(text)
    escaped = {"\\": "\\\\", "'": "\\'"}
    shown = (escaped.get(c, c) if ord(c) in _PLAIN else f"\\x{ord(c):02x}" for c in text)
    return f"$'{''.join(shown)}'"

"""An answer that knows its request, and the assertions on it. A failure prints both sides of the exchange."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from problems import PROBLEMS

Json = Any
SHOWN_CHARACTERS = 1_500
UNSET: Any = object()


@dataclass(frozen=True)
class Sent:
    """A request as it was sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def _shorten(text: str) -> str:
    cut = len(text) - SHOWN_CHARACTERS
    return text if cut <= 0 else f"{text[:SHOWN_CHARACTERS]}… ({cut} characters more)"


def _shown_header(name: str, value: str) -> str:
    if name.lower() == "authorization" and len(value) > 24:
        value = f"{value[:12]}…{value[-6:]}"
    return f"    {name}: {_shorten(value)}"


def _shown(first_line: str, headers: Mapping[str, str], body: bytes) -> str:
    lines = [f"  {first_line}", *(_shown_header(*header) for header in headers.items())]
    return "\n".join(lines + ([f"    {_shorten(body.decode('utf-8', 'backslashreplace'))}"] if body else []))


def canonical(value: Json) -> str:
    """JSON text in which equal values, and only those, are equal: Python's 1, 1.0 and True are three values here."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, indent=1)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a member is there twice: {sorted(names)}")
    return dict(pairs)


@dataclass(frozen=True)
class Answer:
    """A response. Every `expect…` returns the answer itself, or raises with the whole exchange."""

    sent: Sent
    status: int
    headers: Mapping[str, str]
    content: bytes
    # Of every header line, where they were read as they came; `headers` joins what is there twice.
    names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.sent.method} {self.sent.url} → {self.status} {_shorten(self.content.decode(errors='replace'))}>"

    @cached_property
    def body(self) -> Json:
        """The body as JSON."""
        return json.loads(self.content.decode("utf-8"), object_pairs_hook=_object)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8")

    def fail(self, expected: object, got: object) -> AssertionError:
        """Make the error of a failed expectation."""
        sent = _shown(f"{self.sent.method} {self.sent.url}", self.sent.headers, self.sent.body)
        answered = _shown(str(self.status), self.headers, self.content)
        return AssertionError(f"expected {expected}\n     got {got}\n\nsent:\n{sent}\n\nanswered:\n{answered}")

    def expect(self, status: int, body: Json = UNSET) -> Self:
        """Hold the status and, where one is given, the whole body."""
        __tracebackhide__ = True
        if self.status != status:
            raise self.fail(f"status {status}", f"status {self.status}")
        return self if body is UNSET else self.expect_body(body)

    def expect_body(self, body: Json) -> Self:
        """Hold the whole body, types of numbers and booleans included."""
        __tracebackhide__ = True
        if canonical(self.body) != canonical(body):
            raise self.fail(f"body {canonical(body)}", f"body {canonical(self.body)}")
        return self

    def expect_members(self, **members: Json) -> Self:
        """Hold some members of the body."""
        __tracebackhide__ = True
        got = {name: self.body.get(name, "(absent)") for name in members}
        if canonical(got) != canonical(members):
            raise self.fail(f"members {canonical(members)}", f"members {canonical(got)}")
        return self

    def expect_headers(self, headers: Mapping[str, str | re.Pattern[str] | None]) -> Self:
        """Hold headers: a value exactly, a pattern as a whole, None as absent."""
        __tracebackhide__ = True
        for name, wanted in headers.items():
            got = self.headers.get(name)
            fits = wanted.fullmatch(got or "") if isinstance(wanted, re.Pattern) else got == wanted
            if not fits:
                raise self.fail(f"header {name}: {wanted}", f"header {name}: {got}")
        return self

    def expect_problem(self, status: int, code: str, **members: Json) -> Self:
        """Hold a problem as a whole (11.1, 2.7); `members` are those beside the usual ones."""
        __tracebackhide__ = True
        self.expect(status)
        self.expect_headers({"Content-Type": "application/problem+json", "Cache-Control": "no-store"})
        title = PROBLEMS[code][1]
        fixed = {"type": f"/problems/{code}", "title": title, "status": status, "code": code, **members}
        fixed["request_id"] = self.headers.get("X-Request-ID")
        detail = self.body.get("detail")
        if not isinstance(detail, str) or not detail.strip():
            raise self.fail("a sentence in detail", repr(detail))
        return self.expect_body({**fixed, "detail": detail})

    def expect_faults(self, faults: Mapping[str, str]) -> Self:
        """Hold a 422 with exactly these pointers and codes, in the contract's order (4.1)."""
        __tracebackhide__ = True
        self.expect(422)
        errors = self.body.get("errors")
        self.expect_problem(422, "validation_failed", errors=errors)
        got = [(error.get("pointer"), error.get("code")) for error in errors]
        if got != sorted(faults.items()):
            raise self.fail(f"faults {sorted(faults.items())}", f"faults {got}")
        for error in errors:
            detail = error.get("detail")
            if set(error) != {"pointer", "detail", "code"} or not isinstance(detail, str) or not detail:
                raise self.fail("a fault of pointer, detail and code", error)
        return self

    def expect_allow(self, *methods: str) -> Self:
        """Hold the methods of `Allow`, in any order, none twice."""
        __tracebackhide__ = True
        got = sorted(name.strip() for name in self.headers.get("Allow", "").split(","))
        if got != sorted(methods):
            raise self.fail(f"Allow of {sorted(methods)}", f"Allow of {got}")
        return self

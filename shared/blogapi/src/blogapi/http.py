"""What every response carries and every request is held against before it is routed."""

import re
import time
from uuid import uuid4

from blogapi.problems import Problem
from blogapi.settings import Settings

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Turning a longer literal into a number could take long.
_DIGITS_MAX = 18
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(given: str | None) -> str:
    """Give the request's own id where it is a decent one, else a new UUIDv4 (RFC 9562)."""
    return given if given is not None and _REQUEST_ID.fullmatch(given) else str(uuid4())


def security_headers(settings: Settings) -> dict[str, str]:
    """The headers that every response carries; a page may bring its own Content-Security-Policy."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": _API_POLICY,
    }
    if settings.hsts_seconds:
        headers["Strict-Transport-Security"] = f"max-age={settings.hsts_seconds}"
    return headers


def server_timing(started: float) -> str:
    """The Server-Timing header's value (W3C) for a request that came in at `started` (`time.perf_counter()`)."""
    return f"app;dur={(time.perf_counter() - started) * 1000:.2f}"


def check_host(settings: Settings, host: str | None) -> None:
    """Let pass a request for a host that this service answers for, whatever the port.

    Raises:
        Problem: `bad_host`.
    """
    name = re.sub(r":[0-9]*$", "", host or "").lower().rstrip(".")
    if "*" not in settings.allowed_hosts and name not in settings.allowed_hosts:
        raise Problem("bad_host")


def check_declared_size(settings: Settings, content_length: str | None) -> None:
    """Let pass a request whose declared body is not larger than `MAX_BODY_BYTES`, before a byte of it is read.

    Raises:
        Problem: `body_too_large`.
    """
    declared = content_length if content_length and re.fullmatch("[0-9]+", content_length) else "0"
    if len(declared) > _DIGITS_MAX or int(declared) > settings.max_body_bytes:
        raise Problem("body_too_large")

"""Which tests fit the server: some need to know how it is set up, some need it set up in one way."""

from functools import lru_cache

import pytest
import urllib3

from client import TIMEOUT_SECONDS
from target import LARGE_LIMIT, Share, Target

# setting → the request that is counted against it
_COUNTED = {"RATE_LIMIT_DEFAULT": ("GET", "/api/v1/ping"), "RATE_LIMIT_TOKEN": ("POST", "/api/v1/token")}


@lru_cache
def left_out(settings: Target) -> dict[str, str]:
    """Give the markers whose tests do not run, and why."""
    has_small = settings.has_small_limits and settings.is_trusted_proxy
    reasons = {
        "forges_tokens": (settings.secret_key, "CONTRACT_SECRET_KEY is not set"),
        "cors": (settings.cors_origin, "CONTRACT_CORS_ORIGIN names no origin"),
        "no_cors": (settings.cors_origin == "", "CONTRACT_CORS_ORIGIN is not none"),
        "known_limits": (settings.rate_limit_default, "CONTRACT_RATE_LIMIT_… are not set, or off"),
        "small_limits": (has_small, "there are no small limits and CONTRACT_TRUSTED_PROXY=1"),
        "proxies": (settings.proxy_network, "CONTRACT_PROXY_NETWORK is not set"),
        "other_addresses": (settings.source_network, "CONTRACT_SOURCE_NETWORK is not set"),
    }
    return {marker: why for marker, (has, why) in reasons.items() if not has}


def fits(item: pytest.Item, settings: Target) -> bool:
    """Tell whether a test can run against the server."""
    if any(item.get_closest_marker(marker) for marker in left_out(settings)):
        return False
    wanted = ("small_limits", "any_limits")
    return not settings.has_small_limits or any(item.get_closest_marker(marker) for marker in wanted)


def told(settings: Target, share: Share) -> list[str]:
    """Say in a line for each reason what was left out."""
    lines = [f"{why}: the tests marked {marker} were deselected." for marker, why in left_out(settings).items()]
    small = "The limits are small: of the others only the tests of small limits were selected."
    shared = f"This was part {share.number} of {share.total}: the tests of the other parts were deselected."
    return [*lines, *([small] if settings.has_small_limits else []), *([shared] if share.total > 1 else [])]


def fault(settings: Target) -> str | None:
    """Say why the suite cannot run against the server: nothing answers, or it would refuse the suite's own requests."""
    try:
        _asked(settings, "GET", "/health/live")
        small = [name for name in _COUNTED if not settings.has_small_limits and _is_small(settings, *_COUNTED[name])]
    except urllib3.exceptions.HTTPError as error:
        return f"nothing answers at {settings.base_url}: {type(error).__name__}"
    if small:
        return f"the server refuses what the suite sends: set {' and '.join(small)} to {LARGE_LIMIT}/minute or off"
    return None


def _is_small(settings: Target, method: str, path: str) -> bool:
    limit = _asked(settings, method, path).headers.get("RateLimit-Limit", "")
    return limit.isdecimal() and int(limit) < LARGE_LIMIT


def _asked(settings: Target, method: str, path: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request(method, settings.base_url + path, timeout=TIMEOUT_SECONDS, retries=False)

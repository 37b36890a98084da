"""What caches may keep (RFC 9111): Cache-Control, and what an answer varies with."""

import re

PRIVATE = "private, no-cache"
PUBLIC = "public, max-age=0, must-revalidate"
NO_STORE = "no-store"
NO_CACHE = "no-cache"
_RESOURCES = re.compile(r"/api/v[12]/(?:users|articles)(?:/|$)")


def is_resource(path: str) -> bool:
    """Tell whether a path is one of users, articles or comments."""
    return _RESOURCES.match(path) is not None


def cache_headers(method: str, path: str, *, has_token: bool) -> dict[str, str]:
    """The headers of a success (2xx or 304) that tell caches whose answer it is.

    Args:
        method: of the request.
        path: of the request.
        has_token: whether it carries a bearer token, which has been found good.

    Returns:
        `Cache-Control`, and `Vary` where another caller may be answered otherwise. Nothing for OPTIONS.
    """
    if method == "OPTIONS":
        return {}
    if not is_resource(path):
        return {"Cache-Control": NO_STORE if path.startswith(("/api/", "/health", "/metrics")) else NO_CACHE}
    if method not in ("GET", "HEAD"):
        return {"Cache-Control": PRIVATE}
    return {"Cache-Control": PRIVATE if has_token else PUBLIC, "Vary": "Authorization"}


def join_vary(*values: str | None) -> str:
    """Join values of Vary headers, each name once."""
    names = {name.strip().lower(): name.strip() for value in values if value for name in value.split(",")}
    return ", ".join(sorted(names.values()))

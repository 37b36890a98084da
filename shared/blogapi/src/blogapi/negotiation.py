"""Media types and versions that a request names (RFC 9110, section 12.5.1 and 8.3)."""

from functools import lru_cache

from blogapi.problems import Problem

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
# What answers JSON only; the pages for people answer HTML whatever Accept says.
_JSON_PATHS = ("/api/", "/health")
_VERSIONS = {"/api/v1/": "1", "/api/v2/": "2"}


def negotiate(path: str, *, accept: str | None, version: str | None) -> dict[str, str]:
    """Hold a routed request against the version of its path, and against JSON where it answers JSON.

    Args:
        path: of the request.
        accept: the Accept header; None takes all.
        version: the API-Version header; None asks for none.

    Returns:
        The headers that echo what was agreed.

    Raises:
        Problem: `unsupported_version` or `not_acceptable`.
    """
    spoken = next((number for prefix, number in _VERSIONS.items() if path.startswith(prefix)), None)
    if version is not None and spoken is not None and version != spoken:
        raise Problem("unsupported_version")
    if accept and (path == "/" or path.startswith(_JSON_PATHS)) and not accepts_json(accept):
        raise Problem("not_acceptable")
    return {"API-Version": spoken} if version is not None and spoken is not None else {}


@lru_cache(maxsize=256)
def accepts_json(accept: str) -> bool:
    """Tell whether an Accept header takes JSON: the most specific range that fits decides, by its q-value."""
    return _quality(JSON, quality_values(accept)) > 0


def quality_values(field: str) -> list[tuple[str, float]]:
    """Read a field like Accept or Accept-Encoding (RFC 9110, section 12.4.2).

    Returns:
        Each member in lower case, with its q-value: 1 where there is none, 0 where it is no number.
    """
    return [_weighted(member) for member in field.lower().split(",") if member.strip()]


def check_content_type(content_type: str | None, *allowed: str) -> None:
    """Let pass a body of one of the media types `allowed`, in UTF-8 if it says anything of it.

    Raises:
        Problem: `unsupported_media_type`, also where the header is absent.
    """
    media_type, *parameters = [part.strip() for part in (content_type or "").lower().split(";")]
    charsets = [value.strip('" ') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"]
    if media_type not in allowed or any(charset != "utf-8" for charset in charsets):
        raise Problem("unsupported_media_type", headers={"Accept": ", ".join(allowed)})


def _weighted(member: str) -> tuple[str, float]:
    value, *parameters = [piece.strip() for piece in member.split(";")]
    quality = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
    try:
        return value, float(quality)
    except ValueError:
        return value, 0.0


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    for candidate in (media_type, media_type.split("/")[0] + "/*", "*/*"):
        qualities = [quality for name, quality in ranges if name == candidate]
        if qualities:
            return max(qualities)
    return 0.0

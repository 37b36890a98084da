"""What each file of a variant is there for. The variants name their files alike, so one list serves them all."""

from collections.abc import Mapping
from pathlib import PurePath

# Stems of modules, and names of packages, right below a variant's own package.
FEATURES: Mapping[str, tuple[str, ...]] = {
    "routing": ("articles", "comments", "service", "urls", "users", "views"),
    "validation and output": ("chunks", "fields", "media", "pagination", "representations", "schemas"),
    "auth": ("auth", "authentication"),
    "errors": ("errors",),
    "middleware": ("caching", "compression", "cors", "frontdoor", "middleware", "responses"),
    "rate limits": ("ratelimits",),
    "data": ("database", "models", "postgres", "store"),
    "observation": ("observation",),
    "OpenAPI": ("openapi", "openapi_headers"),
    "server and lifecycle": ("draining", "gate", "main", "server", "settings", "threads", "worker"),
}
# The bare handlers are there for this benchmark; nobody who builds the API has to write them.
NOT_COUNTED = frozenset({"__init__", "bare"})
_FEATURE_OF = {name: feature for feature, names in FEATURES.items() for name in names}


class UnknownFileError(Exception):
    """A variant has a file that no feature has a place for; the message names it."""


def feature_of(file: PurePath) -> str | None:
    """The feature that a file belongs to; None for one that does not count.

    Parameters:
        file: relative to the variant's package.

    Raises:
        UnknownFileError: it is not in the list.
    """
    name = PurePath(file.parts[0]).stem
    if name in NOT_COUNTED:
        return None
    if name not in _FEATURE_OF:
        raise UnknownFileError(f"{file} belongs to no feature of benchmarks.plan.code")
    return _FEATURE_OF[name]

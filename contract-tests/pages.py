"""The links that a page must have (clauses 9.4 to 9.6)."""

import re


def links(base: str, total: int, skip: int, limit: int) -> str | None:
    """The exact Link header of a page; `base` is the path with the other parameters and a final `?` or `&`."""
    skips = {"first": 0, "prev": max(0, skip - limit), "next": skip + limit, "last": (total - 1) // limit * limit}
    relations = ["first", *(["prev"] if skip > 0 else []), *(["next"] if skip + limit < total else []), "last"]
    targets = [f'<{base}skip={skips[name]}&limit={limit}>; rel="{name}"' for name in relations]
    return ", ".join(targets) if total else None


def targets(header: str | None) -> dict[str, str]:
    """Read a Link header: relation → target."""
    return {relation: target for target, relation in re.findall(r'<([^>]*)>; rel="([a-z]+)"', header or "")}

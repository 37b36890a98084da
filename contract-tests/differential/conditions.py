"""Strategies for conditional requests: the tags that a resource may have, in all the forms of a list of them."""

import re

from envelopes import Change
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from request import Request
from texts import picked, weighted

CONDITIONS = ("If-Match", "If-None-Match")
# The last tag that came, of whatever resource, is the most usual one.
NEWEST_TAG = "$tag"
_IDS = re.compile(r"/([1-9][0-9]*)(?=[/?]|$)")
# `own` stands for a tag that the resource may have, `other` for that of its other form, plain or gzip.
_GOOD = (
    "own", "own", "own", "own, own", '"x", own', 'own , "y"', "*", "W/own", "W/own", "other", "other", "W/other",
)  # fmt: skip
_FORMS = (
    "$tag_before", "$tag_before, own", '"x"', '""', "", ",", ", own", "own,,", "W/own, own", "own, W/own", "*, own",
    "own, *", "**", '"*"', " * ", "own ", "\town\t", "own W/own", "ownown", "w/own", "W/ own", "W/*", "'own'",
    "$bare_tag", '"a,b", own', '"a b", own', '"\xff", own', '"', '"x', 'x"', '\\"own\\"', '"unclosed, own', "own;q=1",
    '"other', "other-gzip", '"$bare_tag-br"', "bytes own", '"0.0.0"', '"1.1.1.1"', '"99999999999999999999.1.1"',
    '"9223372036854775807.1.1"', '"0$bare_tag"', '"$bare_tag.1"', '"$bare_tag-gzip-gzip"', "W/W/own", '"x" "y", own',
    "none", ", ".join(f'"{number}.1.1"' for number in range(1, 90)) + ", own",
    ", ".join(f'"{number}.1.1"' for number in range(1, 300)) + ", own",
)  # fmt: skip
_FORM = weighted((3, picked(_GOOD)), (1, picked(_FORMS)))
# How often the resource was changed, and the names of its author; None for the tag that came.
_CHANGES = weighted(
    (3, st.none()), (2, st.tuples(st.sampled_from([1, 1, 2, 2, 3]), st.sampled_from([1, 1, 1, 2])))
)  # fmt: skip
_ONE: SearchStrategy[Change] = st.builds(
    lambda name, form, changes: lambda request: with_condition(request, name, form, changes),
    st.sampled_from(CONDITIONS),
    _FORM,
    _CHANGES,
)
# A condition on the resource that a request is about, or two.
CONDITIONAL: SearchStrategy[Change] = weighted(
    (6, _ONE), (1, st.builds(lambda one, more: lambda request: more(one(request)), _ONE, _ONE))
)


def guarded(requests: SearchStrategy[Request]) -> SearchStrategy[Request]:
    """Requests that succeed once at most, however many are sent at once: `If-Match` with one tag."""
    changes = weighted((3, st.none()), (1, st.tuples(st.sampled_from([1, 2]), st.just(1))))
    return st.builds(lambda request, some: with_condition(request, "If-Match", "own", some), requests, changes)


def with_condition(request: Request, name: str, form: str, changes: tuple[int, int] | None) -> Request:
    """The request with a condition.

    Args:
        request: about one resource.
        name: of the header.
        form: its value, in which `own` and `other` stand for tags.
        changes: of the resource and of its author's names; None for the tag that came last.
    """
    own = NEWEST_TAG if changes is None else own_tag(request.target, *changes)
    other = "$other_tag" if changes is None else own.removesuffix('"') + '-gzip"'
    tags = {"own": own, "other": other}
    return request.with_header(name, re.sub("own|other", lambda match: tags[match[0]], form))


def own_tag(target: str, version: int, byline: int) -> str:
    """A tag that the user or article at a path has after so many changes of it and of its author's names."""
    ids = _IDS.findall(target)
    if not ids or "/comments/" in target:
        return NEWEST_TAG
    return f'"{ids[-1]}.{version}.{byline}"' if "/articles/" in target else f'"{ids[-1]}.{version}"'

"""Entity tags and what is made conditional on them (RFC 9110, sections 8.8.3 and 13)."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple, TypeVar

from blogapi.problems import Problem
from blogapi.records import Article, Comment, User

T = TypeVar("T")
# The numbers that make a tag, behind the id: what the database compares. Each kind of resource has another count of
# them, so that no two resources share a tag.
State = tuple[int, ...]
States = frozenset[State]
# Each is compared by the statement that writes, while it holds the lock.
TAGS_MAX = 100
GZIP_SUFFIX = '-gzip"'
# A whole member of the list: what only holds a tag, or holds a W of another case, is none.
_TAG = re.compile(r'(?:^|,)[ \t]*(W/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)')
_NUMBERS = re.compile(r'"([1-9][0-9]{0,17}(?:\.[1-9][0-9]{0,17}){1,3})"')


class Precondition(NamedTuple):
    """What a change is made conditional on, for the statement that makes it.

    `wanted`: the row has to be in one of these states; None takes any. `unwanted`: and in none of these.
    """

    wanted: States | None = None
    unwanted: States = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether it holds for every row."""
        return self.wanted is None and not self.unwanted


ANY = Precondition()


def user_tag(user: User) -> str:
    """The strong tag of a user's representation; it grows with every change of the row."""
    return f'"{user.id}.{user.version}"'


def article_tag(article: Article) -> str:
    """The strong tag of an article's representation, in which its author's names are shown."""
    return f'"{article.id}.{article.version}.{article.author.byline_version}"'


def comment_tag(comment: Comment) -> str:
    """The strong tag of a comment's representation: only its author's names can change."""
    return f'"{comment.id}.{comment.article_id}.{comment.author.id}.{comment.author.byline_version}"'


def gzip_tag(tag: str) -> str:
    """The tag of the same representation's gzip form, which has to be another (RFC 9110, 8.8.3.3)."""
    return tag.removesuffix('"') + GZIP_SUFFIX


def precondition(headers: Mapping[str, str], *, resource_id: int) -> Precondition:
    """Read `If-Match` and `If-None-Match` of a request that changes a resource.

    Args:
        headers: of the request; names in any case, as the framework's own mapping has them.
        resource_id: whose tags count; others fit nothing.

    Returns:
        The states of the row that are wanted and unwanted. `If-None-Match: *` wants no row at all.
    """
    if_match, if_none_match = headers.get("If-Match"), headers.get("If-None-Match")
    wanted = None if if_match is None or if_match.strip() == "*" else _states(if_match, resource_id, strong=True)
    if if_none_match is None:
        return Precondition(wanted)
    if if_none_match.strip() == "*":
        return Precondition(frozenset())
    return Precondition(wanted, _states(if_none_match, resource_id, strong=False))


def changed_or_gone(condition: Precondition, found: T | None) -> T | None:
    """Tell why a conditional write met no row.

    Returns:
        None: there is no row.

    Raises:
        Problem: `precondition_failed`, where there still is one.
    """
    if found is not None and not condition.is_empty:
        raise Problem("precondition_failed")
    return None


def is_not_modified(headers: Mapping[str, str], tag: str) -> bool:
    """Hold a successful GET or HEAD of the representation with this tag (of whatever form) against its conditions.

    Returns:
        Whether the answer is 304: `If-None-Match` has the tag, by weak comparison.

    Raises:
        Problem: `precondition_failed`, where `If-Match` has not, by strong comparison.
    """
    plain = _plain(tag)
    if_match, if_none_match = headers.get("If-Match"), headers.get("If-None-Match")
    if if_match is not None and if_match.strip() != "*" and plain not in _tags(if_match, strong=True):
        raise Problem("precondition_failed")
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or plain in _tags(if_none_match, strong=False)


def _tags(field: str, *, strong: bool) -> set[str]:
    members = (match.groups() for match in islice(_TAG.finditer(field), TAGS_MAX))
    return {_plain(tag) for weak, tag in members if not (strong and weak)}


def _states(field: str, resource_id: int, *, strong: bool) -> States:
    numbers = [match[1].split(".") for match in map(_NUMBERS.fullmatch, _tags(field, strong=strong)) if match]
    return frozenset(tuple(map(int, rest)) for identity, *rest in numbers if int(identity) == resource_id)


def _plain(tag: str) -> str:
    return tag.removesuffix(GZIP_SUFFIX) + '"' if tag.endswith(GZIP_SUFFIX) else tag

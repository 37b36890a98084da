"""Limits and patterns of the resources: the numbers that every variant, schema and document takes from here."""

import re

ID_MAX = 2**63 - 1
USERNAME_MIN, USERNAME_MAX = 3, 50
USERNAME_PATTERN = r"^[A-Za-z0-9_-]+$"
EMAIL_MAX, EMAIL_LOCAL_MAX = 254, 64
NAME_MIN, NAME_MAX = 1, 100
AGE_MIN, AGE_MAX = 0, 150
PASSWORD_MIN, PASSWORD_MAX = 8, 128
TITLE_MIN, TITLE_MAX = 1, 200
CONTENT_MIN, CONTENT_MAX = 1, 50_000
COMMENT_MIN, COMMENT_MAX = 1, 2000
TAGS_MAX = 10
TAG_PATTERN = r"^[a-z0-9-]{1,30}$"
SEARCH_MIN, SEARCH_MAX = 1, 200
LIMIT_MIN, LIMIT_MAX, LIMIT_DEFAULT = 1, 100, 20
CURSOR_PATTERN = r"^[A-Za-z0-9_-]+$"
ROLES = ("viewer", "editor", "admin")
USER_SORTS = ("username", "-username", "created_at", "-created_at")
ARTICLE_SORTS = ("created_at", "-created_at", "title", "-title")
SORT_DEFAULT = "-created_at"

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# RFC 5322, 3.4.1: the dot-atom form of addr-spec; RFC 1123, 2.1: host names of at least two labels.
EMAIL_PATTERN = rf"^{_ATEXT}(?:\.{_ATEXT})*@{_LABEL}(?:\.{_LABEL})+$"
_EMAIL = re.compile(EMAIL_PATTERN.removesuffix("$") + r"\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE_CHARACTERS = re.compile("[\x00\ud800-\udfff]")


def email_is_valid(value: str) -> bool:
    """Tell whether `value` is an address: at most 64 octets before the `@` (RFC 5321, 4.5.3.1.1)."""
    return value.find("@") <= EMAIL_LOCAL_MAX and _EMAIL.match(value) is not None


def has_unsafe_characters(value: str) -> bool:
    """Tell whether `value` holds NUL or an unpaired surrogate, which no database takes and no UTF-8 encodes."""
    return _UNSAFE_CHARACTERS.search(value) is not None


def without_surrogates(name: str) -> str:
    """Put U+FFFD where a name has unpaired surrogates: no known name does, and an answer must be able to repeat it."""
    return _SURROGATE.sub("\ufffd", name)


def _id_pattern(largest: int) -> str:
    digits = str(largest)
    shorter = rf"[1-9][0-9]{{0,{len(digits) - 2}}}"
    below = [
        f"{digits[:place]}[{1 if place == 0 else 0}-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if int(digit) > (1 if place == 0 else 0)
    ]
    return "|".join([shorter, *below, digits])


# A route matches this and nothing else, so that an id out of range is no route at all: 404 under every method.
ID_PATTERN = _id_pattern(ID_MAX)

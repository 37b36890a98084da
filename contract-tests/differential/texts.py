"""Strategies for the values of members: good ones, ones at and over each limit, and ones of a wrong kind."""

# ruff: noqa: RUF001 - letters that look like others are what is tried

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
JsonValue = Any
# White space for Unicode, for Python, for neither; what case folding and normalising would change; what no database
# takes.
AWKWARD = (
    " \t\n\r\x0b\x0c\x1c\x1f\x85\xa0\u1680\u2003\u2028\u3000\ufeff\u200b\u180e"
    "ßẞſKÅİıǰﬁΣσςéé𐐀𐐨😀\x00\x7f\ud800\udfff\uffff'\"\\/%_~<&"
)


class Table(Generic[T]):
    """Values by their place. Hypothesis writes out what it draws from, and these may be long or deep: not so these."""

    def __init__(self, values: Sequence[T]) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"<{len(self.values)} values>"


@st.composite
def _drawn_from(draw: st.DrawFn, table: Table[SearchStrategy[T]]) -> T:
    return draw(table.values[draw(st.integers(0, len(table.values) - 1))])


@st.composite
def _picked_from(draw: st.DrawFn, table: Table[T]) -> T:
    return table.values[draw(st.integers(0, len(table.values) - 1))]


def weighted(*choices: tuple[int, SearchStrategy[T]]) -> SearchStrategy[T]:
    """One of some strategies, each as often as its number says; the first is what shrinking goes for."""
    return _drawn_from(Table([strategy for weight, strategy in choices for _ in range(weight)]))


def picked(values: Sequence[T]) -> SearchStrategy[T]:
    """One of many values; the first is what shrinking goes for."""
    return _picked_from(Table(values))


def text(longest: int = 12) -> SearchStrategy[str]:
    """Any text, unpaired surrogates and NUL included."""
    return st.text(st.one_of(st.sampled_from("ab1-"), st.sampled_from(AWKWARD), st.characters()), max_size=longest)


def sized(*sizes: int, letters: Sequence[str] = ("a", "é", "😀")) -> SearchStrategy[str]:
    """One character as often as one of the sizes says, perhaps in white space, which trimming may take off."""
    repeated = st.builds(lambda letter, size: letter * size, st.sampled_from(letters), st.sampled_from(sizes))
    return st.builds(
        lambda inner, around: f"{around}{inner}{around}", repeated, st.sampled_from(["", "", " ", "\u2003"])
    )


ANY_JSON: SearchStrategy[JsonValue] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from([0, -1, 1.0, 1.5, 2**63, 10**30, 1e300]),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        text(6),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text(4), inner, max_size=3)),
    max_leaves=4,
)


@dataclass(frozen=True, repr=False)
class Values:
    """How a member is filled: `good` values pass, `edge` ones may not, and any JSON may come besides."""

    good: SearchStrategy[JsonValue]
    edge: SearchStrategy[JsonValue]

    def any(self) -> SearchStrategy[JsonValue]:
        """Mostly a good value."""
        return weighted((12, self.good), (3, self.edge), (1, ANY_JSON))

    def wrong(self) -> SearchStrategy[JsonValue]:
        """A value that may well be refused."""
        return weighted((3, self.edge), (2, ANY_JSON), (1, st.none()))


NEW_NAMES = ("ada", "Ada", "bob-1", "BOB-1", "x_y", "a" * 50, "a" * 49 + "B")
TAKEN_NAMES = ("viewer", "VIEWER", "editor", "admin", "gone", "editor-001", "Other_Editor")
USERNAMES = Values(
    weighted((5, st.sampled_from(NEW_NAMES)), (1, st.sampled_from(TAKEN_NAMES))),
    st.one_of(
        st.sampled_from(
            ["", "ab", "a" * 51, "abc ", " abc", "abc\n", "äää", "ａｂｃ", "\u212aelvin", "a.b", "a@b", "a\x00b"]
        ),
        sized(2, 3, 50, 51, letters=("a", "-", "é")),
        text(),
    ),
)
NEW_EMAILS = ("ada@example.com", "ADA@Example.com", "b+c@x.org", "a" * 64 + "@example.com", "o'b{}|~@a-b.c0m")
TAKEN_EMAILS = ("viewer@example.com", "Editor@EXAMPLE.com", "admin@example.com", "gone@example.com")
ODD_EMAILS = (
    "", "a", "a@b", "@b.c", "a@", "a@b.c\n", " a@b.c", "a@b.c ", "a..b@c.de", ".a@b.c", "a.@b.c", "a@-b.c", "a@b-.c",
    "a@b..c", "a@.b.c", "a@b.c.", "a@b_c.d", "é@b.c", "a@é.fr", "a@xn--9ca.fr", '"a b"@c.de', "a@[127.0.0.1]", "a@1.2",
    "a@b.c@d.e", "a" * 65 + "@b.c", "\u212aa@b.c", "a@b.c\x00", "a@" + "b" * 63 + ".c", "a@" + "b" * 64 + ".c",
)  # fmt: skip
EMAILS = Values(
    weighted((5, st.sampled_from(NEW_EMAILS)), (1, st.sampled_from(TAKEN_EMAILS))),
    st.one_of(
        st.sampled_from(ODD_EMAILS),
        st.sampled_from([254, 255]).map(lambda size: "a@" + ("b" * 49 + ".") * 5 + "c" * (size - 252)),
        text(),
    ),
)
NAMES = Values(
    st.one_of(st.just("Ada"), text(8).map(lambda value: f"x{value}y").filter(lambda value: value.isprintable())),
    st.one_of(sized(0, 1, 100, 101), text()),
)
AGES = Values(
    st.sampled_from([36, 0, 150, None]),
    st.sampled_from([-1, 151, 1.0, 36.5, "36", True, False, 10**30, -(10**30), 2**63, "", [], 1e3]),
)
PASSWORDS = Values(
    st.sampled_from(["another good one", "p" * 8, "p" * 128, " spaced  ", "ßẞ😀éé pass"]),
    st.one_of(sized(7, 8, 128, 129), st.sampled_from(["password\x00", "pass\ud800word", "", " " * 8, "\n" * 8])),
)
ROLES = Values(
    st.sampled_from(["viewer", "editor", "admin"]),
    st.sampled_from(["", "Admin", "ADMIN", "admin ", "owner", "admin\n", 1, True, "\x00", ["admin"], "admin\ud800"]),
)
BOOLEANS = Values(st.booleans(), st.sampled_from([0, 1, "true", "false", "", 1.0, None, [], {}, "1", "yes"]))
TITLES = Values(
    st.one_of(
        st.sampled_from(["A title", "Straße", "STRASSE", "100%", "a_b", "back\\slash", "  trimmed\u3000", "Twice"]),
        text(8).map(lambda value: f"t{value}t").filter(lambda value: value.isprintable()),
    ),
    st.one_of(sized(0, 1, 200, 201), text()),
)
CONTENTS = Values(
    st.one_of(st.just("Some content"), picked([" ", "\n", "c" * 50_000, "é\n\t", "<p>&amp;</p>"])),
    st.one_of(picked(["", "c" * 50_001, "😀" * 50_000, "é" * 50_001]), text()),
)
COMMENT_BODIES = Values(
    st.one_of(
        picked(["A comment", "  trimmed\u3000", "two\nlines", "c" * 2000, "Straße 😀"]), text(8).map("c{}c".format)
    ),
    st.one_of(sized(0, 1, 2000, 2001), text()),
)
GOOD_TAGS = ("a", "b-1", "0", "-", "z" * 30, "twice", "m", "new")
_BAD_TAGS: tuple[JsonValue, ...] = (
    "",
    "A",
    "a b",
    "a\n",
    "z" * 31,
    "é",
    "a_b",
    "a\x00",
    "\ud800",
    1,
    None,
    True,
    ["a"],
    {},
)
TAGS = Values(
    st.lists(st.sampled_from(GOOD_TAGS), unique=True, max_size=5),
    st.one_of(
        st.lists(st.one_of(st.sampled_from(GOOD_TAGS), st.sampled_from(_BAD_TAGS)), max_size=5),
        st.sampled_from([9, 10, 11]).map(lambda size: [f"t{number}" for number in range(size)]),
        st.sampled_from([10, 11]).map(lambda size: [f"T{number}" for number in range(size)]),
        st.sampled_from(["a", {"0": "a"}, [["a"]], ["a", "a"], ["a", "a", "B"]]),
    ),
)

"""Strategies for query strings and forms, as they are written on the wire."""

# ruff: noqa: RUF001 - letters that look like others are what is tried

from collections.abc import Mapping
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from texts import GOOD_TAGS, picked, text, weighted
from world import PASSWORD, World

_INTEGERS = (
    "", "-1", "0", "-0", "00", "5", "05", "+5", " 5", "5 ", "5\n", "5.0", "1e1", "0x5", "1_0", "٣", "５", "²", "abc",
    "true", "99", "100", "101", str(2**63 - 1), str(2**63), str(2**64 + 5), "9" * 400, "-" + "9" * 400, "0" * 25 + "5",
    "--5", "5\x00", "\ud800",
)  # fmt: skip
_SORTS = (
    "",
    "Title",
    "-",
    "--title",
    "title,-title",
    "name",
    "id",
    "-created_at ",
    "created_at\n",
    "+title",
    "\x00",
    "\ud800",
    "role",
)
_SEARCHES = (
    "straße",
    "STRASSE",
    "ss",
    "%",
    "_",
    "\\",
    "i",
    "İ",
    "i̇",
    "ǰ",
    "ﬁ",
    "fi",
    "σασ",
    "ΣΑΣ",
    "ς",
    "Ω",
    "\U00010428",
    "part 1",
    "'",
    " ",
)
_Q_EDGES = ("", "q" * 200, "q" * 201, "😀" * 200, "😀" * 201, "ß" * 200, "\x00", "a\ud800", "%00")
_RAW = (
    "&", "&&", "=", "=&=", "a", "limit", "limit&limit", "limit=1&limit=1", "limit=1;skip=2", "limit%3D1", "%6cimit=1",
    "LIMIT=1", "limit=%31", "limit=%zz", "limit=%", "limit=1%", "limit=%FF", "q=%FF", "q=%C3", "q=%ED%A0%80", "%FF=1",
    "%ED%A0%80=1", "q=a+b", "q=a%20b", "q=a%2Bb", "q=+", "limit=1&limit=x", "skip=-1&skip=-1", "q=&q=", "q", "tag",
    "published", "sort", "?", "?limit=1", "limit=1?", "limit[]=1", "limit=1&", "&limit=1", "limit=1&&skip=1", "q=a=b",
    "q==", "q=%00", "q=%26", "tag=a&tag=a", "format=json", "_method=DELETE", "published=", "published=True",
    "published=1", "published=true%00", "published=%FF", "published=tru%65", "author_id=", "page=2", "offset=1",
    "\"=1", "q=a/b?c:@!$'()*,;", "q=~a.b-c_d", "q=a%0Ab", "q=%E2%80%A8", "limit=%0A5", "x=1&x=2", "%00=1", "a%00b=1",
    "q=%F4%90%80%80", "tag=%61", "sort=%2Dtitle",
)  # fmt: skip
# None of these was ever a `next`; the last ones have the form of one.
_CURSORS = (
    "", "a", "=", "null", "0", "AAAA", "A" * 21, "A" * 23, "A" * 24, "-_" * 11, "A" * 1000, "%D9%A1", "%00", "%FF", "+",
    "a+b", "%2F" * 22, "A" * 22, "_" * 22, "f" + "_" * 20 + "w", "A" * 21 + "R",
)  # fmt: skip


def _page(sorts: tuple[str, ...]) -> dict[str, SearchStrategy[str]]:
    edges = picked(_INTEGERS)
    return {
        "limit": weighted((6, st.sampled_from(["1", "2", "3", "20", "100"])), (2, edges)),
        "skip": weighted((6, st.sampled_from(["0", "1", "2", "5", "19", "199", "1000"])), (2, edges)),
        "sort": weighted((8, st.sampled_from(sorts)), (1, st.sampled_from(_SORTS))),
    }


def user_queries() -> SearchStrategy[str]:
    """The query of the list of users."""
    return _queries(_page(("username", "-username", "created_at", "-created_at")))


def article_queries(world: World) -> SearchStrategy[str]:
    """The query of the list of articles."""
    authors = ["1", "2", *(str(number) for number in world.users.values()), str(world.next_user)]
    return _queries(
        {
            **_page(("created_at", "-created_at", "title", "-title")),
            "author_id": weighted((5, st.sampled_from(authors)), (1, picked(_INTEGERS))),
            "tag": weighted(
                (5, st.sampled_from(GOOD_TAGS)),
                (1, st.sampled_from(["", "A", "z" * 31, "a\n", "é", "a b", "\x00", "\ud800"])),
            ),
            "published": weighted(
                (5, st.sampled_from(["true", "false"])), (1, st.sampled_from(["", "True", "1", "yes", "true ", "\x00"]))
            ),
            "q": weighted((5, st.sampled_from(_SEARCHES)), (2, st.sampled_from(_Q_EDGES)), (1, text(4))),
        }
    )


def comment_queries() -> SearchStrategy[str]:
    """The query of the list of comments, which takes no `sort`."""
    page = _page(("created_at",))
    return _queries({"limit": page["limit"], "skip": page["skip"]})


def keyset_queries() -> SearchStrategy[str]:
    """The query of a keyset page that is asked for alone, mostly with something wrong in it."""
    names = {"limit": _page(("",))["limit"], "after": cursors(), "tag": st.sampled_from(GOOD_TAGS)}
    unknown = st.sampled_from(["skip=0", "sort=title", "q=a", "published=true", "AFTER=a", "after[]=a", "next=$next"])
    odd = st.builds("after=$next&{}".format, unknown)
    return weighted((3, _queries(names)), (2, odd), (1, st.just("after=$next&after=$next")), (1, picked(_RAW)))


def cursors() -> SearchStrategy[str]:
    """Cursors that are none, or no more."""
    return weighted(
        (3, st.sampled_from(["$next_cut", "$next_other", "$next$next", "$next=", "$next%00", "%20$next", "$next%FF"])),
        (2, st.sampled_from(_CURSORS)),
    )


_LOGIN_NAMES = (
    "viewer", "VIEWER", "editor@example.com", "Editor@EXAMPLE.COM", "inactive", "gone", "ada", "Ada", "\u212aelvin", "",
    "a" * 300, "a\x00",
)  # fmt: skip


def forms() -> SearchStrategy[str]:
    """The form of a request for a token."""
    passwords = weighted(
        (6, st.just(PASSWORD)),
        (2, picked(["another good one", "p" * 8, "wrong", "", "\x00", "\ud800", "p" * 100_000])),
    )
    usual = st.fixed_dictionaries(
        {"grant_type": st.just("password"), "username": st.sampled_from(_LOGIN_NAMES), "password": passwords}
    )
    extra = st.sampled_from(
        [(), (), (), ("scope",), ("username",), ("grant_type",), ("password",), ("client_id", "scope")]
    )
    pairs = st.builds(lambda form, more: [*form.items(), *((name, "viewer") for name in more)], usual, extra)
    grants = ["Password", "client_credentials", "", "password "]
    odd = st.builds(
        lambda grant: [("grant_type", grant), ("username", "viewer"), ("password", PASSWORD)], st.sampled_from(grants)
    )
    less = st.builds(
        lambda all_pairs, place: [pair for index, pair in enumerate(all_pairs) if index != place],
        pairs,
        st.integers(0, 2),
    )
    return weighted(
        (6, st.builds(_joined, pairs, _STYLES)),
        (2, st.builds(_joined, st.one_of(odd, less), _STYLES)),
        (1, picked(_RAW)),
    )


def _queries(parameters: Mapping[str, SearchStrategy[str]]) -> SearchStrategy[str]:
    pair = st.sampled_from(sorted(parameters)).flatmap(lambda name: st.tuples(st.just(name), parameters[name]))
    several = st.lists(pair, max_size=4, unique_by=lambda given: given[0])
    unknown = st.tuples(st.sampled_from(["page", "Limit", "", "limit ", "é", "a[]", "\ud800", "a&b"]), st.just("1"))
    extended = st.builds(lambda pairs, more: [*pairs, more], several, st.one_of(pair, unknown))
    joined = st.builds(_joined, weighted((6, several), (1, extended)), _STYLES)
    mixed = st.builds(lambda left, right: f"{left}&{right}", joined, picked(_RAW))
    return weighted((10, joined), (2, picked(_RAW)), (1, mixed))


_STYLES = st.sampled_from(["plain", "plain", "plus", "all"])


def _joined(pairs: list[tuple[str, str]], style: str) -> str:
    return "&".join(f"{_escaped(name, style)}={_escaped(value, style)}" for name, value in pairs)


def _escaped(value: str, style: str) -> str:
    if style == "all":
        return "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass"))
    return (quote_plus if style == "plus" else quote)(value, safe="", errors="surrogatepass")

"""Sequences for servers with small limits: each counts anew, for every sequence has addresses and users of its own."""

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from request import FORM_TYPE, JSON_TYPE, Request
from targets import API, FIXED_PATHS, METHODS
from texts import picked, weighted
from tokens import forged, wrong_tokens

SHORTEST, LONGEST = 8, 30
# No user has such an id: what is counted is whose a token is, whatever the database says.
FIRST_USER = 10**9
# `Trusted` is the peer, and so are all addresses of 10.0.0.0/8.
TRUSTED = "127.0.0.1,10.0.0.0/8,2001:db8:ffff::/48"
_CHAINS = (
    "$address_a", "$address_a", "$address_a", "$address_b", "$address_b, $address_a", "evil, $address_a",
    "$address_b, evil, $address_a", "$address_a, 127.0.0.1", "$address_a, 10.1.2.3", "$address_a,10.1.2.3,127.0.0.1",
    " $address_a ", "\t$address_a\t", ",$address_a", "::ffff:$address_a", "$address_a, ::ffff:10.1.2.3",
    "$network_a::1", "$network_a::2", "$network_a:0:0:0:3", "$network_b::1", "$network_a::4, 2001:db8:ffff::1",
    "$network_a::ffff:1.2.3.4", "$address_b, $address_a, 10.9.9.9", '"$address_b", $address_a', "1.2.3, $address_a",
)  # fmt: skip
_TARGETS = (
    f"{API}/articles?limit=1", f"{API}/articles?limit=1", f"{API}/ping", f"{API}/users/me", f"{API}/articles/1",
    f"{API}/articles?limit=x", "/api/v2/articles?limit=1", "/nowhere", "/", "/docs", "/openapi.json",
    "/problems/rate_limited", "/problems/nothing", "/health", "/health/ready", "/metrics", f"{API}/%70ing",
    f"{API}/tok%65n", f"{API}/articles/1/comments", f"{API}/articles/10000000", *FIXED_PATHS,
)  # fmt: skip


def limited_sequences() -> SearchStrategy[list[Request]]:
    """Requests of two users and two addresses, in all the ways in which an address is told."""
    callers = weighted((5, st.none()), (2, st.sampled_from(["user_a", "user_b"])), (1, picked(_WRONG)))
    reads = st.builds(
        Request, weighted((6, st.just("GET")), (2, picked(METHODS))), weighted((9, picked(_TARGETS))), callers
    )
    form = b"grant_type=password&username=nobody&password=not+this+one"
    form_type, json_type = (("Content-Type", FORM_TYPE),), (("Content-Type", JSON_TYPE),)
    log_ins = st.builds(
        lambda caller, body: Request("POST", f"{API}/token", caller, form_type, body=body),
        callers,
        st.sampled_from([form, b""]),
    )
    writes = st.builds(
        lambda caller, body: Request("POST", f"{API}/articles", caller, json_type, body=body),
        callers,
        st.sampled_from([b"{}", b"{"]),
    )
    request = weighted((6, reads), (3, log_ins), (1, writes))
    chained = st.builds(lambda one, chain: one.with_header("X-Forwarded-For", chain), request, picked(_CHAINS))
    twice = st.builds(
        lambda one, chain: one.with_header("X-Forwarded-For", "$address_b").with_line("X-Forwarded-For", chain),
        request,
        picked(_CHAINS[:8]),
    )
    odd = st.builds(
        lambda one, line: one.with_line(*line),
        chained,
        st.sampled_from(
            [("API-Version", "9"), ("Accept", "text/html"), ("Origin", "https://a.example"), ("Host", "x")]
        ),
    )
    return st.lists(weighted((10, chained), (1, twice), (2, odd)), min_size=SHORTEST, max_size=LONGEST)


_WRONG = ("expired", "key_other", "word", "sub_padded", "alg_none")


def own_values(number: int, key: str) -> Mapping[str, str]:
    """The addresses and tokens of one sequence; another number, other values.

    Args:
        number: of the sequence.
        key: the servers' own.
    """
    place = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    network = f"2001:db8:{number >> 16 & 65535:x}:{number & 65535:x}"
    user = FIRST_USER + 3 * number
    wrong = wrong_tokens(key, user + 2)
    return {
        "address_a": f"11.{place}",
        "address_b": f"12.{place}",
        "network_a": network,
        "network_b": network.replace("db8", "db9"),
        "user_a": forged(key, user),
        "user_b": forged(key, user + 1),
        **{name: wrong[name] for name in _WRONG},
    }

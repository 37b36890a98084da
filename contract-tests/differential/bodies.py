"""Strategies for bodies: members with faults, and texts that are JSON, nearly JSON, or none."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from texts import (
    AGES,
    ANY_JSON,
    BOOLEANS,
    COMMENT_BODIES,
    CONTENTS,
    EMAILS,
    NAMES,
    PASSWORDS,
    ROLES,
    TAGS,
    TITLES,
    USERNAMES,
    Values,
    picked,
    text,
    weighted,
)

Members = Mapping[str, Values]
USER: Members = {"username": USERNAMES, "email": EMAILS, "name": NAMES}
REGISTRATION: Members = {**USER, "password": PASSWORDS}
ADMINISTERED: Members = {"role": ROLES, "is_active": BOOLEANS}
USER_PATCH: Members = {**USER, "age": AGES, "password": PASSWORDS}
ARTICLE: Members = {"title": TITLES, "content": CONTENTS}
ARTICLE_OPTIONS: Members = {"published": BOOLEANS, "tags": TAGS}
COMMENT: Members = {"body": COMMENT_BODIES}
ALL_NAMES = (*REGISTRATION, "age", "role", "is_active", *ARTICLE, *ARTICLE_OPTIONS, *COMMENT)
UNKNOWN_NAMES = (
    "id",
    "extra",
    "",
    "a/b",
    "m~n",
    "~1",
    "0",
    "é",
    "\x00",
    "\ud800",
    "Title",
    "title ",
    "__proto__",
    "author",
)
BOM = b"\xef\xbb\xbf"
DEEP = 64

# Nothing of this is JSON as RFC 8259 and clause 12.8 have it, or it is at the very limit of it.
ODD_TEXTS: tuple[bytes, ...] = (
    b"",
    b" ",
    b"{",
    b"}",
    b"{}{}",
    b"{},",
    b"{} x",
    b"[]",
    b"null",
    b"true",
    b'"text"',
    b"0",
    b"-0",
    b"1.0",
    b"nul",
    b"{'title':'a'}",
    b'{"title":"a",}',
    b'{"title" "a"}',
    b'{title:"a"}',
    b'{"title":}',
    b"{,}",
    b'{"title":"a"',
    b"[1,]",
    b"// x\n{}",
    b"/**/{}",
    b"{}\n",
    b"\n\t\r {}",
    b"\x0b{}",
    b"\xa0{}",
    b"{}\x00",
    b"\x00",
    BOM + b"{}",
    BOM,
    b"\xff{}",
    b'{"title":"\xff"}',
    b'{"title":"\xc3"}',
    b'{"title":"\xed\xa0\x80"}',
    b'{"title":"\xc0\x80"}',
    b'{"title":"\xf4\x90\x80\x80"}',
    b'{"title":"a\nb"}',
    b'{"title":"a\tb"}',
    b'{"title":"a\x00b"}',
    b'{"title":"a\x7fb"}',
    b'{"title":"\\x41"}',
    b'{"title":"\\u12"}',
    b'{"title":"\\ud83d\\ude00"}',
    b'{"title":"\\ud83d"}',
    b'{"title":"\\u0000"}',
    b'{"title":"\\"}',
    b'{"title":"\\/\\b"}',
    b'{"age":NaN}',
    b'{"age":Infinity}',
    b'{"age":-Infinity}',
    b'{"age":1e400}',
    b'{"age":-1e400}',
    b'{"age":01}',
    b'{"age":+1}',
    b'{"age":1.}',
    b'{"age":.5}',
    b'{"age":1e}',
    b'{"age":-}',
    b'{"age":0x1}',
    b'{"age":1_0}',
    b'{"age":-0}',
    b'{"age":-0.0}',
    b'{"age":1E0}',
    b'{"age":36e-0}',
    b'{"title":"a","title":"a"}',
    b'{"x":{"a":1,"a":1}}',
    b'{"a":1,"\\u0061":2}',
    b"{}\xe2\x80\xa8",
    b'{"title":"a"}'.decode().encode("utf-16"),
    b'{"title":"a"}'.decode().encode("utf-16-le"),
    b'{"title":tru}',
    b"[" * 70,
    b"\xef\xbb",
    b"[" * DEEP + b"]" * DEEP,
    b"[" * (DEEP + 1) + b"]" * (DEEP + 1),
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"title":' + b"[" * (DEEP - 1) + b"]" * (DEEP - 1) + b"}",
    b'{"title":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"title":"' + b"[" * 100 + b'"}',
    b'{"title":"\\"' + b"[" * 100 + b'"}',
    b'{"title":"\\\\",' + b'"a":[' * 70,
    b"[" * 20_000,
    b'{"age":' + b"9" * 4300 + b"}",
    b'{"age":' + b"9" * 4301 + b"}",
    b'{"age":-' + b"9" * 4300 + b"}",
    b'{"age":-' + b"9" * 4301 + b"}",
    b'{"age":' + b"9" * 4301 + b".0}",
    b'{"age":0.' + b"9" * 4301 + b"}",
    b'{"age":' + b"0" * 4301 + b"}",
    b"9" * 4301,
)


def written(value: Any, *, ascii_only: bool = False, spaced: bool = False) -> bytes:
    """Write JSON; unpaired surrogates only fit into escapes, and are otherwise no UTF-8."""
    return json.dumps(value, ensure_ascii=ascii_only, indent=1 if spaced else None).encode("utf-8", "surrogatepass")


@st.composite
def objects(draw: st.DrawFn, required: Members, optional: Members) -> dict[str, Any]:
    """An object of the required members and some optional ones, mostly good, with up to three things wrong."""
    kept = [name for name in optional if draw(st.booleans())]
    members = {**required, **{name: optional[name] for name in kept}}
    value = {name: draw(values.good) for name, values in members.items()}
    known = {**required, **optional}
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3]))):
        draw(_fault(value, known))
    return value


@st.composite
def _fault(draw: st.DrawFn, value: dict[str, Any], known: Members) -> None:
    kind = draw(st.sampled_from(["wrong", "wrong", "missing", "unknown", "foreign"]))
    if kind == "wrong":
        name = draw(st.sampled_from(sorted(known)))
        value[name] = draw(known[name].wrong())
    elif kind == "missing" and value:
        del value[draw(st.sampled_from(sorted(value)))]
    elif kind == "unknown":
        value[draw(st.one_of(st.sampled_from(UNKNOWN_NAMES), text(5)))] = draw(st.one_of(st.none(), ANY_JSON))
    else:
        value[draw(st.sampled_from(ALL_NAMES))] = draw(ANY_JSON)


def texts(required: Members, optional: Members) -> SearchStrategy[bytes]:
    """The bytes of a body: mostly of an object, sometimes of something else, sometimes no JSON."""
    styles = st.sampled_from([(True, False), (True, False), (False, False), (True, True)])
    objects_written = st.builds(
        lambda value, style: written(value, ascii_only=style[0], spaced=style[1]), objects(required, optional), styles
    )
    return weighted(
        (16, objects_written),
        (1, st.builds(written, ANY_JSON, ascii_only=st.booleans())),
        (2, picked(ODD_TEXTS)),
        (1, st.builds(_mangled, objects_written, st.integers(0, 2**16), st.binary(min_size=1, max_size=2))),
    )


def _mangled(data: bytes, place: int, inserted: bytes) -> bytes:
    place %= len(data) + 1
    return data[:place] + inserted + data[place:]

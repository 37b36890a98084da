"""JSON in, strictly, and out, compactly."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.jsonbody import NESTING_MAX, dump_json, parse_json
from blogapi.problems import Problem


def detail_of(body: bytes) -> str:
    """What is told of a body that is refused."""
    with pytest.raises(Problem) as problem:
        parse_json(body)
    assert problem.value.code == "malformed_json"
    return problem.value.detail


MALFORMED = {
    "empty": b"",
    "white-space": b" \n\t",
    "cut": b'{"a": 1',
    "two-values": b"1 2",
    "trailing-comma": b"[1,]",
    "comment": b"[1] // one",
    "single-quotes": b"{'a': 1}",
    "bare-name": b"{a: 1}",
    "word": b"True",
    "nan": b"NaN",
    "infinity": b'{"age": Infinity}',
    "minus-infinity": b"[-Infinity]",
    "leading-zero": b"01",
    "plus": b"+1",
    "bare-point": b".5",
    "open-point": b"1.",
    "hex": b"0x1",
    "control-character": b'"a\nb"',
    "nul-byte": b'"a\0b"',
    "bad-escape": b'"\\x41"',
    "cut-escape": b'"\\u00"',
    "form-feed": b"\x0c1",
    "no-break-space": "\u00a01".encode(),
    "bom": b"\xef\xbb\xbf{}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "utf-16-le": "1".encode("utf-16-le"),
    "latin-1": b'"\xe9"',
    "overlong": b'"\xc0\xaf"',
    "surrogate-in-utf-8": b'"\xed\xa0\x80"',
    "cut-utf-8": b'"\xf0\x9f\x98',
    "twice": b'{"a": 1, "a": 1}',
    "twice-deep": b'[{"b": {"a": 1, "c": 2, "a": null}}]',
    "twice-escaped": b'{"a": 1, "\\u0061": 2}',
    "integer-4301": b"1" * 4301,
    "integer-minus-4301": b'{"age": -' + b"1" * 4301 + b"}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_strictly_json_is_refused(body: bytes) -> None:
    assert detail_of(body).endswith(".")


VALID: dict[str, tuple[bytes, Any]] = {
    "null": (b"null", None),
    "white-space": (b" \t\r\n[ ] ", []),
    "exponent": (b"1E+2", 100.0),
    "too-large-a-float": (b"1e400", float("inf")),
    "integer-4300": (b"9" * 4300, 10**4300 - 1),
    "integer-minus-4300": (b"-" + b"9" * 4300, 1 - 10**4300),
    "escapes": (rb'"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"', '"\\/\b\f\n\r\té😀'),
    "lone-surrogate": (rb'"\ud800"', "\ud800"),
    "nul-escape": (rb'"\u0000"', "\0"),
    "same-name-at-two-places": (b'{"a": {"a": 1}, "b": {"a": 2}}', {"a": {"a": 1}, "b": {"a": 2}}),
    "names-in-other-case": (b'{"a": 1, "A": 2}', {"a": 1, "A": 2}),
}


@pytest.mark.parametrize(("body", "value"), VALID.values(), ids=VALID.keys())
def test_what_is_json_is_read(body: bytes, value: object) -> None:
    assert parse_json(body) == value


def test_an_integer_stays_one_and_a_fraction_too() -> None:
    assert [type(value) for value in parse_json(b"[1, 1.0, -0, 1e0, true]")] == [int, float, int, float, bool]


@pytest.mark.parametrize(
    ("opening", "closing", "levels"), [(b"[", b"]", 1), (b'{"a":', b"}", 1), (b'[{"a":', b"}]", 2)]
)
def test_nesting_of_64_is_taken_to_its_limit_and_refused_beyond(opening: bytes, closing: bytes, levels: int) -> None:
    times = 64 // levels
    deepest = opening * times + b"1" + closing * times
    parse_json(deepest)
    assert "nested" in detail_of(b"[" + deepest + b"]")


@pytest.mark.parametrize("depth", [1_000, 100_000, 500_000])
def test_any_depth_is_refused_in_the_same_way(depth: int) -> None:
    assert "nested" in detail_of(b"[" * depth + b"]" * depth)
    assert "nested" in detail_of(b'{"a":' * depth)


def test_depth_counts_and_not_the_number_of_brackets() -> None:
    assert parse_json(b"[" + b",".join([b"[[]]"] * 500) + b"]") == [[[]]] * 500


STRINGS = [
    "[" * 100,
    "{" * 100,
    ']"' * 50 + "[" * 100,
    "\\" * 99 + "[" * 100,
    '\\"' * 50 + "{[" * 50,
    "\\" * 100 + '"[' * 70,
]


@pytest.mark.parametrize("text", STRINGS, ids=range(len(STRINGS)))
def test_brackets_within_strings_are_no_nesting(text: str) -> None:
    value = {text: [text, {"a": text}]}
    assert parse_json(json.dumps(value).encode()) == value
    deepest = "[" * NESTING_MAX + json.dumps(text) + "]" * NESTING_MAX
    parse_json(deepest.encode())
    assert "nested" in detail_of(f"[{deepest}]".encode())


def test_what_is_told_of_a_long_integer_names_the_limit_and_no_python() -> None:
    detail = detail_of(b"1" * 5000)
    assert "4300" in detail
    assert "sys." not in detail


TEXT = st.text(max_size=20)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


@given(DOCUMENTS)
def test_what_is_written_is_read_again(value: object) -> None:
    assert parse_json(dump_json(value)) == value


@given(DOCUMENTS, st.booleans())
def test_what_python_writes_is_read_too(value: object, in_ascii: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=in_ascii, indent=1).encode()) == value


@given(st.binary(max_size=40) | st.text('[]{}":,\\u0dae1.-eNI \n', max_size=40).map(str.encode))
def test_whatever_is_sent_is_read_or_refused(body: bytes) -> None:
    try:
        parse_json(body)
    except Problem as problem:
        assert problem.code == "malformed_json"
        dump_json(problem.body("id"))


def test_what_is_written_is_compact_utf_8() -> None:
    assert dump_json({"a": [1, "é😀"], "b": None}) == '{"a":[1,"é😀"],"b":null}'.encode()

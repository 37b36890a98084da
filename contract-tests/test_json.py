"""What is JSON and what is not (12.7, 12.8)."""

import json

import pytest

from answer import Answer, Json
from cases import WRITES
from clauses import clause
from client import Client
from data import Factory, Member, path_of

JSON_TYPE = {"Content-Type": "application/json"}


def post(client: Client, content: bytes) -> Answer:
    """POST bytes as JSON to the articles."""
    return client.request("POST", "/api/v1/articles", content=content, headers=JSON_TYPE)


MALFORMED = {
    "empty": b"",
    "space": b" ",
    "word": b"hello",
    "cut-object": b'{"title": "x"',
    "cut-string": b'{"title": "x',
    "cut-escape": b'{"title": "\\',
    "cut-list": b'{"tags": ["a"',
    "only-open": b"{",
    "trailing-comma": b'{"title": "x",}',
    "trailing-comma-in-list": b'{"tags": ["a",]}',
    "leading-comma": b'{,"title": "x"}',
    "no-colon": b'{"title" "x"}',
    "no-comma": b'{"title": "x" "content": "y"}',
    "no-value": b'{"title": }',
    "key-without-quotes": b'{title: "x"}',
    "number-as-key": b'{1: "x"}',
    "single-quotes": b"{'title': 'x'}",
    "two-values": b"{} {}",
    "text-after": b"{} x",
    "comment": b'{"title": "x" /* a title */}',
    "line-comment": b'{"title": "x" // a title\n}',
    "nan": b'{"title": NaN}',
    "infinity": b'{"title": Infinity}',
    "minus-infinity": b'{"title": -Infinity}',
    "nan-alone": b"NaN",
    "nan-nested": b'{"x": [1, {"y": NaN}]}',
    "true-in-python": b'{"published": True}',
    "none": b'{"title": None}',
    "undefined": b'{"title": undefined}',
    "leading-zero": b'{"title": 01}',
    "leading-plus": b'{"title": +1}',
    "dot-first": b'{"title": .5}',
    "dot-last": b'{"title": 5.}',
    "hexadecimal": b'{"title": 0x10}',
    "underscore": b'{"title": 1_0}',
    "bad-escape": b'{"title": "\\x41"}',
    "bad-unicode-escape": b'{"title": "\\u12g4"}',
    "newline-in-string": b'{"title": "a\nb"}',
    "tab-in-string": b'{"title": "a\tb"}',
    "nul-in-string": b'{"title": "a\x00b"}',
    "nul-after": b"{}\x00",
    "form-feed": b"\x0c{}",
    "no-break-space": b"\xc2\xa0{}",
    "byte-order-mark": b'\xef\xbb\xbf{"title": "x"}',
    "utf-16": '{"title": "x"}'.encode("utf-16"),
    "utf-16-without-mark": '{"title": "x"}'.encode("utf-16-le"),
    "utf-32": '{"title": "x"}'.encode("utf-32"),
    "latin-1": '{"title": "é"}'.encode("latin-1"),
    "cut-utf-8": b'{"title": "\xc3"}',
    "overlong-utf-8": b'{"title": "\xc0\xaf"}',
    "surrogate-in-utf-8": b'{"title": "\xed\xa0\x80"}',
    "beyond-unicode": b'{"title": "\xf4\x90\x80\x80"}',
    "bad-utf-8-outside": b'{"title": "x"}\xff',
    "duplicate": b'{"title": "x", "title": "x"}',
    "duplicate-by-escape": b'{"title": "x", "\\u0074itle": "y"}',
    "duplicate-unknown": b'{"x": 1, "x": 2}',
    "duplicate-nested": b'{"x": [{"y": {"z": 1, "z": 2}}]}',
    "duplicate-empty-name": b'{"": 1, "": 2}',
    "form": b"title=x&content=y",
    "xml": b"<title>x</title>",
}


@clause("12.8", "12.7", "1.11")
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_body_that_is_no_json_is_malformed(editor: Member, content: bytes) -> None:
    post(editor, content).expect_problem(400, "malformed_json")


@clause("12.8")
@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("content", [b"", b"{", b'{"name": "x", "name": "y"}', b'{"x": NaN}'], ids=repr)
def test_each_operation_refuses_what_is_no_json(
    admin: Member, viewer: Member, published: dict[str, Json], operation: str, content: bytes
) -> None:
    method, kind = operation.split()
    paths = {"POST": f"/api/v1/{kind}s", "user": viewer.path, "article": path_of(published)}
    path = paths.get(method) or paths[kind]
    admin.request(method, path, content=content, headers=JSON_TYPE).expect_problem(400, "malformed_json")


@clause("12.8")
def test_an_object_has_at_most_1000_members(editor: Member) -> None:
    members = [b'"m%d":0' % number for number in range(1_001)]
    post(editor, b"{" + b",".join(members[:1_000]) + b"}").expect(422)
    post(editor, b"{" + b",".join(members) + b"}").expect_problem(400, "malformed_json")
    post(editor, b'{"x":[{' + b",".join(members) + b"}]}").expect_problem(400, "malformed_json")


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """Nest arrays."""
    return opening * depth + closing * depth


@clause("12.7", "12.8", "1.11")
@pytest.mark.parametrize("depth", [65, 66, 1_000, 100_000])
def test_nesting_over_64_is_malformed(editor: Member, depth: int) -> None:
    post(editor, nested(depth)).expect_problem(400, "malformed_json")
    post(editor, b'{"x": ' + nested(depth - 1) + b"}").expect_problem(400, "malformed_json")
    post(editor, b'{"a":' * depth + b"1" + b"}" * depth).expect_problem(400, "malformed_json")
    post(editor, nested(depth, closing=b"")).expect_problem(400, "malformed_json")


@clause("12.7")
def test_nesting_of_64_is_not_malformed(editor: Member) -> None:
    unknown = {"/content": "missing", "/title": "missing", "/x": "unknown"}
    post(editor, nested(64)).expect_faults({"": "type"})
    post(editor, b'{"x": ' + nested(63) + b"}").expect_faults(unknown)
    post(editor, b'{"x":' + b'{"a":' * 63 + b"1" + b"}" * 64).expect_faults(unknown)
    post(editor, b'{"x": [' + b"[[]],[{}]," * 100 + b"[]]}").expect_faults(unknown)


@clause("12.7")
def test_brackets_in_strings_are_no_nesting(editor: Member) -> None:
    text = "[{" * 500 + '\\"' + "[" * 100 + '"' + "{" * 100
    editor.post("/api/v1/articles", {"title": "x", "content": text}).expect(201).expect_members(content=text)


@clause("12.7", "12.8", "1.11")
@pytest.mark.parametrize("sign", ["", "-"])
def test_an_integer_may_have_4300_digits(viewer: Member, sign: str) -> None:
    for digits, malformed in ((4_300, False), (4_301, True)):
        content = b'{"age": %s%s}' % (sign.encode(), b"9" * digits)
        answer = viewer.request("PATCH", viewer.path, content=content, headers=JSON_TYPE)
        if malformed:
            answer.expect_problem(400, "malformed_json")
        else:
            answer.expect_faults({"/age": "too_small" if sign else "too_large"})


WELL_FORMED = {
    "white-space": b' \t\r\n{ "title" : "x" ,\n"content":\t"y"\r\n}\n ',
    "escapes": b'{"\\u0074itle": "x", "content": "\\u0079"}',
    "order": b'{"content": "y", "title": "x"}',
    "escaped-solidus": b'{"title": "x", "content": "y", "tags": []}',
}


@clause("12.7")
@pytest.mark.parametrize("content", WELL_FORMED.values(), ids=WELL_FORMED.keys())
def test_json_of_any_spelling_is_accepted(editor: Member, content: bytes) -> None:
    post(editor, content).expect(201).expect_members(title="x", content="y", published=False, tags=[])


@clause("12.7")
def test_all_escapes_of_json_are_understood(editor: Member) -> None:
    answer = post(editor, b'{"title": "x", "content": "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"}')
    answer.expect(201).expect_members(content='"\\/\b\f\n\r\té😀')


@clause("12.7")
def test_one_member_name_in_different_objects_is_no_duplicate(editor: Member) -> None:
    content = b'{"x": [{"y": 1}, {"y": {"x": 2}}], "title": "x", "content": "y"}'
    post(editor, content).expect_faults({"/x": "unknown"})


@clause("3.11", "12.7")
def test_an_answer_is_strict_json_in_utf_8(editor: Member, make: Factory) -> None:
    title = make.unique('"\\é😀\u2028')
    answer = post(editor, json.dumps({"title": title, "content": "x"}, ensure_ascii=False).encode()).expect(201)
    assert json.loads(answer.content.decode("utf-8"))["title"] == title

"""Text comes back as it was sent (3.11)."""

import json

import pytest

from clauses import clause
from data import Factory, Member, path_of

TEXTS = {
    "emoji": "😀",
    "family": "👨\u200d👩\u200d👧\u200d👦",
    "flag-and-skin": "🇩🇪 👍🏽",
    "right-to-left": "שלום עולם مرحبا",
    "marks-of-direction": "\u202eabc\u202c \u2066x\u2069",
    "combining": "e\u0301 a\u0308\u0323",
    "composed": "é ạ̈",
    "compatibility": "\ufb01 ² Ⅷ Å \u212b",
    "chinese": "漢字 汉字 𠀀",
    "devanagari": "नमस्ते",
    "dotless-i": "\u0130\u0131Ii",
    "zero-width": "a\u200bb\u200cc\u200dd\u2060e",
    "byte-order-mark-inside": "a\ufeffb",
    "noncharacters": "a\ufffe\uffff\U0001ffffb",
    "last-code-point": "a\U0010ffffb",
    "replacement": "a\ufffdb",
    "private-use": "a\ue000\U000f0000b",
    "control-characters": "a\x01\x02\x1b\x7f\x80\x9fb",
    "line-ends": "a\r\nb\rc\nd\u2028e\u2029f",
    "html": "<script>alert('x')</script>&amp;",
    "sql": "'; DROP TABLE users; --",
    "template": "{{ 7 * 7 }} ${x} %s %(x)s {0}",
    "backslashes": '\\ \\n \\u0041 "quoted"',
    "json": '{"a": [1, 2]}',
    "zalgo": "Z\u0335\u0321\u0322a\u0335\u0321l\u0335",
}
ALL = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


@clause("3.11")
@ALL
@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "utf-8"])
def test_title_and_content_come_back_unchanged(editor: Member, text: str, escaped: bool) -> None:
    content = json.dumps({"title": text, "content": text}, ensure_ascii=escaped).encode()
    headers = {"Content-Type": "application/json"}
    answer = editor.request("POST", "/api/v1/articles", content=content, headers=headers).expect(201)
    answer.expect_members(title=text, content=text)
    editor.get(path_of(answer.body)).expect(200, answer.body)


@pytest.fixture(scope="module")
def renamed(make: Factory) -> Member:
    """An editor that the tests give one name after the other."""
    return make.member("editor")


@clause("3.11")
@ALL
def test_a_name_comes_back_unchanged_wherever_it_is(make: Factory, editor: Member, renamed: Member, text: str) -> None:
    renamed.patch(renamed.path, {"name": text}).expect(200).expect_members(name=text)
    renamed.get(renamed.path).expect(200).expect_members(name=text)
    article = make.article(renamed)
    assert article["author"] == {"id": renamed.id, "username": renamed.username, "name": text}
    editor.get(path_of(article)).expect(200, article)


@clause("3.11", "7.1")
def test_a_name_is_registered_unchanged(make: Factory, admin: Member) -> None:
    user = make.user(name="עברית e\u0301 😀")
    assert user["name"] == "עברית e\u0301 😀"
    admin.get(f"/api/v1/users/{user['id']}").expect(200, user)


@clause("3.11")
def test_all_of_latin_1_and_more_comes_back_in_one_text(editor: Member, make: Factory) -> None:
    text = "".join(chr(code) for code in range(1, 0x3000))
    article = make.article(editor, content=text)
    editor.get(path_of(article)).expect(200).expect_members(content=text)


@clause("3.11")
@pytest.mark.parametrize("start", range(0x3000, 0x11000, 0x8000), ids=hex)
def test_a_long_stretch_of_unicode_comes_back_in_one_text(editor: Member, make: Factory, start: int) -> None:
    codes = [code for code in range(start, start + 0x8000) if not 0xD800 <= code <= 0xDFFF]
    text = "".join(map(chr, codes))
    article = make.article(editor, content=text)
    editor.get(path_of(article)).expect(200).expect_members(content=text)

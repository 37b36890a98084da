"""Text that means something to a database, a log, a terminal or a template means nothing here (1.11, 3.11)."""

from urllib.parse import quote

import pytest

import raw
from answer import Answer, Json
from clauses import clause
from client import Client
from data import PASSWORD, Factory, Member, comments_of, path_of, path_of_comment
from target import Target

TEXTS = {
    "sql-quote": "' OR '1'='1",
    "sql-comment": "x'; DROP TABLE users; --",
    "sql-double-quote": '" OR ""="',
    "sql-union": "' UNION SELECT password_hash FROM users --",
    "sql-wildcards": "%_\\%'\\_",
    "sql-parameters": ":x ? %s $1 @x {0}",
    "line-break": "x\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "fake-log-line": 'x\n{"level": "error", "message": "fake"}',
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "terminal": "\x1b[2J\x1b[31mred\x1b[0m\x07\x08",
    "terminal-title": "\x1b]0;title\x07",
    "quotes": "\"'`\u2018\u201c\\\"\\'",
    "template": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> ${jndi:ldap://x/y}",
    "format": "%s%n%x {} {0.__class__} %(a)s",
    "shell": "$(reboot) `reboot` | reboot; reboot & ../../etc/passwd",
    "json": '"}, {"a": "\\u0000',
    "html": "<script>alert(1)</script>",
    "right-to-left": "\u202etxt.exe\u2066x",
}
EACH = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
HEADER_TEXTS = [text for text in TEXTS.values() if text.isascii() and text.isprintable()]
# Hashing takes time; these are what means something to a form or to a database.
HASHED = ("sql-quote", "sql-parameters", "line-break", "terminal", "format", "json")


def expect_refused(answer: Answer, *statuses: int) -> None:
    """Hold an answer to a refusal that is meant, and that repeats nothing as a header."""
    assert answer.status in statuses, answer
    assert answer.body["code"] and "Set-Cookie" not in answer.headers


@pytest.fixture(scope="module")
def renamed(make: Factory) -> Member:
    """An editor that the tests give one name after the other."""
    return make.member("editor")


@clause("3.11", "1.11")
@EACH
def test_it_comes_back_from_each_place_of_free_text(
    make: Factory, article: dict[str, Json], renamed: Member, text: str
) -> None:
    shown = f"x{text}x"
    renamed.patch(renamed.path, {"name": shown}).expect(200).expect_members(name=shown)
    written, comment = make.article(renamed, title=shown, content=text), make.comment(renamed, article, shown)
    renamed.get(path_of(written)).expect(200).expect_members(title=shown, content=text)
    renamed.get(path_of_comment(comment)).expect(200).expect_members(body=shown)
    assert renamed.get("/api/v1/users/me").body["name"] == comment["author"]["name"] == shown


@clause("3.7", "5.1")
@pytest.mark.parametrize("name", HASHED)
def test_it_is_a_password_like_any_other(make: Factory, anonymous: Client, name: str) -> None:
    password = f"{TEXTS[name]:x<8}"
    user = make.user(password=password)
    anonymous.login(user["username"], password).expect(200)
    anonymous.login(user["username"], password + "'").expect_problem(401, "invalid_credentials", error="invalid_grant")


@clause("3.3", "3.4", "3.9", "4.8", "1.11")
@EACH
def test_it_is_refused_where_text_has_a_pattern(
    make: Factory, anonymous: Client, editor: Member, article: dict[str, Json], text: str
) -> None:
    body = make.registration(username=text, email=f"{text}@example.com")
    expect_refused(anonymous.post("/api/v1/users", body), 422)
    expect_refused(editor.patch(path_of(article), {"tags": [text]}), 422)
    expect_refused(editor.patch(path_of(article), {"title": "x", text: "x"}), 422)
    editor.get(path_of(article)).expect(200, article)


@clause("5.4", "1.11")
@pytest.mark.parametrize("name", HASHED)
def test_it_logs_nobody_in(anonymous: Client, viewer: Member, name: str) -> None:
    text = TEXTS[name]
    for login, password in ((text, PASSWORD), (viewer.username + text, PASSWORD), (viewer.username, text)):
        anonymous.login(login, password).expect_problem(401, "invalid_credentials", error="invalid_grant")


@clause("8.10", "8.9", "9.7", "18.4", "1.11")
@EACH
def test_it_finds_what_it_says_and_nothing_else(editor: Member, make: Factory, tag: str, text: str) -> None:
    title = f"x{text}x"
    article = make.article(editor, title=title, tags=[tag])
    make.article(editor, title="other", tags=[tag])
    found = editor.get(f"/api/v1/articles?tag={tag}&q={quote(text)}").expect(200)
    assert [item["id"] for item in found.body["data"]] == [article["id"]]
    for name in ("tag", "author_id", "sort", "published", "limit"):
        expect_refused(editor.get(f"/api/v1/articles?{name}={quote(text)}"), 422)
    expect_refused(editor.get(f"/api/v1/articles?{quote(text)}=x"), 422)
    expect_refused(editor.get(f"/api/v2/articles?after={quote(text)}"), 422)


@clause("1.3", "1.4", "1.11")
@EACH
def test_it_is_no_path(anonymous: Client, published: dict[str, Json], text: str) -> None:
    spelled = quote(text, safe="")
    for path in (
        f"/api/v1/users/{spelled}",
        f"{comments_of(published)}/{spelled}",
        f"/problems/{spelled}",
        f"/{spelled}",
    ):
        expect_refused(anonymous.get(path), 404)


HEADERS = [
    "Accept-Encoding",
    "Authorization",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Forwarded",
    "X-Forwarded-For",
    "X-Request-ID",
    "User-Agent",
    "Cookie",
    "Referer",
    "Range",
    "traceparent",
]


@clause("1.11", "2.1")
@pytest.mark.parametrize("name", HEADERS)
def test_in_a_header_it_does_no_harm(settings: Target, published: dict[str, Json], name: str) -> None:
    for text in HEADER_TEXTS:
        for method in ("GET", "OPTIONS"):
            answer = raw.exchange(settings.base_url, method, path_of(published), {name: text})
            assert answer.status in (200, 204, 401, 412), answer
            answer.expect_headers({"Set-Cookie": None, "Accept-Ranges": None})


@clause("1.11")
@pytest.mark.parametrize("name", HEADERS)
def test_bytes_that_are_no_text_in_a_header_do_no_harm(settings: Target, published: dict[str, Json], name: str) -> None:
    for value in ("\xff\xfe", "\xe9" * 100, "\x80", "x" * 4_000, ",;=\"'" * 200, "a=b;" * 500):
        answer = raw.exchange(settings.base_url, "GET", path_of(published), {name: value})
        # A server may refuse itself what no header may hold (RFC 9110, 5.5).
        assert answer.status in (200, 400, 401, 412), answer


@clause("1.11", "13.5", "13.8")
def test_in_a_condition_of_a_write_it_does_no_harm(editor: Member, article: dict[str, Json]) -> None:
    path = path_of(article)
    for text in HEADER_TEXTS:
        editor.patch(path, {}, headers={"If-Match": text}).expect_problem(412, "precondition_failed")
        editor.patch(path, {}, headers={"If-Match": f'"{text}"'}).expect_problem(412, "precondition_failed")
        editor.patch(path, {}, headers={"If-None-Match": text}).expect(200)

"""Headers that every response has (section 2), on success and on each kind of error."""

import re

import pytest

from clauses import clause
from client import Client
from data import Factory, Member
from kinds import KINDS, Sender

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIMING = re.compile(r"app;dur=[0-9]+(\.[0-9]+)?")
SECURITY = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"}
POLICY = "default-src 'none'; frame-ancestors 'none'"
EACH_KIND = pytest.mark.parametrize("kind", KINDS)


@clause("2.1", "2.6")
@EACH_KIND
def test_a_request_id_is_echoed(send: Sender, kind: str) -> None:
    answer = send(kind, {"X-Request-ID": "Az09._-"})
    answer.expect_headers({"X-Request-ID": "Az09._-"})
    if answer.status >= 400 and answer.sent.method != "HEAD":
        answer.expect_members(request_id="Az09._-")


@clause("2.1", "2.6")
@EACH_KIND
def test_a_request_without_an_id_gets_a_new_one(send: Sender, kind: str) -> None:
    ids = {send(kind).expect_headers({"X-Request-ID": UUID4}).headers["X-Request-ID"] for _ in "ab"}
    assert len(ids) == 2


@clause("2.2", "2.6")
@EACH_KIND
def test_the_servers_time_is_told(send: Sender, kind: str) -> None:
    send(kind).expect_headers({"Server-Timing": TIMING})


@clause("2.3", "2.6")
@EACH_KIND
def test_the_security_headers_are_there(send: Sender, kind: str) -> None:
    answer = send(kind).expect_headers(SECURITY)
    if kind != "200-docs":
        answer.expect_headers({"Content-Security-Policy": POLICY})


@clause("2.5", "2.6")
@EACH_KIND
def test_no_version_of_the_server_is_told(send: Sender, kind: str) -> None:
    headers = send(kind).headers
    assert not re.search(r"\d|/", headers.get("Server", "")), headers["Server"]
    assert "X-Powered-By" not in headers


@clause("2.7")
@pytest.mark.parametrize("kind", [kind for kind, row in KINDS.items() if row[0] >= 400])
def test_an_error_is_not_to_be_stored(send: Sender, kind: str) -> None:
    answer = send(kind)
    answer.expect_headers({"Cache-Control": "no-store", "Content-Type": "application/problem+json"})


@clause("2.1", "2.2", "2.3", "2.6")
def test_writes_have_the_headers_too(editor: Member, make: Factory) -> None:
    headers = {"X-Request-ID": make.unique("id")}
    wanted: dict[str, str | re.Pattern[str] | None] = {
        **headers,
        **SECURITY,
        "Content-Security-Policy": POLICY,
        "Server-Timing": TIMING,
    }
    created = editor.post("/api/v1/articles", {"title": "x", "content": "y"}, headers=headers).expect(201)
    path = created.expect_headers(wanted).headers["Location"]
    editor.patch(path, {}, headers=headers).expect(200).expect_headers(wanted)
    editor.patch(path, {"x": 1}, headers=headers).expect(422).expect_headers(wanted)
    editor.delete(path, headers=headers).expect(204).expect_headers(wanted)


@clause("2.1")
@pytest.mark.parametrize("value", ["a", ".", "-", "_", "a" * 128, "AZaz09._-" * 14], ids=lambda value: value[:12])
def test_an_id_of_allowed_characters_is_kept(anonymous: Client, value: str) -> None:
    answer = anonymous.get("/api/v1/ping", headers={"X-Request-ID": value})
    answer.expect(200).expect_headers({"X-Request-ID": value})


BAD_IDS = ["", "a" * 129, "a" * 2_000, "a b", "a/b", "a,b", "a:b", "{a}", "a\tb", "<a>", "a%0Ab", "é"]


@clause("2.1")
@pytest.mark.parametrize("value", BAD_IDS, ids=lambda value: ascii(value)[:12])
def test_an_id_of_other_characters_is_replaced(anonymous: Client, value: str) -> None:
    headers = {"X-Request-ID": value.encode("latin-1")}
    anonymous.get("/api/v1/ping", headers=headers).expect(200).expect_headers({"X-Request-ID": UUID4})
    anonymous.get("/nowhere", headers=headers).expect_problem(404, "not_found").expect_headers({"X-Request-ID": UUID4})

"""The Host header and the size of a body (12.1, 12.2)."""

import json

import pytest

import raw
from answer import Answer, Json
from clauses import clause
from client import Client
from data import Factory, Member
from target import Target

LIMIT = 1_048_576
TEN_GIB = str(10 * 1024**3)
JSON_TYPE = {"Content-Type": "application/json"}


@clause("12.1")
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "evil@localhost", ""],
    ids=repr,
)
@pytest.mark.parametrize("path", ["/api/v1/ping", "/", "/health", "/docs", "/nowhere"])
def test_a_host_that_is_not_allowed_is_refused(settings: Target, host: str, path: str) -> None:
    raw.exchange(settings.base_url, "GET", path, {"Host": host}).expect_problem(400, "bad_host")


@clause("12.1")
def test_the_port_and_the_case_of_the_host_do_not_matter(settings: Target) -> None:
    name = settings.host.rpartition(":")[0] if ":" in settings.host else settings.host
    for host in (name, name.swapcase(), f"{name}:1", f"{name}:65535"):
        raw.exchange(settings.base_url, "GET", "/api/v1/ping", {"Host": host}).expect(200, {"pong": True})


@clause("12.1")
@pytest.mark.parametrize("path", ["/api/v1/ping", "/nowhere"])
def test_a_request_without_a_host_is_refused(settings: Target, path: str) -> None:
    raw.exchange(settings.base_url, "GET", path, {"Host": None}).expect_problem(400, "bad_host")


@clause("1.4")
def test_a_target_in_absolute_form_is_answered_like_its_path(settings: Target) -> None:
    raw.exchange(settings.base_url, "GET", f"{settings.base_url}/api/v1/ping").expect(200, {"pong": True})
    raw.exchange(settings.base_url, "GET", f"{settings.base_url}/nowhere").expect_problem(404, "not_found")


def padded(size: int, **members: Json) -> bytes:
    """An article's body of exactly the size, padded with white space."""
    text = json.dumps({"title": "A title", "content": "x", **members}).encode()
    return text + b" " * (size - len(text))


@clause("12.2")
def test_a_body_of_the_largest_size_is_accepted(editor: Member) -> None:
    editor.request("POST", "/api/v1/articles", content=padded(LIMIT), headers=JSON_TYPE).expect(201)


@clause("12.2")
def test_a_body_of_a_byte_more_is_refused(settings: Target, editor: Member) -> None:
    headers = {"Authorization": f"Bearer {editor.token}", "Content-Length": str(LIMIT + 1), **JSON_TYPE}
    answer = raw.exchange(settings.base_url, "POST", "/api/v1/articles", headers, padded(LIMIT + 1))
    answer.expect_problem(413, "body_too_large")


@clause("12.2")
@pytest.mark.parametrize("size", [str(LIMIT + 1), TEN_GIB, "9" * 18])
@pytest.mark.parametrize("request_line", ["POST /api/v1/users", "POST /api/v1/token", "PATCH /api/v1/articles/1"])
def test_a_size_over_the_limit_is_refused_before_the_body_is_sent(
    settings: Target, request_line: str, size: str
) -> None:
    method, path = request_line.split()
    answer = raw.exchange(settings.base_url, method, path, {"Content-Length": size, **JSON_TYPE})
    answer.expect_problem(413, "body_too_large")


def in_chunks(settings: Target, client: Client, body: bytes, path: str = "/api/v1/articles") -> Answer:
    """POST a chunked body as JSON."""
    headers = {"Authorization": f"Bearer {client.token}", "Transfer-Encoding": "chunked", **JSON_TYPE}
    return raw.exchange(settings.base_url, "POST", path, headers, body)


@clause("12.2")
@pytest.mark.parametrize("size", [1, 7, 4_096])
def test_a_chunked_body_is_accepted(settings: Target, editor: Member, size: int) -> None:
    body = padded(200 if size < 200 else 8_000)
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    answer = in_chunks(settings, editor, raw.chunked(*parts) + raw.LAST_CHUNK)
    answer.expect(201).expect_members(title="A title", content="x")


@clause("12.2")
def test_a_chunked_body_of_the_largest_size_is_accepted(settings: Target, editor: Member) -> None:
    body = padded(LIMIT)
    in_chunks(settings, editor, raw.chunked(body[:700_000], body[700_000:]) + raw.LAST_CHUNK).expect(201)


@clause("12.2")
def test_a_chunked_body_over_the_limit_is_refused(settings: Target, editor: Member) -> None:
    body = padded(LIMIT + 1)
    answer = in_chunks(settings, editor, raw.chunked(body[:700_000], body[700_000:]) + raw.LAST_CHUNK)
    answer.expect_problem(413, "body_too_large")


@clause("12.2", "11.3")
def test_a_chunked_body_over_the_limit_is_refused_before_it_ends(settings: Target, editor: Member) -> None:
    parts = [b" " * 65_536] * 20
    in_chunks(settings, editor, raw.chunked(*parts)).expect_problem(413, "body_too_large")


@clause("12.2")
@pytest.mark.parametrize("size", [LIMIT + 1, 2 * LIMIT])
def test_a_chunked_form_over_the_limit_is_refused(settings: Target, size: int) -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"}
    form = b"grant_type=password&username=a&password=".ljust(size, b"x")
    answer = raw.exchange(settings.base_url, "POST", "/api/v1/token", headers, raw.chunked(form) + raw.LAST_CHUNK)
    answer.expect_problem(413, "body_too_large")


@clause("12.8", "12.2")
def test_an_empty_chunked_body_is_malformed(settings: Target, editor: Member) -> None:
    in_chunks(settings, editor, raw.LAST_CHUNK).expect_problem(400, "malformed_json")


@clause("1.11")
def test_the_server_goes_on_after_bodies_that_are_too_large(settings: Target, anonymous: Client, make: Factory) -> None:
    headers = {"Content-Length": str(10 * LIMIT), **JSON_TYPE}
    for _ in range(3):
        raw.exchange(settings.base_url, "POST", "/api/v1/users", headers, b" " * 10 * LIMIT).expect(413)
    anonymous.post("/api/v1/users", make.registration()).expect(201)

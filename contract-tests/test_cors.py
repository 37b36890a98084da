"""Cross-origin requests (section 15)."""

import pytest

import raw
from answer import Answer, Json
from clauses import clause
from client import Client
from data import Member, path_of
from kinds import KINDS, Sender
from routes import METHODS
from target import Target

EXPOSED = "X-Request-ID, ETag, Link, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Accept, API-Version, Authorization, Content-Type, If-Match, If-None-Match, "
    "X-Request-ID",
    "Access-Control-Max-Age": "600",
}
NONE_OF_A_PREFLIGHT = dict.fromkeys(PREFLIGHT)
ASKING = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture
def origin(settings: Target) -> str:
    """An origin that the server allows."""
    return settings.cors_origin or ""


def control(answer: Answer) -> dict[str, str]:
    """The headers of an answer that control access."""
    return {name: value for name, value in answer.headers.items() if name.lower().startswith("access-control-")}


def varies_with_origin(answer: Answer) -> bool:
    """Whether Vary has Origin."""
    return "origin" in [name.strip().lower() for name in answer.headers.get("Vary", "").split(",")]


def expect_allowed(answer: Answer, settings: Target) -> None:
    """Hold an answer, to anything but a preflight, to an allowed origin."""
    credentials = "true" if settings.has_cors_credentials else None
    answer.expect_headers({"Access-Control-Allow-Origin": settings.cors_origin, **NONE_OF_A_PREFLIGHT})
    answer.expect_headers({"Access-Control-Allow-Credentials": credentials, "Access-Control-Expose-Headers": EXPOSED})
    assert varies_with_origin(answer)


@clause("15.2", "15.5")
@pytest.mark.cors
@pytest.mark.parametrize("kind", KINDS)
def test_every_response_is_for_the_allowed_origin_and_varies_without_one(
    settings: Target, send: Sender, kind: str, origin: str
) -> None:
    expect_allowed(send(kind, {"Origin": origin}), settings)
    without = send(kind)
    assert varies_with_origin(without) and control(without) == {}, without


@clause("15.2")
@pytest.mark.cors
def test_writes_are_for_the_allowed_origin_too(
    settings: Target, editor: Member, article: dict[str, Json], origin: str
) -> None:
    headers = {"Origin": origin}
    expect_allowed(
        editor.post("/api/v1/articles", {"title": "x", "content": "y"}, headers=headers).expect(201), settings
    )
    expect_allowed(editor.patch(path_of(article), {}, headers=headers).expect(200), settings)
    expect_allowed(editor.patch(path_of(article), {"x": 1}, headers=headers).expect(422), settings)
    stale = {**headers, "If-Match": '"other"'}
    expect_allowed(editor.delete(path_of(article), headers=stale).expect(412), settings)
    expect_allowed(editor.delete(path_of(article), headers=headers).expect(204), settings)


def like(origin: str) -> dict[str, str]:
    """Origins that resemble an allowed one."""
    scheme, _, host = origin.partition("://")
    return {
        "other": "https://evil.example",
        "null": "null",
        "any": "*",
        "longer-at-the-end": f"{origin}.evil.example",
        "longer-at-the-start": f"{scheme}://evil-{host}",
        "subdomain": f"{scheme}://www.{host}",
        "other-scheme": f"{'http' if scheme == 'https' else 'https'}://{host}",
        "no-scheme": host,
        "with-port": f"{origin}:8443",
        "with-slash": f"{origin}/",
        "capitals": origin.upper(),
        "two": f"{origin}, {origin}",
        "two-with-space": f"https://evil.example {origin}",
        "as-user": f"{scheme}://{host}@evil.example",
        "dot-after": f"{origin}.",
        "dot-for-any": origin.replace(".", "x", 1) if "." in origin else f"{origin}x",
        "empty": "",
    }


@clause("15.1", "15.3")
@pytest.mark.cors
@pytest.mark.parametrize("spelling", like("https://a.example"))
@pytest.mark.parametrize("path", ["/api/v1/ping", "/nowhere"])
def test_another_origin_is_answered_as_none(anonymous: Client, origin: str, spelling: str, path: str) -> None:
    headers = {"Origin": like(origin)[spelling], "X-Request-ID": "the-same"}
    without = anonymous.get(path, headers={"X-Request-ID": "the-same"})
    answer = anonymous.get(path, headers=headers).expect(without.status, without.body)
    assert control(answer) == {} and varies_with_origin(answer)


@clause("15.3", "1.6")
@pytest.mark.cors
def test_a_preflight_of_another_origin_is_any_options(anonymous: Client, origin: str) -> None:
    for other in like(origin).values():
        answer = anonymous.options("/api/v1/articles", headers={**ASKING, "Origin": other}).expect(204)
        assert control(answer.expect_allow(*METHODS["/api/v1/articles"])) == {} and varies_with_origin(answer)


@clause("15.3")
@pytest.mark.cors
def test_a_write_from_another_origin_is_done(editor: Member) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = editor.post("/api/v1/articles", {"title": "x", "content": "y"}, headers=headers).expect(201)
    assert control(answer) == {}


@clause("15.4", "15.5", "1.6")
@pytest.mark.cors
@pytest.mark.parametrize("path", METHODS)
def test_a_preflight_of_a_known_path(settings: Target, anonymous: Client, origin: str, path: str) -> None:
    credentials = {"Access-Control-Allow-Credentials": "true"} if settings.has_cors_credentials else {}
    wanted = {"Access-Control-Allow-Origin": origin, **PREFLIGHT, **credentials}
    for method in ("GET", "PATCH", "PROPFIND"):
        headers = {**ASKING, "Origin": origin, "Access-Control-Request-Method": method}
        answer = anonymous.options(path, headers=headers).expect(204).expect_allow(*METHODS[path])
        given = {name.lower(): value for name, value in control(answer).items()}
        assert given == {name.lower(): value for name, value in wanted.items()}
        assert varies_with_origin(answer) and answer.content == b""


@clause("15.4", "1.6")
@pytest.mark.cors
def test_a_preflight_needs_no_token_and_no_headers_that_it_asks_for(anonymous: Client, origin: str) -> None:
    headers: dict[str, str | bytes | None] = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    anonymous.options("/api/v1/users/1", headers=headers).expect(204).expect_headers({**PREFLIGHT})
    anonymous.with_token("x").options("/api/v1/users/1", headers=headers).expect(204).expect_headers({**PREFLIGHT})


@clause("15.4", "15.2", "1.6")
@pytest.mark.cors
@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/users/0", "/api/v1/articles/"])
def test_a_preflight_of_an_unknown_path_is_404(anonymous: Client, origin: str, path: str) -> None:
    answer = anonymous.options(path, headers={**ASKING, "Origin": origin}).expect_problem(404, "not_found")
    answer.expect_headers({"Access-Control-Allow-Origin": origin, **NONE_OF_A_PREFLIGHT})
    answer.expect_headers({"Access-Control-Expose-Headers": None})
    assert varies_with_origin(answer)


@clause("15.4")
@pytest.mark.cors
def test_options_without_a_method_to_ask_for_is_no_preflight(settings: Target, anonymous: Client, origin: str) -> None:
    expect_allowed(anonymous.options("/api/v1/articles", headers={"Origin": origin}).expect(204), settings)


@clause("15.4")
@pytest.mark.cors
def test_asking_for_a_method_makes_no_other_request_a_preflight(
    settings: Target, anonymous: Client, origin: str
) -> None:
    expect_allowed(anonymous.get("/api/v1/ping", headers={**ASKING, "Origin": origin}).expect(200), settings)


@clause("15.2", "2.6")
@pytest.mark.cors
def test_a_chunked_body_that_grows_too_large_is_for_the_allowed_origin(
    settings: Target, editor: Member, origin: str
) -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/json", "Origin": origin}
    headers["Authorization"] = f"Bearer {editor.token}"
    body = raw.chunked(b" " * 1_048_577) + raw.LAST_CHUNK
    answer = raw.exchange(settings.base_url, "POST", "/api/v1/articles", headers, body).expect_problem(
        413, "body_too_large"
    )
    expect_allowed(answer, settings)


@clause("15.2")
@pytest.mark.cors
def test_access_is_controlled_by_one_line_of_each_header(send: Sender, origin: str) -> None:
    for kind in ("200", "404", "413", "204-options"):
        names = [name.lower() for name in send(kind, {"Origin": origin}).names]
        assert [name for name in names if name.startswith("access-control-")].count("access-control-allow-origin") == 1
        assert names.count("access-control-expose-headers") == 1

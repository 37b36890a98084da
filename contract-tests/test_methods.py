"""405, OPTIONS and HEAD for every path (1.5 to 1.9)."""

from collections.abc import Mapping

import pytest

import raw
from answer import Json
from clauses import clause
from client import Client
from data import Member, path_of
from routes import ALL_METHODS, METHODS
from target import Target

REFUSED = [(path, method) for path, taken in METHODS.items() for method in ALL_METHODS if method not in taken]
PATHS = pytest.mark.parametrize("path", METHODS)


@clause("1.5")
@pytest.mark.parametrize(("path", "method"), REFUSED)
def test_a_method_that_the_path_does_not_take_is_405_with_allow(anonymous: Client, path: str, method: str) -> None:
    answer = anonymous.request(method, path).expect_problem(405, "method_not_allowed")
    answer.expect_allow(*METHODS[path])


@clause("1.5", "1.7")
def test_head_of_a_path_without_get_is_405(anonymous: Client) -> None:
    anonymous.head("/api/v1/token").expect(405).expect_allow(*METHODS["/api/v1/token"])


@clause("1.6", "1.9")
@PATHS
def test_options_answers_204_with_allow(anonymous: Client, path: str) -> None:
    answer = anonymous.options(path).expect(204).expect_allow(*METHODS[path])
    answer.expect_headers({"Content-Length": None, "Transfer-Encoding": None})
    assert answer.content == b""


@clause("1.6", "5.10")
@pytest.mark.parametrize("authorization", ["Bearer not.a.token", "Basic YTpi"])
def test_options_does_not_look_at_the_token(anonymous: Client, authorization: str) -> None:
    anonymous.options("/api/v1/users", headers={"Authorization": authorization}).expect(204)


@clause("1.6")
@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere", "/api/v1/users/", "/api/v1/articles/0", "/api/v1"])
def test_options_of_an_unknown_path_is_404(anonymous: Client, path: str) -> None:
    anonymous.options(path).expect_problem(404, "not_found")


OWN = ("date", "server-timing", "ratelimit-remaining", "ratelimit-reset")


def comparable(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that two answers to the same request share."""
    return {name.lower(): value for name, value in headers.items() if name.lower() not in OWN}


# The lists and the metrics change while other tests run; the page that nothing belongs to does not.
HEADED = [
    path
    for path, taken in METHODS.items()
    if "HEAD" in taken and path not in ("/api/v1/users", "/api/v1/articles", "/api/v2/articles", "/metrics")
]
NOBODY = f"/api/v1/articles?author_id={2**63 - 1}"
NOBODY_2 = f"/api/v2/articles?author_id={2**63 - 1}"
MISSING = f"/api/v1/articles/{2**63 - 1}"
ERRORS = ["/nowhere", "/api/v1/articles/0", MISSING, "/problems/nothing", "/api/v1/articles?limit=0"]


@clause("1.7")
@pytest.mark.parametrize("caller", ["anonymous", "viewer", "admin"])
@pytest.mark.parametrize("path", [*HEADED, NOBODY, NOBODY_2, *ERRORS])
def test_head_answers_as_get_does_without_a_body(request: pytest.FixtureRequest, caller: str, path: str) -> None:
    client: Client = request.getfixturevalue(caller)
    headers = {"X-Request-ID": "head-and-get", "Accept-Encoding": "identity"}
    got, head = client.get(path, headers=headers), client.head(path, headers=headers)
    head.expect(got.status).expect_headers({"Content-Length": str(len(got.content))})
    assert comparable(head.headers) == comparable(got.headers)
    assert "server-timing" in head.headers and head.content == b""


@clause("1.7")
def test_head_of_a_list_has_the_links(admin: Member, editor: Member, published: dict[str, Json]) -> None:
    path = f"/api/v1/articles?author_id={editor.id}&q=nothing-like-this&limit=1"
    admin.head(path).expect(200).expect_headers({"Link": None})
    tagged = admin.head("/api/v1/users?limit=1").expect(200)
    assert 'rel="next"' in tagged.headers["Link"]


@clause("1.7", "1.9")
@pytest.mark.parametrize("path", ["/api/v1/ping", "/api/v1/users/me", "/nowhere", "/docs", "/api/v1/token"])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_no_byte_follows_the_headers(settings: Target, method: str, path: str) -> None:
    if (method, path) == ("OPTIONS", "/nowhere"):
        path = "/"
    assert raw.exchange(settings.base_url, method, path).content == b""


@clause("1.9")
def test_no_byte_follows_the_headers_of_a_deletion(settings: Target, editor: Member, article: dict[str, Json]) -> None:
    headers = {"Authorization": f"Bearer {editor.token}"}
    answer = raw.exchange(settings.base_url, "DELETE", path_of(article), headers).expect(204)
    answer.expect_headers({"Content-Length": None, "Transfer-Encoding": None})
    assert answer.content == b""


BODIES = {"malformed": b"{", "json": b'{"title": "x"}', "binary": b"\xff\x00"}


@clause("1.8")
@pytest.mark.parametrize("content", BODIES.values(), ids=BODIES.keys())
def test_a_body_of_get_head_and_delete_is_ignored(editor: Member, article: dict[str, Json], content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    editor.request("GET", path_of(article), content=content, headers=headers).expect(200, article)
    editor.request("HEAD", path_of(article), content=content, headers=headers).expect(200)
    editor.request("DELETE", path_of(article), content=content, headers=headers).expect(204)
    editor.get("/api/v1/users/me").expect(200)

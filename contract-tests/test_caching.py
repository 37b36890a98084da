"""Cache-Control and Vary (14.1 to 14.3, 14.5, 14.7)."""

from collections import Counter

import pytest

from answer import Answer, Json
from clauses import clause
from client import Client
from data import Factory, Member, comments_of, path_of, path_of_comment
from kinds import KINDS, Sender

PRIVATE = "private, no-cache"
PUBLIC = "public, max-age=0, must-revalidate"


def varies_with(answer: Answer) -> list[str]:
    """The names in Vary, in lower case, as often as they are there."""
    return sorted(name.strip().lower() for name in answer.headers.get("Vary", "").split(",") if name.strip())


@pytest.fixture
def public_paths(article: dict[str, Json], comment: dict[str, Json]) -> list[str]:
    """Paths of resources that everybody may read."""
    lists = ["/api/v1/articles?limit=1", "/api/v2/articles?limit=1", comments_of(article)]
    return [path_of(article), path_of_comment(comment), *lists]


@clause("14.1", "14.2")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_everybody_may_read_is_public_and_checked_each_time(
    anonymous: Client, public_paths: list[str], method: str
) -> None:
    for path in public_paths:
        answer = anonymous.request(method, path).expect(200).expect_headers({"Cache-Control": PUBLIC})
        assert "authorization" in varies_with(answer), answer


@clause("14.1", "14.2")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("caller", ["viewer", "editor", "admin"])
def test_what_is_read_with_a_token_is_private(
    request: pytest.FixtureRequest, public_paths: list[str], caller: str, method: str
) -> None:
    client: Member = request.getfixturevalue(caller)
    for path in [*public_paths, client.path, "/api/v1/users/me"]:
        answer = client.request(method, path).expect(200).expect_headers({"Cache-Control": PRIVATE})
        assert "authorization" in varies_with(answer), answer


@clause("14.1")
def test_the_list_of_users_is_private(admin: Member) -> None:
    assert "authorization" in varies_with(
        admin.get("/api/v1/users").expect(200).expect_headers({"Cache-Control": PRIVATE})
    )


@clause("14.1", "5.10")
def test_another_scheme_is_no_bearer_token(anonymous: Client, article: dict[str, Json]) -> None:
    answer = anonymous.get(path_of(article), headers={"Authorization": "Basic YTpi"})
    answer.expect(200).expect_headers({"Cache-Control": PUBLIC})


@clause("14.1")
def test_the_success_of_a_write_is_private(
    anonymous: Client, editor: Member, admin: Member, make: Factory, article: dict[str, Json], comment: dict[str, Json]
) -> None:
    registered = anonymous.post("/api/v1/users", make.registration()).expect(201)
    body: Json = {"title": "x", "content": "y"}
    answers = [
        registered,
        admin.patch(registered.headers["Location"], {}).expect(200),
        admin.delete(registered.headers["Location"]).expect(204),
        editor.post("/api/v1/articles", body).expect(201),
        editor.put(path_of(article), body).expect(200),
        editor.patch(path_of(article), body | {"published": True}).expect(200),
        editor.post(comments_of(article), {"body": "x"}).expect(201),
        editor.delete(path_of_comment(comment)).expect(204),
        editor.delete(path_of(article)).expect(204),
    ]
    for answer in answers:
        answer.expect_headers({"Cache-Control": PRIVATE})


@clause("14.1", "14.2", "13.3")
def test_a_304_is_as_public_as_the_200_would_be(anonymous: Client, viewer: Member, article: dict[str, Json]) -> None:
    for caller, wanted in ((anonymous, PUBLIC), (viewer, PRIVATE)):
        answer = caller.get(path_of(article), headers={"If-None-Match": "*"}).expect(304)
        answer.expect_headers({"Cache-Control": wanted})
        assert {"authorization", "accept-encoding"} <= set(varies_with(answer)), answer


OTHERS = {
    "/api/v1/ping": "no-store",
    "/health": "no-store",
    "/health/live": "no-store",
    "/health/ready": "no-store",
    "/metrics": "no-store",
    "/": "no-cache",
    "/openapi.json": "no-cache",
    "/docs": "no-cache",
    "/problems/not_found": "no-cache",
}


@clause("14.3")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("path", "wanted"), OTHERS.items())
def test_what_is_no_resource_says_how_long_it_may_be_kept(
    anonymous: Client, viewer: Member, path: str, wanted: str, method: str
) -> None:
    for caller in (anonymous, viewer):
        caller.request(method, path).expect(200).expect_headers({"Cache-Control": wanted})


@clause("14.3", "5.2")
def test_a_token_is_not_to_be_stored(anonymous: Client, viewer: Member) -> None:
    anonymous.login(viewer.username, viewer.password).expect(200).expect_headers({"Cache-Control": "no-store"})


@clause("14.3")
@pytest.mark.parametrize("path", ["/", "/health", "/api/v1/ping", "/api/v1/articles", "/api/v1/users/1", "/docs"])
def test_options_says_nothing_of_caches(anonymous: Client, viewer: Member, path: str) -> None:
    for caller in (anonymous, viewer):
        caller.options(path).expect(204).expect_headers({"Cache-Control": None})


@clause("2.7", "14.1")
def test_an_error_of_a_resource_is_not_to_be_stored(anonymous: Client, viewer: Member, draft: dict[str, Json]) -> None:
    viewer.get(path_of(draft)).expect_problem(404, "not_found")
    anonymous.get("/api/v1/users/me").expect_problem(401, "not_authenticated")
    anonymous.get("/api/v1/articles?limit=0").expect_faults({"query:limit": "too_small"})
    stale = {"If-Match": '"other"'}
    viewer.get(viewer.path, headers=stale).expect_problem(412, "precondition_failed")


@clause("14.7", "2.7", "14.1")
@pytest.mark.parametrize("kind", KINDS)
def test_vary_is_one_line_that_has_each_name_once_and_so_is_cache_control(send: Sender, kind: str) -> None:
    for more in ({}, {"Accept-Encoding": "gzip", "Origin": "https://app.example"}):
        answer = send(kind, more)
        names = [name.lower() for name in answer.names]
        assert names.count("vary") <= 1 and names.count("cache-control") <= 1, answer
        assert [name for name, count in Counter(varies_with(answer)).items() if count > 1] == []


@clause("14.7", "14.2", "14.5", "15.2")
@pytest.mark.cors
def test_vary_is_complete(admin: Member, make: Factory, editor: Member) -> None:
    path = path_of(make.article(editor, content="x" * 2_000))
    for headers in ({}, {"If-None-Match": "*"}, {"Origin": "https://other.example"}, {"Accept-Encoding": "gzip"}):
        for method in ("GET", "HEAD"):
            answer = admin.request(method, path, headers=headers)
            assert varies_with(answer) == ["accept-encoding", "authorization", "origin"], answer

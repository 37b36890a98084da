"""API-Version, Accept and Content-Type (12.3 to 12.6)."""

import pytest

import raw
from answer import Json
from cases import WRITES
from clauses import clause
from client import Client
from data import PASSWORD, Factory, Member, path_of
from routes import API_PATHS, JSON_PATHS, METHODS
from target import Target


@clause("12.3")
@pytest.mark.parametrize("path", ["/api/v1/ping", "/api/v1/articles", "/api/v1/users/me"])
def test_version_1_is_accepted_and_echoed(viewer: Member, path: str) -> None:
    viewer.get(path, headers={"API-Version": "1"}).expect(200).expect_headers({"API-Version": "1"})


@clause("12.3")
def test_without_a_version_none_is_echoed(anonymous: Client) -> None:
    anonymous.get("/api/v1/ping").expect(200).expect_headers({"API-Version": None})


@clause("12.3")
@pytest.mark.parametrize("version", ["2", "0", "01", "1.0", "v1", "1, 1", "1,2", "latest", "-1", ""])
def test_another_version_is_refused(anonymous: Client, version: str) -> None:
    answer = anonymous.get("/api/v1/ping", headers={"API-Version": version})
    answer.expect_problem(400, "unsupported_version").expect_headers({"API-Version": None})


@clause("12.9")
@pytest.mark.parametrize("value", [" 1", "1 ", "\t1 \t"], ids=repr)
def test_white_space_around_the_value_of_a_header_is_none_of_it(settings: Target, value: str) -> None:
    answer = raw.exchange(settings.base_url, "GET", "/api/v1/ping", {"API-Version": value})
    answer.expect(200).expect_headers({"API-Version": "1"})


@clause("12.3")
def test_version_2_is_that_of_its_own_paths(anonymous: Client) -> None:
    anonymous.get("/api/v2/articles", headers={"API-Version": "2"}).expect(200).expect_headers({"API-Version": "2"})
    anonymous.get("/api/v2/articles").expect(200).expect_headers({"API-Version": None})
    for version in ("1", "02", "2.0", "3", ""):
        answer = anonymous.get("/api/v2/articles", headers={"API-Version": version})
        answer.expect_problem(400, "unsupported_version").expect_headers({"API-Version": None})


VERSIONED = [(method, path) for path, taken in METHODS.items() if path.startswith("/api/") for method in taken]


@clause("12.3")
@pytest.mark.parametrize(("method", "path"), [pair for pair in VERSIONED if pair[0] not in ("OPTIONS", "HEAD")])
def test_each_operation_of_the_api_refuses_another_version(anonymous: Client, method: str, path: str) -> None:
    answer = anonymous.request(method, path, headers={"API-Version": "9"})
    answer.expect_problem(400, "unsupported_version")


@clause("12.3")
@pytest.mark.parametrize("path", [*JSON_PATHS, "/openapi.json", "/docs", "/problems/not_found"])
def test_the_version_is_ignored_outside_the_api(anonymous: Client, path: str) -> None:
    anonymous.get(path, headers={"API-Version": "9"}).expect(200).expect_headers({"API-Version": None})


ACCEPTED = {
    "none": None,
    "everything": "*/*",
    "json": "application/json",
    "capitals": "APPLICATION/JSON",
    "application": "application/*",
    "among-others": "text/html, application/xml;q=0.9, application/json;q=0.1",
    "by-wildcard": "text/html, */*;q=0.001",
    "browser": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "specific-beats-wildcard": "*/*;q=0, application/json",
    "specific-beats-type": "application/*;q=0, application/json;q=0.5",
    "type-beats-wildcard": "*/*;q=0, application/*",
    "spaces": "text/html ;q=1 , application/json ; q=0.5",
    "no-spaces": "text/html,application/json",
    "q-1.000": "application/json;q=1.000",
    "capital-q": "application/json;Q=0.5",
}
EXCLUDING = {
    "html": "text/html",
    "xml": "application/xml",
    "text": "text/*",
    "several": "text/html, application/xhtml+xml, image/*;q=0.8",
    "similar": "application/jsonp",
    "other-json": "application/vnd.api+json",
    "q-0": "application/json;q=0",
    "q-0.0": "application/json;q=0.0",
    "q-0.000": "application/json; q=0.000",
    "all-q-0": "*/*;q=0",
    "specific-q-0": "application/json;q=0, */*",
    "type-q-0": "application/*;q=0, */*;q=0.5",
    "capital-q-0": "application/json;Q=0, */*",
}


@clause("12.4")
@pytest.mark.parametrize("accept", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_an_accept_that_allows_json_is_answered(anonymous: Client, accept: str | None) -> None:
    anonymous.get("/api/v1/ping", headers={"Accept": accept}).expect(200, {"pong": True})


@clause("12.4", "11.1")
@pytest.mark.parametrize("accept", EXCLUDING.values(), ids=EXCLUDING.keys())
def test_an_accept_that_excludes_json_is_refused(anonymous: Client, accept: str) -> None:
    anonymous.get("/api/v1/ping", headers={"Accept": accept}).expect_problem(406, "not_acceptable")


@clause("12.4")
@pytest.mark.parametrize("path", [*JSON_PATHS, *(path for path in API_PATHS if "GET" in METHODS[path])])
def test_each_path_of_json_refuses_an_accept_that_excludes_it(admin: Member, path: str) -> None:
    admin.get(path, headers={"Accept": "text/html"}).expect_problem(406, "not_acceptable")


@clause("12.4", "6.16")
def test_a_write_whose_answer_is_not_acceptable_is_not_done(editor: Member, article: dict[str, Json]) -> None:
    headers = {"Accept": "text/html"}
    editor.patch(path_of(article), {"title": "x"}, headers=headers).expect_problem(406, "not_acceptable")
    editor.put(path_of(article), {"title": "x", "content": "x"}, headers=headers).expect_problem(406, "not_acceptable")
    editor.delete(path_of(article), headers=headers).expect_problem(406, "not_acceptable")
    editor.get(path_of(article)).expect(200, article)


@clause("12.4")
@pytest.mark.parametrize("path", ["/docs", "/problems/not_found", "/openapi.json"])
def test_pages_are_answered_whatever_accept_says(anonymous: Client, path: str) -> None:
    anonymous.get(path, headers={"Accept": "text/html"}).expect(200)


@clause("11.1")
@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "*/*;q=0"])
def test_an_error_is_a_problem_whatever_accept_says(anonymous: Client, accept: str) -> None:
    anonymous.get("/nowhere", headers={"Accept": accept}).expect_problem(404, "not_found")
    anonymous.delete("/api/v1/ping", headers={"Accept": accept}).expect_problem(405, "method_not_allowed")


REFUSED_TYPES = {
    "none": None,
    "empty": "",
    "text": "text/plain",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data; boundary=x",
    "octets": "application/octet-stream",
    "text-json": "text/json",
    "similar": "application/jsonp",
    "other-json": "application/vnd.api+json",
    "problem": "application/problem+json",
    "any": "*/*",
    "latin-1": "application/json; charset=iso-8859-1",
    "utf-16": "application/json; charset=utf-16",
    "ascii-among-others": "application/json; foo=bar; charset=us-ascii",
    "word": "json",
}


def path_for(operation: str, user: Member, article: dict[str, Json]) -> tuple[str, str]:
    """Method and path of a write."""
    method, kind = operation.split()
    paths = {"user": user.path, "article": path_of(article)}
    return method, f"/api/v1/{kind}s" if method == "POST" else paths[kind]


@clause("12.5")
@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("media_type", REFUSED_TYPES.values(), ids=REFUSED_TYPES.keys())
def test_a_body_that_is_not_declared_as_json_is_refused(
    admin: Member, viewer: Member, published: dict[str, Json], operation: str, media_type: str | None
) -> None:
    method, path = path_for(operation, viewer, published)
    answer = admin.request(method, path, {}, headers={"Content-Type": media_type})
    answer.expect_problem(415, "unsupported_media_type")


@clause("12.5")
@pytest.mark.parametrize("operation", ["POST user", "PUT user", "POST article", "PUT article"])
def test_a_merge_patch_is_for_patch_only(
    admin: Member, viewer: Member, published: dict[str, Json], operation: str
) -> None:
    method, path = path_for(operation, viewer, published)
    answer = admin.request(method, path, {}, headers={"Content-Type": "application/merge-patch+json"})
    answer.expect_problem(415, "unsupported_media_type")


JSON_TYPES = [
    "application/json",
    "APPLICATION/Json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    'application/json; charset="utf-8"',
    "application/json; Charset=Utf-8",
    "application/json ; foo=bar",
    "application/json;",
]


@clause("12.5")
@pytest.mark.parametrize("media_type", JSON_TYPES)
def test_json_may_be_declared_in_several_ways(editor: Member, article: dict[str, Json], media_type: str) -> None:
    headers = {"Content-Type": media_type}
    editor.post("/api/v1/articles", {"title": "x", "content": "y"}, headers=headers).expect(201)
    editor.patch(path_of(article), {}, headers=headers).expect(200)
    merge = {"Content-Type": media_type.lower().replace("/json", "/merge-patch+json")}
    editor.patch(path_of(article), {}, headers=merge).expect(200)


FORM = "application/x-www-form-urlencoded"


@clause("12.6")
@pytest.mark.parametrize("media_type", [None, "", "application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_a_token_request_that_is_no_form_is_refused(anonymous: Client, viewer: Member, media_type: str | None) -> None:
    form = {"grant_type": "password", "username": viewer.username, "password": PASSWORD}
    answer = anonymous.request("POST", "/api/v1/token", form=form, headers={"Content-Type": media_type})
    answer.expect_problem(415, "unsupported_media_type")


@clause("12.6")
@pytest.mark.parametrize("media_type", [FORM.upper(), f"{FORM}; charset=utf-8", f"{FORM};charset=UTF-8"])
def test_a_form_may_be_declared_in_several_ways(anonymous: Client, viewer: Member, media_type: str) -> None:
    form = {"grant_type": "password", "username": viewer.username, "password": PASSWORD}
    anonymous.request("POST", "/api/v1/token", form=form, headers={"Content-Type": media_type}).expect(200)


@clause("12.5")
def test_a_registration_as_form_is_refused(anonymous: Client, make: Factory) -> None:
    form = {name: str(value) for name, value in make.registration().items()}
    anonymous.request("POST", "/api/v1/users", form=form).expect_problem(415, "unsupported_media_type")

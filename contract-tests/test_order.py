"""The order of checks (11.3), pair by pair: of two faults of a request, the earlier one is the answer."""

import json
from dataclasses import dataclass, field, replace
from itertools import combinations

import pytest

import raw
from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member
from target import Target


@dataclass(frozen=True)
class Plan:
    """A request to be made of a valid one and some faults."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Json] = field(default_factory=dict)
    cut: bool = False

    def with_header(self, name: str, value: str) -> "Plan":
        """The plan with a header set."""
        return replace(self, headers={**self.headers, name: value})

    def content(self) -> bytes:
        """The body's bytes."""
        text = json.dumps(self.body).encode()
        return text[:-1] if self.cut else text


# In the order of the contract: fault → (status, code).
ANSWERS = {
    "host": (400, "bad_host"),
    "size": (413, "body_too_large"),
    "path": (404, "not_found"),
    "method": (405, "method_not_allowed"),
    "version": (400, "unsupported_version"),
    "accept": (406, "not_acceptable"),
    "token": (401, "invalid_token"),
    "media-type": (415, "unsupported_media_type"),
    "json": (400, "malformed_json"),
    "permission": (403, "forbidden"),
    "validation": (422, "validation_failed"),
    "precondition": (412, "precondition_failed"),
    "conflict": (409, "username_taken"),
}


def add(plan: Plan, fault: str, taken: str, foreign: Member) -> Plan:
    """Add a fault to a plan."""
    by_header = {
        "host": ("Host", "evil.example"),
        "size": ("Content-Length", str(10 * 1024**3)),
        "version": ("API-Version", "9"),
        "token": ("Authorization", "Bearer not.a.token"),
        "accept": ("Accept", "text/html"),
        "media-type": ("Content-Type", "text/plain"),
        "precondition": ("If-Match", '"nothing"'),
    }
    by_change = {
        "path": lambda: replace(plan, path="/api/v1/users/0"),
        "method": lambda: replace(plan, method="POST"),
        "json": lambda: replace(plan, cut=True),
        "permission": lambda: plan if plan.path.endswith("/0") else replace(plan, path=foreign.path),
        "validation": lambda: replace(plan, body={**plan.body, "age": -1}),
        "conflict": lambda: replace(plan, body={**plan.body, "username": taken}),
    }
    return plan.with_header(*by_header[fault]) if fault in by_header else by_change[fault]()


@clause("11.3")
@pytest.mark.parametrize(("first", "second"), [*combinations(ANSWERS, 2), *((fault, fault) for fault in ANSWERS)])
def test_the_earlier_fault_is_the_answer(
    settings: Target, viewer: Member, editor: Member, first: str, second: str
) -> None:
    plan = Plan("PATCH", viewer.path, {"Authorization": f"Bearer {viewer.token}", "Content-Type": "application/json"})
    for fault in (second, first):
        plan = add(plan, fault, editor.username, editor)
    body = b"" if "Content-Length" in plan.headers else plan.content()
    headers = {"Content-Length": str(len(body)), **plan.headers}
    answer = raw.exchange(settings.base_url, plan.method, plan.path, headers, body)
    errors = {"errors": answer.body["errors"]} if answer.status == 422 else {}
    answer.expect_problem(*ANSWERS[first], **errors)


MISSING = f"/api/v1/articles/{2**63 - 1}"


@clause("11.3")
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v1/articles"), ("PUT", MISSING), ("PATCH", MISSING)])
def test_no_token_comes_before_media_type_and_json(anonymous: Client, method: str, path: str) -> None:
    anonymous.request(method, path, content=b"{").expect_problem(401, "not_authenticated")
    headers = {"Content-Type": "application/json"}
    anonymous.request(method, path, content=b"{", headers=headers).expect_problem(401, "not_authenticated")


@clause("11.3")
def test_media_type_and_json_come_before_permission(viewer: Member, editor: Member) -> None:
    json_type = {"Content-Type": "application/json"}
    for method, path in (("POST", "/api/v1/articles"), ("PUT", MISSING), ("PATCH", editor.path)):
        viewer.request(method, path, content=b"{").expect_problem(415, "unsupported_media_type")
        viewer.request(method, path, content=b"{", headers=json_type).expect_problem(400, "malformed_json")


@clause("11.3")
@pytest.mark.parametrize("body", [{}, [], {"title": 1}], ids=str)
def test_existence_and_permission_come_before_validation_of_an_article(
    viewer: Member, other_editor: Member, published: dict[str, Json], draft: dict[str, Json], body: Json
) -> None:
    viewer.post("/api/v1/articles", body).expect_problem(403, "forbidden")
    viewer.put(f"/api/v1/articles/{published['id']}", body).expect_problem(403, "forbidden")
    other_editor.put(f"/api/v1/articles/{published['id']}", body).expect_problem(403, "forbidden")
    other_editor.put(f"/api/v1/articles/{draft['id']}", body).expect_problem(404, "not_found")
    other_editor.put(MISSING, body).expect_problem(404, "not_found")


@clause("11.3")
@pytest.mark.parametrize("body", [{}, [], {"username": 1}, {"role": 1}], ids=str)
def test_existence_and_permission_come_before_validation_of_a_user(
    viewer: Member, editor: Member, admin: Member, body: Json
) -> None:
    viewer.put(editor.path, body).expect_problem(403, "forbidden")
    admin.put(f"/api/v1/users/{2**63 - 1}", body).expect_problem(404, "not_found")


@clause("11.3")
def test_token_and_permission_come_before_the_query(anonymous: Client, viewer: Member, admin: Member) -> None:
    anonymous.get("/api/v1/users?limit=0").expect_problem(401, "not_authenticated")
    viewer.get("/api/v1/users?limit=0").expect_problem(403, "forbidden")
    admin.get("/api/v1/users?limit=0").expect_faults({"query:limit": "too_small"})
    anonymous.with_token("not.a.token").get("/api/v1/articles?limit=0").expect_problem(401, "invalid_token")
    anonymous.get("/api/v1/articles?limit=0", headers={"Accept": "text/html"}).expect_problem(406, "not_acceptable")


@clause("11.3", "5.3")
def test_the_media_type_of_a_token_request_comes_before_its_form(anonymous: Client) -> None:
    headers = {"Content-Type": "application/json", "Accept": "text/html"}
    request = anonymous.request("POST", "/api/v1/token", content=b"{", headers=headers)
    request.expect_problem(406, "not_acceptable")
    answer = anonymous.request("POST", "/api/v1/token", content=b"{", headers={**headers, "Accept": "*/*"})
    answer.expect_problem(415, "unsupported_media_type")


@clause("11.3", "7.2")
def test_validation_comes_before_conflict_in_a_registration(anonymous: Client, make: Factory, viewer: Member) -> None:
    body = make.registration(username=viewer.username, age=-1)
    anonymous.post("/api/v1/users", body).expect_faults({"/age": "too_small"})


@clause("11.3")
def test_a_chunked_body_that_is_too_large_comes_after_the_token(settings: Target) -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    body = raw.chunked(b" " * 1_048_577) + raw.LAST_CHUNK
    raw.exchange(settings.base_url, "POST", "/api/v1/articles", headers, body).expect_problem(401, "not_authenticated")

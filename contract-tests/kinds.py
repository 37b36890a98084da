"""A response of each kind: what holds for every response is tried on these."""

from dataclasses import dataclass

import raw
from answer import Answer
from data import Member

TEN_GIB = {"Content-Length": str(10 * 1024**3)}
JSON_TYPE = {"Content-Type": "application/json"}

# kind → status, method, path, more headers
KINDS: dict[str, tuple[int, str, str, dict[str, str]]] = {
    "200": (200, "GET", "/api/v1/ping", {}),
    "200-list": (200, "GET", "/api/v1/articles", {}),
    "200-v2": (200, "GET", "/api/v2/articles", {}),
    "200-comments": (200, "GET", "/api/v1/articles/{article}/comments", {}),
    "200-article": (200, "GET", "/api/v1/articles/{article}", {}),
    "304": (304, "GET", "/api/v1/articles/{article}", {"If-None-Match": "*"}),
    "200-me": (200, "GET", "/api/v1/users/me", {"Authorization": "viewer"}),
    "200-root": (200, "GET", "/", {}),
    "200-health": (200, "GET", "/health", {}),
    "200-live": (200, "GET", "/health/live", {}),
    "200-ready": (200, "GET", "/health/ready", {}),
    "200-openapi": (200, "GET", "/openapi.json", {}),
    "200-docs": (200, "GET", "/docs", {}),
    "200-problem": (200, "GET", "/problems/not_found", {}),
    "200-head": (200, "HEAD", "/api/v1/ping", {}),
    "204-options": (204, "OPTIONS", "/api/v1/users", {}),
    "400-host": (400, "GET", "/api/v1/ping", {"Host": "evil.example"}),
    "400-version": (400, "GET", "/api/v1/ping", {"API-Version": "9"}),
    "400-json": (400, "POST", "/api/v1/users", {"Content-Length": "0", **JSON_TYPE}),
    "400-form": (400, "POST", "/api/v1/token", {"Content-Type": "application/x-www-form-urlencoded"}),
    "401-none": (401, "GET", "/api/v1/users/me", {}),
    "401-bad": (401, "GET", "/api/v1/users/me", {"Authorization": "Bearer x"}),
    "403": (403, "GET", "/api/v1/users", {"Authorization": "viewer"}),
    "404": (404, "GET", "/nowhere", {}),
    "404-api": (404, "GET", "/api/v1/nowhere", {}),
    "404-slash": (404, "GET", "/api/v1/users/", {}),
    "404-article": (404, "GET", f"/api/v1/articles/{2**63 - 1}", {}),
    "404-head": (404, "HEAD", "/nowhere", {}),
    "404-options": (404, "OPTIONS", "/nowhere", {}),
    "405": (405, "DELETE", "/api/v1/users", {}),
    "405-root": (405, "POST", "/", {}),
    "405-method": (405, "PROPFIND", "/health", {}),
    "406": (406, "GET", "/api/v1/ping", {"Accept": "text/html"}),
    "412": (412, "GET", "/api/v1/articles/{article}", {"If-Match": '"nothing"'}),
    "413": (413, "POST", "/api/v1/users", {**TEN_GIB, **JSON_TYPE}),
    "415": (415, "POST", "/api/v1/users", {"Content-Type": "text/plain"}),
    "422-query": (422, "GET", "/api/v1/articles?limit=0", {}),
}


@dataclass(frozen=True)
class Sender:
    """Makes a response of a kind.

    Args:
        base_url: of the server.
        viewer: the caller where the kind names one.
        article_id: of a published article.
    """

    base_url: str
    viewer: Member
    article_id: int

    def __call__(self, kind: str, more: dict[str, str] | None = None) -> Answer:
        """Send the request of a kind, with more headers; the answer has the kind's status."""
        status, method, path, headers = KINDS[kind]
        headers = {**headers, **(more or {})}
        if headers.get("Authorization") == "viewer":
            headers["Authorization"] = f"Bearer {self.viewer.token}"
        if method == "POST":
            headers = {"Content-Length": "0", **headers}
        return raw.exchange(self.base_url, method, path.replace("{article}", str(self.article_id)), headers).expect(
            status
        )

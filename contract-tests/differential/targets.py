"""Paths that the contract knows and paths that it does not, as they are written on the wire, and methods for them."""

from memory import KEYSET_PATH

API = "/api/v1"
FIXED_PATHS = (
    "/", "/health", "/health/live", "/health/ready", "/openapi.json", "/docs", "/problems/not_found",
    "/problems/validation_failed", f"{API}/ping", f"{API}/token", f"{API}/users", f"{API}/users/me", f"{API}/users/1",
    f"{API}/articles", f"{API}/articles/1", f"{API}/articles/1/comments", f"{API}/articles/1/comments/1", KEYSET_PATH,
    "/problems/precondition_failed", "/problems/rate_limited", "/metrics",
)  # fmt: skip
ODD_PATHS = (
    "/nowhere", "/api", "/api/", API, f"{API}/", "/api/v2", "/api/v2/", f"{KEYSET_PATH}/", f"{KEYSET_PATH}/1",
    "/api/v2/users", "/api/v2/ping", "/api/v2/token", "/api/v2/articles/1/comments", "/api/v3/articles",
    "/API/v2/articles", "/api/v2/Articles", "/api/v2/article%73", "/api//v2/articles", f"http://localhost{KEYSET_PATH}",
    f"{API}/articles/1/comments/", f"{API}/articles/1/comments/0", f"{API}/articles/1/comments/01",
    f"{API}/articles/1/comments/x", f"{API}/articles/01/comments", f"{API}/articles/0/comments/1",
    f"{API}/articles/1/Comments", f"{API}/articles//comments", f"{API}/articles/1/comments/1/", f"{API}/comments",
    f"{API}/comments/1", f"{API}/articles/1/comments/1/author", f"{API}/articles/1%2Fcomments",
    f"{API}/articles/1/comments%2F1", f"{API}/articles/9223372036854775808/comments",
    f"{API}/articles/1/comments/9223372036854775808", f"{API}/articles/9223372036854775807/comments/1",
    f"{API}/articles/1/comments/%31", f"{API}/articles/1/comments/1%00", f"{API}/articles/me/comments",
    "/problems/412", "/problems/Rate_limited", "/API/v1/ping", f"{API}/Ping", f"{API}/ping/",
    f"{API}//ping", "//api/v1/ping", "//", f"{API}/users/", f"{API}/users/me/", f"{API}/users/ME", f"{API}/users/1/",
    f"{API}/users/0", f"{API}/users/01", f"{API}/users/-1", f"{API}/users/+1", f"{API}/users/1.0", f"{API}/users/1e0",
    f"{API}/users/%31", f"{API}/users/1%00", f"{API}/users/1%0a", f"{API}/users/%201", f"{API}/users/%D9%A1",
    f"{API}/users/%EF%BC%91", f"{API}/users/9223372036854775807", f"{API}/users/9223372036854775808",
    f"{API}/users/18446744073709551617", f"{API}/users/1/articles", f"{API}/articles/", f"{API}/articles/0",
    f"{API}/articles/me", f"{API}/articles/1;a=b", f"{API}/articles/1,2", f"{API}/articles/1.json",
    f"{API}/articles/%FF", f"{API}/articles/1%2F", f"{API}/articles%2F1", "/api%2Fv1/ping", "/%61pi/v1/ping",
    f"{API}/%70ing", f"{API}/p%69ng", f"{API}/ping%20", f"{API}/ping%0a", f"{API}/ping%00", f"{API}/ping;x",
    f"{API}/./ping", f"{API}/x/../ping", f"{API}/%2e/ping", f"{API}/x/%2e%2e/ping", "/..", "/.", "/../api/v1/ping",
    f"{API}/ping?", f"{API}/ping?x=%00", f"{API}/ping?%FF", "/docs/", "/docs/nothing", "/docs/..%2f..%2fetc%2fpasswd",
    "/docs/../main.py", "/docs/%2e%2e/main.py", "/docs/.", "/docs/%00", "/problems", "/problems/", "/problems/nothing",
    "/problems/NOT_FOUND", "/problems/not_found/", "/problems/%6eot_found", "/problems/not_found%00",
    "/problems/not%5ffound", "/health/", "/health//live", "/Health", "/openapi.json/", "/openapi.yaml", "/favicon.ico",
    "/metrics/", "/Metrics", "/metric%73", "/static/x", f"{API}/token/", "/" + "x" * 3000, f"http://localhost{API}/ping",
    "http://localhost/", "HTTP://LOCALHOST/health", f"http://localhost:1{API}/articles?limit=1",
    f"http://localhost{API}/nowhere", "/?x", "/%3Fx", f"{API}/ping%3Fx=1", f"{API}/ping%23", "/%2F", f"{API}/users%00",
    "/*", f"{API}/articles/1%", f"{API}/articles/%", f"{API}/articles/%zz", f"{API}/articles/%C2%B9",
    f"{API}/articles/1\\", f"{API}\\ping", f"{API}/articles/'1'", f"{API}/articles/{{id}}", f"{API}/articles/<id>",
    f"{API}/:ping",
)  # fmt: skip
METHODS = (
    "GET",
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "LINK",
    "SEARCH",
    "REPORT",
)

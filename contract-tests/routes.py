"""The paths of the contract and the methods that each takes (clause 1.5; sections 5, 7, 8, 10, 17 and 18)."""

READ = ["GET", "HEAD", "OPTIONS"]
ONE = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"]

# path → methods; the ids need not exist, and the paths need no token for 404, 405 and OPTIONS.
METHODS: dict[str, list[str]] = {
    "/": READ,
    "/health": READ,
    "/health/live": READ,
    "/health/ready": READ,
    "/metrics": READ,
    "/openapi.json": READ,
    "/docs": READ,
    "/problems/not_found": READ,
    "/api/v1/ping": READ,
    "/api/v1/token": ["OPTIONS", "POST"],
    "/api/v1/users": ["GET", "HEAD", "OPTIONS", "POST"],
    "/api/v1/users/me": READ,
    "/api/v1/users/1": ONE,
    "/api/v1/articles": ["GET", "HEAD", "OPTIONS", "POST"],
    "/api/v1/articles/1": ONE,
    "/api/v1/articles/1/comments": ["GET", "HEAD", "OPTIONS", "POST"],
    "/api/v1/articles/1/comments/1": ["DELETE", "GET", "HEAD", "OPTIONS"],
    "/api/v2/articles": READ,
}
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]
API_PATHS = [path for path in METHODS if path.startswith("/api/")]
JSON_PATHS = [path for path in METHODS if path == "/" or path.startswith("/health")]

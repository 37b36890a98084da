"""The end of every success: what caches may do with it, and what the request made it conditional on."""

from fastapi import Request, Response

from blogapi.caching import cache_headers
from blogapi.etags import is_not_modified
from fastapi_app.compression import compressed, takes_gzip

# RFC 9110, 15.4.5: what of a 200 its 304 repeats.
KEPT = ("ETag", "Cache-Control", "Vary")


async def finished(request: Request, response: Response) -> Response:
    """Give the success its last form.

    Raises:
        Problem: `precondition_failed`, for a GET with an If-Match that does not fit.
    """
    headers = response.headers
    scope = request.scope
    has_token = scope["state"].get("has_token", False)
    for name, value in cache_headers(scope["method"], scope["path"], has_token=has_token).items():
        headers.append(name, value)
    is_gzip = takes_gzip(request, response)
    if (tag := headers.get("ETag")) and is_not_modified(request.headers, tag):
        return Response(status_code=304, headers={name: headers[name] for name in KEPT})
    return await compressed(response) if is_gzip else response

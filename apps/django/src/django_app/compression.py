"""gzip. Django's GZipMiddleware knows no weights, weakens tags, and adds random bytes, with which no tag is strong."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from blogapi.compression import accepts_gzip, compress, is_compressible
from blogapi.etags import gzip_tag


def takes_gzip(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether the response is to be sent as gzip, and put on it what caches need to know of that."""
    headers = response.headers
    is_worth_it = is_compressible(headers.get("Content-Type"), length=len(response.content))
    if is_worth_it or "ETag" in headers:
        patch_vary_headers(response, ["Accept-Encoding"])
    if not is_worth_it or not accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        return False
    if "ETag" in headers:
        headers["ETag"] = gzip_tag(headers["ETag"])
    return True


def compressed(response: HttpResponse) -> HttpResponse:
    """Put a response's body into its gzip form, the body of an answer to HEAD too, whose length is told."""
    response.content = compress(response.content)
    response.headers["Content-Encoding"] = "gzip"
    return response

"""gzip. Starlette's GZipMiddleware takes `gzip;q=0` for a yes, and leaves one entity tag on both forms."""

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from blogapi.compression import accepts_gzip, compress, is_compressible
from blogapi.etags import gzip_tag

# A larger body takes longer to compress (1 MiB about 20 ms) than others should wait for.
SMALL_BYTES = 65_536


def takes_gzip(request: Request, response: Response) -> bool:
    """Tell whether the response is to be sent as gzip, and put on it what caches need to know of that."""
    headers = response.headers
    is_worth_it = is_compressible(response.media_type, length=len(response.body))
    tag = headers.get("ETag")
    if is_worth_it or tag is not None:
        headers.add_vary_header("Accept-Encoding")
    if not is_worth_it or not accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return False
    if tag is not None:
        headers["ETag"] = gzip_tag(tag)
    return True


async def compressed(response: Response) -> Response:
    """Put a response's body into its gzip form, the body of an answer to HEAD too, which has its length."""
    body = bytes(response.body)
    response.body = compress(body) if len(body) <= SMALL_BYTES else await run_in_threadpool(compress, body)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))
    return response

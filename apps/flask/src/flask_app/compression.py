"""gzip, with a tag of its own."""

from flask import Response, request

from blogapi.compression import accepts_gzip, compress, is_compressible
from blogapi.etags import gzip_tag


def compress_response(response: Response) -> bool:
    """Put a response into its gzip form where the request takes that; of HEAD too, whose length is told.

    Returns:
        Whether Accept-Encoding has a say in it.
    """
    if not is_compressible(response.content_type, length=response.content_length or 0):
        return False
    if accepts_gzip(request.headers.get("Accept-Encoding", "")):
        response.headers["Content-Encoding"] = "gzip"
        if "ETag" in response.headers:
            response.headers["ETag"] = gzip_tag(response.headers["ETag"])
        # Werkzeug drops the body of a 304.
        if response.status_code != 304:
            response.set_data(compress(response.get_data()))
    return True

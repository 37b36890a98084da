"""When an answer is sent as gzip (RFC 9110, section 12.5.3), and the gzip itself."""

import zlib
from functools import lru_cache

from blogapi.negotiation import quality_values

MIN_BYTES = 1024
# The last of zlib's quick levels: above it a page takes twice as long and gets hardly smaller.
LEVEL = 3
_GZIP_WRAPPER = 16 + zlib.MAX_WBITS
_COMPRESSIBLE = ("application/json", "application/problem+json", "text/")


def is_compressible(content_type: str | None, *, length: int) -> bool:
    """Tell whether a body of that media type and length in bytes is worth it."""
    return length >= MIN_BYTES and (content_type or "").startswith(_COMPRESSIBLE)


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether an Accept-Encoding header takes gzip, and does not like identity better.

    Args:
        accept_encoding: the header's value; "" where there is none.

    Returns:
        Whether gzip's weight is over 0 and not under the one that identity was given.
    """
    weights = dict(quality_values(accept_encoding))
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def compress(body: bytes) -> bytes:
    """Write a body as gzip (RFC 1952); the same body gives the same bytes, for its tag is strong."""
    compressor = zlib.compressobj(LEVEL, wbits=_GZIP_WRAPPER)
    return compressor.compress(body) + compressor.flush()

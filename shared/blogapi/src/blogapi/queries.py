"""The query string and urlencoded forms, read the same way whatever the server."""

from urllib.parse import parse_qsl

from blogapi.rules import without_surrogates


def query_pairs(raw: str | bytes) -> list[tuple[str, str]]:
    """Read `a=1&b=2` (WHATWG URL, 5.1) in the order given, blank values and repetitions kept.

    Args:
        raw: as received, still percent-encoded.

    Returns:
        Names and values; a byte of a value that is no UTF-8 becomes an unpaired surrogate, which validation refuses.
    """
    text = raw.decode(errors="surrogateescape") if isinstance(raw, bytes) else raw
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    return [(without_surrogates(name), value) for name, value in pairs]

"""The opaque cursor of keyset pages: where the last page ended, in 22 characters."""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta

from blogapi import rules
from blogapi.records import Cursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAYOUT = struct.Struct(">qQ")
_PADDING = "=="


def format_cursor(cursor: Cursor) -> str:
    """Write a cursor: microseconds since 1970 and the id, as base64url (RFC 4648, 5) without padding."""
    packed = _LAYOUT.pack((cursor.created_at - _EPOCH) // _MICROSECOND, cursor.id)
    return base64.urlsafe_b64encode(packed).decode().removesuffix(_PADDING)


def parse_cursor(text: str) -> Cursor:
    """Read what `format_cursor` wrote.

    Raises:
        ValueError: it did not write this.
    """
    try:
        microseconds, identity = _LAYOUT.unpack(base64.b64decode(text + _PADDING, altchars=b"-_", validate=True))
        cursor = Cursor(_EPOCH + timedelta(microseconds=microseconds), identity)
    except (binascii.Error, struct.error, OverflowError) as error:
        raise ValueError("is no cursor") from error
    # One text for one place: the last character has bits that mean nothing.
    if not 1 <= identity <= rules.ID_MAX or format_cursor(cursor) != text:
        raise ValueError("is no cursor")
    return cursor

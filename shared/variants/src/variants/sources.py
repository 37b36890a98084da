"""Revisions: a hash of source files, so that what was made of them is known to be of them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

REVISION_DIGITS = 12


def revision_of(files: Iterable[Path], *, base: Path, also: str = "") -> str:
    """Hash the names (relative to `base`) and contents of files.

    Parameters:
        also: more text that decides, an option say.

    Returns:
        The first 12 hexadecimal digits of the SHA-256.
    """
    digest = hashlib.sha256(also.encode())
    for file in sorted(files):
        content = file.read_bytes()
        digest.update(f"\n{file.relative_to(base).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:REVISION_DIGITS]

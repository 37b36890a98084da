"""What both kinds of load have in common with whoever asks for one."""

from collections.abc import Callable

# Is told `window_begins` and `window_ends`.
Announce = Callable[[str], None]


class LoadError(Exception):
    """The load could not be brought up; the message says what stood in the way."""

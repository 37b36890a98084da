"""How far a run has come, as a bar on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from variants.cli import errors


@contextmanager
def progress_bar() -> Iterator["Shown"]:
    """Show a bar on stderr while the body runs; what it gives is told how far things are."""
    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn(), TextColumn("left:"))
    bar = Progress(
        *columns, TimeRemainingColumn(), TextColumn("{task.description}"), console=errors, refresh_per_second=2
    )
    with bar:
        yield Shown(bar)


class Shown:
    """Shows the contract runs and the measurements as two bars, as their times have nothing to do with each other."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("…", total=1.0)
        self._last = 0.0

    def __call__(self, share: float, what: str) -> None:
        """Show a share, and what is being done now; a share that falls back begins another bar."""
        if share < self._last:
            self._bar.update(self._task, completed=1.0, description="done")
            self._task = self._bar.add_task(what, total=1.0)
        self._last = share
        self._bar.update(self._task, completed=share, description=what)

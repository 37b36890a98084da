"""Where a result is kept while it grows."""

from pathlib import Path

from benchmarks.files import write_result
from benchmarks.results import Result


class Keeper:
    """Writes a result into one file, again each time that there is more of it.

    Parameters:
        folder: where a new file is made, named by day and name of the result; none is written over.
        path: the file of a result that is gone on with, which is written over.
    """

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        self._folder = folder
        self.path = path

    def __call__(self, result: Result) -> Path:
        """Write the result as it is now, in one step; gives the file."""
        if self.path is None:
            self.path = _free_path(self._folder, f"{result.started_at[:10]}-{result.name}")
        write_result(result, self.path)
        return self.path


def _free_path(folder: Path, stem: str) -> Path:
    """The first file name of a day and a name that is not taken."""
    taken = {path.name for path in folder.glob(f"{stem}*.json")}
    names = (f"{stem}.json" if number == 1 else f"{stem}-{number}.json" for number in range(1, len(taken) + 2))
    return folder / next(name for name in names if name not in taken)

"""Reads a table of a TOML file whose keys are all known: a wrong, missing or unknown one is named."""

from collections.abc import Mapping


class TableError(ValueError):
    """A key is wrong; the message names it with the tables that it is in."""


class Table:
    """One table of a file, emptied key by key, so that what is left over is unknown."""

    def __init__(self, values: Mapping[str, object], *, prefix: str = "") -> None:
        self._left = dict(values)
        self._prefix = prefix

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def fault(self, key: str, what: str) -> TableError:
        """An error to raise that says what is wrong with a key."""
        return TableError(f"{self._prefix}{key}: {what}")

    def take(self, key: str) -> object:
        """A value of any type."""
        if key not in self._left:
            raise self.fault(key, "is missing")
        return self._left.pop(key)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "must be a text that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts that is not empty."""
        values = self.take(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise self.fault(key, "must be a list of texts that is not empty")
        return tuple(values)

    def table(self, key: str) -> "Table":
        """A table within this one."""
        value = self.take(key)
        if not isinstance(value, dict):
            raise self.fault(key, "must be a table")
        return Table(value, prefix=f"{self._prefix}{key}.")

    def optional_table(self, key: str) -> "Table":
        """The same; an empty one where there is none."""
        return self.table(key) if key in self else Table({})

    def all_texts(self) -> dict[str, str]:
        """All that is left, which is texts."""
        return {key: self.text(key) for key in list(self._left)}

    def close(self) -> None:
        """Refuse what nobody has taken."""
        if self._left:
            raise self.fault(min(self._left), "is unknown")

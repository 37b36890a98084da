"""The variants of a result as the report shows them: one colour, one mark and one short name each, everywhere. Pure."""

from dataclasses import dataclass
from functools import cached_property

from benchmarks.report.blocks import Cell
from benchmarks.results import Result, VariantRecord

# As many as the palette of `page.css` has.
SLOTS = 8
SHORT = 12


@dataclass(frozen=True)
class Cast:
    """Who is compared. The same variant keeps its colour in all results that hold the same variants."""

    variants: tuple[VariantRecord, ...]

    @classmethod
    def of(cls, result: Result) -> "Cast":
        """Those of a result."""
        return cls(result.variants)

    @cached_property
    def _slots(self) -> dict[str, int]:
        names = sorted(variant.name for variant in self.variants)
        return {name: place % SLOTS for place, name in enumerate(names)}

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles by name."""
        return {variant.name: variant.title for variant in self.variants}

    def slot(self, name: str) -> int:
        """The number of a variant's colour."""
        return self._slots[name]

    def short(self, name: str) -> str:
        """What a chart has room for: the title, or its first word where no other title begins with it."""
        title = self.titles[name]
        first = title.split()[0]
        alone = sum(other.split()[0] == first for other in self.titles.values()) == 1
        return first if len(title) > SHORT and alone else title

    def cell(self, name: str, note: str = "") -> Cell:
        """The header of a row."""
        return Cell(self.titles[name], note, sort=self.titles[name].lower(), slot=self.slot(name))

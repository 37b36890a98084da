"""What a report is made of, whoever writes it down: sections of paragraphs, tables and figures. Pure data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

Kind = Literal["", "invalid", "best", "missing"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: what it says.
        note: what stands smaller beside it, such as the bounds of an interval.
        sort: what the column is sorted by, None for a cell that stays last.
        kind: how it is shown.
        slot: the number of the variant's colour, where the cell names a variant.
    """

    text: str
    note: str = ""
    sort: float | str | None = None
    kind: Kind = ""
    slot: int | None = None


@dataclass(frozen=True)
class Column:
    """A column; `hint` explains the title where it is short."""

    title: str
    hint: str = ""
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """A table. The first cell of a row is its header. `notes` stand under it.

    A `quiet` caption is read aloud only, where a heading above the table says the same.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    sortable: bool = True
    anchor: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Figure:
    """Drawings side by side under one caption. What they show is in a table too, so text leaves them out.

    `legend` has the style and the name of what has no label of its own.
    """

    caption: str
    charts: tuple[Markup, ...]
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Prose:
    """Paragraphs, or the points of a list."""

    paragraphs: tuple[str, ...]
    points: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading within a section, with what it is about."""

    title: str
    subtitle: str = ""


@dataclass(frozen=True)
class Statement:
    """A verdict: of what, what is said first, and what follows."""

    term: str
    about: str
    lead: str
    rest: str


@dataclass(frozen=True)
class Statements:
    """Verdicts, one below the other."""

    items: tuple[Statement, ...]


@dataclass(frozen=True)
class Card:
    """What speaks for a variant and what against it, and what its maintainers list it as good for."""

    title: str
    slot: int
    good_for: str
    when: tuple[str, ...]
    but: tuple[str, ...]


@dataclass(frozen=True)
class Cards:
    """A card for each variant."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Slider:
    """A part of the reader's mix, with the share that it begins with."""

    name: str
    title: str
    share: int


@dataclass(frozen=True)
class Mixer:
    """The reader's own mix: sliders, the table for the shares they begin with, and the data for any others."""

    sliders: tuple[Slider, ...]
    table: Table
    data: dict[str, object]


Block = Table | Figure | Prose | Heading | Statements | Cards | Mixer


@dataclass(frozen=True)
class Section:
    """A part of the report; `question` is what it answers, and `anchor` is where a link leads."""

    anchor: str
    title: str
    question: str
    blocks: tuple[Block, ...]

    @property
    def hints(self) -> dict[str, str]:
        """What the columns of its tables mean, each once, where the title does not say it."""
        tables = [block for block in self.blocks if isinstance(block, Table)]
        return {column.title: column.hint for table in tables for column in table.columns if column.hint}


def text_column(title: str, hint: str = "") -> Column:
    """A column of words."""
    return Column(title, hint, numeric=False)


def columns(*titles: str) -> tuple[Column, ...]:
    """A column of names, and columns of numbers; a hint follows its title after a bar."""
    first, *rest = titles
    return (text_column(first), *(Column(title, hint) for title, _, hint in (title.partition("|") for title in rest)))


def missing(text: str = "–") -> Cell:  # noqa: RUF001 - an empty cell is an en dash
    """A cell without a figure."""
    return Cell(text, kind="missing")


def with_best(rows: Sequence[tuple[Cell, ...]], column: int, *, highest: bool = False) -> tuple[tuple[Cell, ...], ...]:
    """Mark the cells of a column that have its lowest or highest figure."""
    figures = [row[column].sort for row in rows]
    known = [figure for figure in figures if isinstance(figure, float | int)]
    if len(known) < 2:
        return tuple(rows)
    best = max(known) if highest else min(known)
    return tuple(
        (*row[:column], _marked(row[column]), *row[column + 1 :]) if row[column].sort == best else row for row in rows
    )


def _marked(cell: Cell) -> Cell:
    return Cell(cell.text, cell.note, cell.sort, "best", cell.slot)

"""The whole report as GitHub's Markdown: the same sections as the page, their tables and words. Pure."""

from benchmarks.report.blocks import Block, Cards, Cell, Heading, Mixer, Prose, Section, Statements, Table
from benchmarks.report.document import report_sections
from benchmarks.report.freshness import Lock, measured_on, stale_because
from benchmarks.results import Result
from benchmarks.statistics.calibration import Calibration


def to_markdown(result: Result, lock: Lock | None = None, calibration: Calibration | None = None) -> str:
    """Write the report, as `to_html` does; figures are left out, as the tables have what they show."""
    title = f"# Python web frameworks, compared: {result.name}, {measured_on(result).isoformat()}"
    stale = (
        [f"**This result is stale:** {'; '.join(reasons)}."] if (reasons := stale_because(result, lock or {})) else []
    )
    parts = [title, *stale]
    for section in report_sections(result, calibration):
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> list[str]:
    parts = [f"## {section.title}", section.question]
    if section.hints:
        parts.append("\n".join(f"- *{title}*: {_escaped(hint)}" for title, hint in section.hints.items()))
    for block in section.blocks:
        parts += block_parts(block)
    return parts


def block_parts(block: Block) -> list[str]:
    """A block as paragraphs; none for a figure."""
    if isinstance(block, Table):
        caption = [] if block.quiet else [f"*{block.caption}*"]
        return [*caption, table_text(block), *(_escaped(note) for note in block.notes)]
    if isinstance(block, Mixer):
        return block_parts(block.table)
    if isinstance(block, Heading):
        return [f"### {block.title}" + (f": {block.subtitle}" if block.subtitle else "")]
    if isinstance(block, Prose):
        return ["\n".join(f"- {one}" for one in block.paragraphs)] if block.points else list(block.paragraphs)
    if isinstance(block, Statements):
        return ["\n".join(f"- **{one.term}** ({one.about}): {one.lead} {one.rest}".rstrip() for one in block.items)]
    return _cards(block) if isinstance(block, Cards) else []


def table_text(table: Table) -> str:
    """A table's lines; numbers stand on the right."""
    head = [column.title for column in table.columns]
    rule = ["---:" if column.numeric else "---" for column in table.columns]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *rows])


def _cell(cell: Cell) -> str:
    if not cell.note:
        return _escaped(cell.text)
    bare = cell.slot is not None or cell.note.startswith(("+", "tied"))
    return _escaped(f"{cell.text} {cell.note}" if bare else f"{cell.text} ({cell.note})")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _cards(block: Cards) -> list[str]:
    parts = []
    for card in block.cards:
        reasons = [f"- when {reason}" for reason in card.when] + [f"- but know that {reason}" for reason in card.but]
        listed = [f"- its authors here list it as good for: {card.good_for}"] if card.good_for else []
        parts += [f"**{card.title}**", "\n".join([*reasons, *listed]) or "Nothing in this result speaks for it alone."]
    return parts

"""What each variant brings, as its own file lists it. Pure."""

from benchmarks.report.blocks import Cell, Section, Table, missing, text_column
from benchmarks.report.cast import Cast
from benchmarks.results import Result

NO = "no"
FEATURES = {
    "orm": "object-relational mapper",
    "admin": "admin site",
    "async": "asynchronous handlers",
    "openapi": "OpenAPI document",
    "validation": "validation of input",
    "websocket": "WebSocket",
    "templates": "HTML templates",
    "background_tasks": "background tasks",
    "learning": "to learn",
}


def feature_title(feature: str) -> str:
    """A feature in words; one that is not known here is named as its file names it."""
    return FEATURES.get(feature, feature.replace("_", " "))


def features_section(result: Result, cast: Cast) -> Section | None:
    """A row for each feature, a column for each variant."""
    listed = [feature for variant in result.variants for feature in variant.features]
    order = sorted(
        dict.fromkeys(listed), key=lambda feature: list(FEATURES).index(feature) if feature in FEATURES else 99
    )
    if not order:
        return None
    rows = tuple(
        (Cell(feature_title(feature)), *(_cell(variant.features.get(feature)) for variant in result.variants))
        for feature in order
    )
    titles = (text_column("feature"), *(text_column(cast.titles[variant.name]) for variant in result.variants))
    table = Table("What each framework brings, and what stands in for it here", titles, rows, sortable=False)
    question = "What comes with each framework? Listed in the variant's own file, not measured."
    return Section("features", "Features", question, (table,))


def _cell(words: str | None) -> Cell:
    if words is None:
        return missing()
    return Cell(words, kind="missing" if words == NO else "")

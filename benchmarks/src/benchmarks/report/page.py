"""The report as one HTML page that needs nothing else: no other host, no file beside it, no script for its tables."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.resources import files

from jinja2 import Environment as Templates
from jinja2 import PackageLoader, StrictUndefined
from markupsafe import Markup

from benchmarks.report.blocks import Block
from benchmarks.report.cells import complete_rounds
from benchmarks.report.document import report_sections
from benchmarks.report.freshness import MAX_AGE_DAYS, Lock, measured_on, stale_because
from benchmarks.report.rounds import more_rounds_text
from benchmarks.report.verdict import headline, verdicts
from benchmarks.results import Result
from benchmarks.statistics.calibration import Calibration

# A page above this size is slow to open on a phone.
LARGEST_DATA = 1_500_000


def to_html(result: Result, lock: Lock | None = None, calibration: Calibration | None = None) -> str:
    """Write the page.

    Parameters:
        lock: what `requirements.lock` pins now, to say whether the versions are still those.
        calibration: of the same method.
    """
    templates = Templates(
        loader=PackageLoader("benchmarks.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["kind"] = _kind
    found = verdicts(result)
    data, left_out = embedded(result)
    return templates.get_template("page.html.j2").render(
        result=result,
        rounds=f"{complete_rounds(result)}{more_rounds_text(result)}",
        headline=headline(found) if found else None,
        sections=report_sections(result, calibration),
        stale=stale_because(result, lock or {}),
        measured_on=measured_on(result).isoformat(),
        max_age=MAX_AGE_DAYS,
        data=data,
        left_out=left_out,
        style=_source("page.css"),
        script=_source("page.js"),
        json_of=_json,
    )


def embedded(result: Result, largest: int = LARGEST_DATA) -> tuple[str, bool]:
    """The data as a link's target, and whether the histograms had to be left out of it as it would be too large."""
    text = _compact(result)
    if left_out := len(text) > largest:
        text = _compact(without_histograms(result))
    return f"data:application/json;base64,{base64.b64encode(text.encode()).decode()}", left_out


def without_histograms(result: Result) -> Result:
    """The same result with empty histograms; every percentile that the report shows is still there."""
    return replace(
        result,
        samples=tuple(replace(one, load=replace(one.load, histogram="")) for one in result.samples),
        latencies=tuple(replace(one, load=replace(one.load, histogram="")) for one in result.latencies),
        scales=tuple(replace(one, load=replace(one.load, histogram="")) for one in result.scales),
    )


def _compact(result: Result) -> str:
    return json.dumps(asdict(result), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _json(data: Mapping[str, object]) -> Markup:
    """JSON that cannot end the element that it stands in."""
    return Markup(json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"))  # noqa: S704 - `<` is escaped


def _source(name: str) -> Markup:
    return Markup((files("benchmarks.report") / "templates" / name).read_text(encoding="utf-8"))  # noqa: S704 - our own

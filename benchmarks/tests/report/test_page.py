"""The page as text: what it holds, what it leaves out, and that it asks nobody for anything."""

import base64
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from benchmarks.files import from_json, read_result
from benchmarks.report.document import report_sections
from benchmarks.report.page import embedded, to_html, without_histograms
from benchmarks.results import Result

from ..histograms import HISTOGRAM

ALL_SECTIONS = [
    "verdict",
    "capacity",
    "bare",
    "latency",
    "levels",
    "costs",
    "exact",
    "scale",
    "start",
    "footprint",
    "mix",
    "features",
    "claims",
    "method",
    "environment",
]
OLD = Path(__file__).parents[2] / "results" / "2026-11-21-quick.json"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Outline(HTMLParser):
    """The elements of a page: whether they are closed, their ids, and where their attributes lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.named: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.named.append((tag, values))
        if name := values.get("id"):
            self.ids.append(name)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def anchors(result: Result) -> list[str]:
    return [section.anchor for section in report_sections(result)]


def test_a_full_result_has_every_section_in_the_order_of_reading(rich_result: Result) -> None:
    assert anchors(rich_result) == ALL_SECTIONS


def test_an_old_result_is_shown_without_what_it_lacks() -> None:
    old = read_result(OLD)
    assert anchors(old) == ["verdict", "capacity", "costs", "start", "mix", "claims", "method", "environment"]
    assert Outline(to_html(old)).open == []


def test_a_result_of_nothing_is_a_page_all_the_same(rich_result: Result) -> None:
    nothing = replace(
        rich_result, scenarios=(), starts=(), samples=(), latencies=(), levels=(), scales=(), costs=(), footprints=()
    )
    assert "Nothing was measured" in to_html(nothing)


def test_the_page_is_well_formed_and_its_ids_are_unique(rich_result: Result) -> None:
    outline = Outline(to_html(rich_result))
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))


def test_every_reference_within_the_page_leads_somewhere(rich_result: Result) -> None:
    outline = Outline(to_html(rich_result))
    wanted = [
        name.removeprefix("#")
        for _, values in outline.named
        for key in ("href", "for", "aria-labelledby")
        for name in (values.get(key) or "").split()
        if key != "href" or name.startswith("#")
    ]
    assert wanted
    assert set(wanted) <= set(outline.ids)


def test_the_page_names_no_other_host(rich_result: Result) -> None:
    page = to_html(rich_result)
    named = [
        values.get(key) or "" for _, values in Outline(page).named for key in ("src", "href", "action") if key in values
    ]
    assert named
    assert all(one.startswith(("#", "data:")) for one in named)
    assert not re.search(r"url\(|@import|https?://", page)


def test_tables_have_captions_and_scopes_and_drawings_titles_and_descriptions(rich_result: Result) -> None:
    page = to_html(rich_result)
    headings = [values.get("scope") for tag, values in Outline(page).named if tag == "th"]
    assert set(headings) == {"row", "col"}
    assert page.count("<table") == page.count("<caption") > 20
    assert page.count("<svg") == page.count('role="img"') == page.count("<desc") > 20


def test_what_the_columns_mean_is_said_once_a_section_and_not_only_to_a_mouse(rich_result: Result) -> None:
    capacity = next(section for section in report_sections(rich_result) if section.anchor == "capacity")
    page = to_html(rich_result)
    for title, hint in capacity.hints.items():
        assert f"<dt>{title}</dt><dd>{hint}</dd>" in page
    assert "requests/s" in capacity.hints


def test_what_a_result_holds_cannot_become_markup(rich_result: Result) -> None:
    evil = "</script><b>&"
    variants = tuple(replace(one, title=evil) for one in rich_result.variants[:1]) + rich_result.variants[1:]
    page = to_html(replace(rich_result, variants=variants, name=evil))
    assert evil not in page
    assert Outline(page).open == []


def test_an_invalid_cell_says_why_and_has_no_rank(rich_result: Result) -> None:
    page = to_html(rich_result)
    assert "invalid: CPU taken" in page
    assert "Flask: others used 20% of a core meanwhile (round 3)" in page


def test_the_data_comes_back_from_the_link(rich_result: Result) -> None:
    link, left_out = embedded(rich_result)
    kind, _, data = link.partition(",")
    assert kind == "data:application/json;base64"
    assert not left_out
    assert from_json(base64.b64decode(data).decode()) == rich_result


def test_histograms_are_left_out_where_the_data_would_be_too_large(rich_result: Result) -> None:
    link, left_out = embedded(rich_result, largest=1000)
    data = base64.b64decode(link.partition(",")[2]).decode()
    assert left_out
    assert from_json(data) == without_histograms(rich_result)
    assert HISTOGRAM not in data


def test_the_page_says_that_histograms_were_left_out(rich_result: Result) -> None:
    said = "the histograms of the response times are left out here"
    assert said not in to_html(rich_result)
    samples = tuple(replace(one, load=replace(one.load, histogram="H" * 20_000)) for one in rich_result.samples)
    assert said in to_html(replace(rich_result, samples=samples))


def test_the_mix_has_its_data_as_json(rich_result: Result) -> None:
    found = re.search(r'id="mix-data">(.*?)</script>', to_html(rich_result))
    assert found is not None
    data = json.loads(found.group(1))
    assert set(data["rates"]) == {"django", "fastapi", "flask", "tornado"}
    assert set(data["quantiles"]) == {"2", "3", "4"}


def test_the_same_result_gives_the_same_page(rich_result: Result) -> None:
    assert to_html(rich_result) == to_html(rich_result)


def test_other_versions_than_the_lock_are_said_on_the_page(rich_result: Result) -> None:
    lock = {"flask": frozenset({"3.2.0"}), "fastapi": frozenset({"0.165.0"})}
    page = to_html(rich_result, lock)
    assert "flask 3.1.3 → 3.2.0" in page
    assert not re.search(r'id="stale"[^>]* hidden', page)
    assert re.search(r'id="stale"[^>]* hidden', to_html(rich_result, {"flask": frozenset({"3.1.3"})}))

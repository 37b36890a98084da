"""What the report says in words: the verdict, `choose this when`, the claims, and whether the result is stale."""

import re
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.files import read_result
from benchmarks.report.blocks import Prose
from benchmarks.report.cast import Cast
from benchmarks.report.choice import choices
from benchmarks.report.claims import CLAIMS, MEASUREMENTS, claims_section
from benchmarks.report.freshness import other_versions, pins, stale_because
from benchmarks.report.markdown import to_markdown
from benchmarks.report.numbers import TIMES
from benchmarks.report.text import sections, to_console
from benchmarks.report.verdict import headline, verdicts
from benchmarks.results import Result


def said(result: Result, scenario: str) -> tuple[str, str]:
    """Lead and rest of a scenario's verdict."""
    found = next(one for one in verdicts(result) if one.scenario == scenario)
    return found.lead, found.rest


def test_a_verdict_names_the_fastest_and_by_how_much_the_others_follow(rich_result: Result) -> None:
    lead, rest = said(rich_result, "ping")
    assert lead.startswith("FastAPI is fastest, with 6,7")
    assert rest.startswith(f"Tornado serves 0.71{TIMES} [0.6")
    assert rest.endswith("of FastAPI's rate.")


def test_a_verdict_says_who_is_tied_in_front_and_behind(rich_result: Result, small_result: Result) -> None:
    assert said(rich_result, "blog")[0].startswith("FastAPI and Tornado tie, with 1,0")
    quick = tuple(
        replace(
            one, variant="django", load=replace(one.load, requests=2 * one.load.requests, mean_ms=one.load.mean_ms / 2)
        )
        for one in small_result.samples
        if one.variant == "tornado"
    )
    kept = tuple(one for one in small_result.samples if one.variant in {"tornado", "flask"})
    assert "Tornado and Flask are tied." in said(replace(small_result, samples=kept + quick), "ping")[1]


def test_a_verdict_says_that_one_in_front_is_tied_with_one_behind() -> None:
    # There FastAPI is tied with Tornado and with Flask, which is certainly slower than Tornado.
    old = read_result(Path(__file__).parents[2] / "results" / "2026-11-21-quick.json")
    lead, rest = said(old, "page")
    assert lead.startswith("Tornado and FastAPI tie")
    assert rest.endswith("FastAPI and Flask are tied.")


def test_a_verdict_says_who_has_no_figure(rich_result: Result) -> None:
    assert said(rich_result, "create_article")[1].endswith("No figure for Flask (CPU taken).")
    assert said(replace(rich_result, samples=()), "ping")[0] == "Nobody has figures that can be trusted."
    alone = tuple(one for one in rich_result.samples if one.variant == "flask")
    assert said(replace(rich_result, samples=alone), "page")[0].startswith("Only Flask has figures: ")


def test_a_single_round_places_nobody(rich_result: Result) -> None:
    first = replace(rich_result, samples=tuple(one for one in rich_result.samples if one.round == 1))
    assert "tie, with" in said(first, "ping")[0]


def test_the_headline_is_the_mix_or_a_page_or_what_there_is(rich_result: Result) -> None:
    found = verdicts(rich_result)
    assert headline(found).scenario == "blog"
    assert headline([one for one in found if one.scenario != "blog"]).scenario == "page"
    assert headline(found[:2]).scenario == "ping"


def test_choices_follow_from_figures_and_lists(rich_result: Result) -> None:
    cards = {card.title: card for card in choices(rich_result, Cast.of(rich_result)).cards}
    assert "memory is dear: least at its peak" in " ".join(cards["Tornado"].when)
    assert "admin site (built in)" in " ".join(cards["Django REST framework"].when)
    assert "it is certainly the slowest here" in " ".join(cards["Django REST framework"].but)
    assert "it alone does not bring: background tasks" in cards["Flask"].but
    assert cards["FastAPI"].good_for == "Services that want FastAPI."


def test_nothing_is_chosen_for_a_lead_that_is_small(rich_result: Result) -> None:
    near = tuple(replace(one, installed_bytes=50_000_000 + place) for place, one in enumerate(rich_result.footprints))
    cards = choices(replace(rich_result, footprints=near), Cast.of(rich_result)).cards
    assert "least installed" not in " ".join(reason for card in cards for reason in card.when)


def test_claims_stand_beside_what_was_measured(rich_result: Result) -> None:
    section = claims_section(rich_result)
    assert section is not None
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in section.blocks[0].rows}  # type: ignore[union-attr] # a table
    assert rows["Starlette"][:2] == ["26,000", "not a variant here"]
    assert rows["FastAPI"][0] == "25,000"
    assert rows["FastAPI"][-1] == "27%"
    assert rows["Django"][2].startswith("2,4")
    assert claims_section(replace(rich_result, samples=())) is None


def test_each_claim_says_what_could_be_found_behind_it(rich_result: Result) -> None:
    section = claims_section(rich_result)
    assert section is not None
    points = next(block.paragraphs for block in section.blocks if isinstance(block, Prose) and block.points)
    for claim, point in zip(CLAIMS, points, strict=False):
        assert point.startswith(f"{claim.framework}, {claim.words}: ")
        assert "no measurement found" in point.lower() or "measurements within it" in point


def test_each_measurement_that_a_claim_names_is_described_once() -> None:
    told = " ".join(claim.origin for claim in CLAIMS)
    described = [measurement.partition(" is ")[0] for measurement in MEASUREMENTS]
    assert sorted(described) == sorted(set(re.findall(r"Bench \d+|Tornado's table|Sharkbench", told)))


def test_pins_are_read_from_a_lock_with_all_their_versions() -> None:
    lock = pins(
        "flask==3.1.3 \\\n    --hash=sha256:00\n# via nothing==1\nTyping_Extensions==4.1 ; python_version < '3.12'\n"
        "typing-extensions==4.2 ; python_version >= '3.12' \\\n"
    )
    assert lock == {"flask": frozenset({"3.1.3"}), "typing-extensions": frozenset({"4.1", "4.2"})}


def test_only_versions_that_the_lock_knows_otherwise_are_others(rich_result: Result) -> None:
    lock = {"flask": frozenset({"3.1.3", "4"}), "fastapi": frozenset({"0.166.0"}), "django": frozenset({"6"})}
    assert other_versions(rich_result, lock) == ["fastapi 0.165.0 → 0.166.0"]


@pytest.mark.parametrize(("day", "stale"), [(date(2027, 2, 18), False), (date(2027, 2, 19), True)])
def test_a_result_is_stale_after_ninety_days(rich_result: Result, day: date, stale: bool) -> None:
    assert bool(stale_because(rich_result, {}, day)) == stale


def test_markdown_has_the_tables_of_the_page_and_no_markup(rich_result: Result) -> None:
    text = to_markdown(rich_result, {"flask": frozenset({"4"})})
    assert "**This result is stale:** it is of other versions than requirements.lock: flask 3.1.3 → 4." in text
    assert "| Flask 3.0 | invalid: CPU taken |" in text
    assert "<svg" not in text
    lines = text.splitlines()
    for before, line in pairwise(lines):
        if before.startswith("|") and line.startswith("|"):
            assert before.count(" | ") == line.count(" | ")


def test_what_speaks_for_everyone_is_no_reason_to_choose_anyone(rich_result: Result) -> None:
    def reasons(result: Result) -> str:
        return " ".join(reason for card in choices(result, Cast.of(result)).cards for reason in card.when)

    one_round = replace(rich_result, levels=tuple(level for level in rich_result.levels if level.round == 1))
    assert "you promise a p99 below 50 ms" in reasons(rich_result)
    assert "you promise a p99" not in reasons(one_round)


def test_a_single_round_of_levels_ranks_nobody_and_says_why(rich_result: Result) -> None:
    one_round = replace(rich_result, levels=tuple(level for level in rich_result.levels if level.round == 1))
    said = "There was time for one round, which has no interval: nobody is told apart here."
    text = to_markdown(one_round)
    assert said in text
    assert said not in to_markdown(rich_result)
    assert "\u221e" not in text


def test_a_terminal_of_80_characters_splits_no_figure(rich_result: Result) -> None:
    console = Console(file=StringIO(), width=80)
    to_console(rich_result, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO, given above
    for row in (row for section in sections(rich_result) for row in section.rows):
        assert all(part in shown for cell in row[:-1] for part in cell.split(" "))

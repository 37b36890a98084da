"""The whole report as sections, for whoever writes it down. Pure: the same file gives the same report."""

from benchmarks.report.blocks import Heading, Section, Statement, Statements
from benchmarks.report.capacity import bare_section, capacity_section
from benchmarks.report.cast import Cast
from benchmarks.report.choice import choices
from benchmarks.report.claims import claims_section
from benchmarks.report.conditions import environment_section, method_section
from benchmarks.report.costs import costs_section
from benchmarks.report.exact import exact_section
from benchmarks.report.features import features_section
from benchmarks.report.footprint import footprint_section, starts_section
from benchmarks.report.latency import latency_section
from benchmarks.report.levels import levels_section
from benchmarks.report.mix import mix_section
from benchmarks.report.scale import scale_section
from benchmarks.report.verdict import verdicts
from benchmarks.results import Result
from benchmarks.statistics.calibration import Calibration


def report_sections(result: Result, calibration: Calibration | None = None) -> list[Section]:
    """Every section that the result has figures for, in the order of reading.

    Parameters:
        calibration: of the same method, which is told beside how it was measured.
    """
    cast = Cast.of(result)
    found = (
        _verdict_section(result, cast),
        capacity_section(result, cast),
        bare_section(result, cast),
        latency_section(result, cast),
        levels_section(result, cast),
        costs_section(result, cast),
        exact_section(result, cast),
        scale_section(result, cast),
        starts_section(result, cast),
        footprint_section(result, cast),
        mix_section(result, cast),
        features_section(result, cast),
        claims_section(result),
        method_section(result, calibration),
        environment_section(result, cast),
    )
    return [section for section in found if section is not None]


def _verdict_section(result: Result, cast: Cast) -> Section:
    items = tuple(Statement(one.title, one.question, one.lead, one.rest) for one in verdicts(result))
    choose = Heading("Choose this when …", "what follows from the figures and the lists below, and nothing else")
    question = (
        "On this machine, with these versions: who is fastest, who is tied, and by how much do the others follow?"
    )
    return Section("verdict", "Verdict", question, (Statements(items), choose, choices(result, cast)))

"""The tidy table: a line a figure, none lost and none twice."""

import csv
from io import StringIO

from benchmarks.report.tidy import to_csv
from benchmarks.results import Result

TITLES = ["study", "variant", "handler", "scenario", "point", "round", "turn", "attempt", "metric", "value", "unit"]


def lines(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(to_csv(result))))


def test_every_study_is_in_it_under_the_same_titles(rich_result: Result) -> None:
    found = lines(rich_result)
    assert list(found[0]) == TITLES
    assert {line["study"] for line in found} == {"start", "capacity", "latency", "level", "scale", "exact", "footprint"}


def test_no_figure_is_there_twice(rich_result: Result) -> None:
    keys = [tuple(line[title] for title in TITLES[:9]) for line in lines(rich_result)]
    assert len(keys) == len(set(keys))


def test_every_window_has_its_capacity(rich_result: Result) -> None:
    found = [line for line in lines(rich_result) if (line["study"], line["metric"]) == ("capacity", "capacity")]
    assert [float(line["value"]) for line in found] == [sample.load.capacity for sample in rich_result.samples]
    assert {line["handler"] for line in found} == {"shipped", "bare"}


def test_points_name_what_was_varied(rich_result: Result) -> None:
    points: dict[str, set[str]] = {}
    for line in lines(rich_result):
        points.setdefault(line["study"], set()).add(line["point"])
    assert points["latency"] == {"equal", "0.25", "0.50", "0.75", "0.90"}
    assert {"workers=4", "rows=1000", "concurrency=256"} <= points["scale"]
    assert points["capacity"] == {""}

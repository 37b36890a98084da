"""What is made of windows whose figures are known, and what the command refuses."""

import random

import pytest
from typer.testing import CliRunner

import benchmarks.cli  # noqa: F401 - it adds its commands to the application
from benchmarks.run.settings_cost import Window, Windows, summary
from benchmarks.studies import Load, Usage
from variants.cli import app


def window(rate: float, *, server_ms: float = 0.2, database_ms: float | None = None) -> Window:
    """A window of one second."""
    requests = round(rate)
    load = Load(requests, {}, {}, 1.0, 1.0, {}, "", 0.1, 32, (), True)
    database = None if database_ms is None else database_ms * requests / 1000
    return load, Usage(1.0, server_ms * requests / 1000, 0.0, 0.0, 0, 0, database)


def windows_of(ratio: float) -> Windows:
    """Six starts that differ by 10 %, with windows that drift together."""
    draw = random.Random(4)
    found: Windows = {}
    for start in range(6):
        base = 4000 * draw.lognormvariate(0, 0.1)
        rates = [base * draw.lognormvariate(0, 0.05) for _ in range(4)]
        found["article", start] = [
            (window(rate * ratio, server_ms=0.25, database_ms=0.1), window(rate, database_ms=0.1)) for rate in rates
        ]
    return found


def test_a_cost_is_found_although_starts_differ_by_more() -> None:
    cost = summary("article", 6, windows_of(0.95))
    assert cost.ratio.low < 0.95 < cost.ratio.high < 1
    assert cost.ratio.high - cost.ratio.low < 0.01


def test_no_cost_is_a_ratio_of_one() -> None:
    assert summary("article", 6, windows_of(1.0)).ratio.estimate == pytest.approx(1.0)


def test_cpu_is_told_by_request() -> None:
    cost = summary("article", 6, windows_of(0.95))
    assert cost.with_them.server_ms == pytest.approx(0.25)
    assert cost.without.server_ms == pytest.approx(0.2)
    assert cost.without.database_ms == pytest.approx(0.1)


def test_without_a_server_of_a_database_there_is_no_figure_of_it() -> None:
    windows: Windows = {("ping", start): [(window(900), window(1000))] for start in range(2)}
    assert summary("ping", 2, windows).without.database_ms is None


@pytest.mark.parametrize("setting", ["LOG_LEVEL", "NO_SUCH_SETTING=1", "=1"])
def test_what_is_no_setting_is_refused_before_anything_starts(setting: str) -> None:
    result = CliRunner().invoke(app, ["settings-cost", "flask", "--with", setting])
    assert result.exit_code == 2
    assert "is no NAME=VALUE of a setting" in result.output

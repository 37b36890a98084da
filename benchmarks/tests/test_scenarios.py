"""Scenarios and mixes: what there is by default, the same names everywhere, and files that are no mix."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.plan.scenarios import (
    SCENARIOS,
    TASKS,
    Scenario,
    UnknownScenarioError,
    mix_scenario,
    scenarios_named,
)
from benchmarks.run.scenario_settings import settings_for
from variants.launch import VariantFailedError
from variants.loading import Mix

from .traffic import traffic

STANDARD = "ping article page page_v2 page_authenticated create_article comment token blog"
ROOT = Path(__file__).parents[2]
READER = ROOT / "loadtests" / "mixes" / "reader.toml"


@pytest.fixture
def mixes() -> ModuleType:
    """The mixes of the load, which have no package to be imported from."""
    return traffic("mixes")


def named(scenarios: tuple[Scenario, ...]) -> str:
    return " ".join(scenario.name for scenario in scenarios)


def test_a_quick_run_has_three_scenarios_and_a_standard_one_nine() -> None:
    assert named(scenarios_named(None, quick=True)) == "ping article page"
    assert named(scenarios_named(None, quick=False)) == STANDARD


def test_the_limiter_is_on_in_its_own_scenarios_only() -> None:
    limited = [scenario for scenario in SCENARIOS if scenario.server_environment]
    assert [scenario.name for scenario in limited] == ["page_limited", "page_limited_redis"]
    usual = {"LOG_LEVEL": "warning", "RATE_LIMIT_DEFAULT": "off"}
    assert settings_for(SCENARIOS[0], usual) == usual
    assert settings_for(limited[0], usual) == {
        "LOG_LEVEL": "warning",
        "RATE_LIMIT_DEFAULT": "1000000/minute",
        "RATE_LIMIT_STORAGE": "memory://",
    }


def test_the_place_of_redis_is_put_in_when_a_server_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    (scenario,) = scenarios_named(["page_limited_redis"], quick=False)
    monkeypatch.setattr("benchmarks.run.scenario_settings.redis_url", lambda: "redis://127.0.0.1:7777/0")
    assert settings_for(scenario, {})["RATE_LIMIT_STORAGE"] == "redis://127.0.0.1:7777/0"
    monkeypatch.setattr("benchmarks.run.scenario_settings.redis_url", lambda: None)
    with pytest.raises(VariantFailedError, match="there is no Redis"):
        settings_for(scenario, {})


def test_every_scenario_of_a_standard_run_can_be_tried_by_hand() -> None:
    assert {mix.value for mix in Mix} == set(STANDARD.split())
    classes = {scenario.name: scenario.user_class for scenario in scenarios_named(None, quick=False)}
    assert {mix.value: mix.user_class for mix in Mix} == classes


def test_a_mix_of_ones_own_is_a_scenario() -> None:
    scenario = mix_scenario(READER)
    assert (scenario.name, scenario.title) == ("mix:reader", "The mix reader")
    assert scenario.user_class == "mix:page=40,article=50,comments=10"
    assert not scenario.writes


def test_a_mix_that_changes_rows_comes_last(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[mix]\ncomment = 1\n", encoding="utf-8")
    assert mix_scenario(path).writes


def test_both_readers_of_mixes_agree(mixes: ModuleType) -> None:
    assert mixes.read_mix(READER, TASKS) == {"page": 40, "article": 50, "comments": 10}
    assert mixes.mix_from_text(mix_scenario(READER).user_class.removeprefix("mix:"), TASKS) == mixes.read_mix(
        READER, TASKS
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[mix]\npages = 1", "no task is named 'pages'; there are: ping, article, page"),
        ("[mix]\npage = 0", "the weight of page is 0, no positive whole number"),
        ("[mix]\npage = -3", "the weight of page is -3, no positive whole number"),
        ("[mix]\npage = 1.5", "the weight of page is 1.5, no positive whole number"),
        ("[mix]\npage = true", "the weight of page is True, no positive whole number"),
        ("[mix]\npage = 1\n[more]\nping = 1", r"one table \[mix\]"),
        ("page = 1", r"one table \[mix\]"),
        ("[mix", "end of document"),
    ],
)
def test_a_file_that_is_no_mix_is_refused_with_its_name(
    mixes: ModuleType, tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    readers: list[Callable[[], object]] = [lambda: mix_scenario(path), lambda: mixes.read_mix(path, TASKS)]
    for read in readers:
        with pytest.raises((UnknownScenarioError, mixes.MixError), match=rf"mine\.toml: .*{fault}"):
            read()


def test_an_empty_mix_and_a_missing_file_are_refused(mixes: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for read in (lambda: mix_scenario(path), lambda: mixes.read_mix(path, TASKS)):
        with pytest.raises((UnknownScenarioError, mixes.MixError), match="No such file"):
            read()
    path.write_text("[mix]\n", encoding="utf-8")
    for read in (lambda: mix_scenario(path), lambda: mixes.read_mix(path, TASKS)):
        with pytest.raises((UnknownScenarioError, mixes.MixError), match=r"mine\.toml: it"):
            read()

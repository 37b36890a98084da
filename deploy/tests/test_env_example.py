""".env.example is the list of settings: complete, true, and good as it stands."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from blogapi.settings import Settings

# Read by OpenTelemetry itself.
FOREIGN = {"OTEL_EXPORTER_OTLP_ENDPOINT"}


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that decides nothing."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_every_setting_is_listed_and_nothing_else(example: dict[str, str]) -> None:
    names = list(example)
    settings = names[: names.index("POSTGRES_PASSWORD")]
    assert sorted(settings) == sorted({name.upper() for name in Settings.model_fields} | FOREIGN)


@pytest.mark.usefixtures("no_settings")
def test_the_values_are_the_defaults(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    defaults = Settings()
    shutil.copy(root / ".env.example", tmp_path / ".env")
    assert Settings() == defaults


@pytest.mark.usefixtures("no_settings")
def test_a_value_that_is_changed_there_counts(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (root / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(text.replace("TOKEN_TTL_SECONDS=1800", "TOKEN_TTL_SECONDS=60"), encoding="utf-8")
    assert Settings().token_ttl_seconds == 60


def test_every_setting_has_its_meaning_above_it(root: Path) -> None:
    lines = (root / ".env.example").read_text(encoding="utf-8").splitlines()
    # Settings that share one comment follow each other.
    explained = [before != "" for before, line in pairwise(lines) if line and not line.startswith("#")]
    assert explained
    assert all(explained)

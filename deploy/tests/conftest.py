"""The files of the workspace that the tests of this folder read."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the workspace."""
    return ROOT


@pytest.fixture(scope="session")
def compose(root: Path) -> dict[str, Any]:
    """compose.yaml with its anchors followed and its variables as they are written."""
    document: dict[str, Any] = yaml.safe_load((root / "compose.yaml").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def example(root: Path) -> dict[str, str]:
    """The variables of .env.example, in their order."""
    lines = (root / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    assert all(separator for _, separator, _ in pairs)
    assert len({name for name, _, _ in pairs}) == len(pairs)
    return {name: value for name, _, value in pairs}

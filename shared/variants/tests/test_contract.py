"""The contract suite is run against a base URL, and its result read; the suite here is a small one of its own."""

from pathlib import Path

import pytest

from variants.catalog import Variant
from variants.contract import ContractError, ContractResult, Target, check_server, check_variant, contract_revision
from variants.launch import VariantFailedError

SUITE = """
import os, urllib.request
import pytest

def test_the_server_answers():
    with urllib.request.urlopen(os.environ["CONTRACT_BASE_URL"]) as answer:
        assert answer.status == 200

def test_settings_are_handed_over():
    assert os.environ["CONTRACT_ADMIN_USERNAME"] == "admin"
    assert len(os.environ["CONTRACT_ADMIN_PASSWORD"]) >= 8
    assert len(os.environ["CONTRACT_SECRET_KEY"]) >= 32
    assert os.environ["CONTRACT_JWT_ISSUER"] == os.environ["CONTRACT_JWT_AUDIENCE"] == "blog-api"
    assert "CONTRACT_STALE" not in os.environ
"""
FAILING = """
import pytest

@pytest.fixture
def broken():
    raise ValueError

def test_fails():
    assert False

def test_has_an_error(broken):
    pass

@pytest.mark.skip
def test_is_skipped():
    pass
"""


@pytest.fixture
def suite(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite of two tests that a good server passes."""
    monkeypatch.setenv("CONTRACT_STALE", "of the user's own")
    folder = workspace / "contract-tests"
    folder.mkdir()
    (folder / "test_contract_of_the_fake.py").write_text(SUITE, encoding="utf-8")
    return folder


@pytest.mark.parametrize("workers", [1, 2])
def test_a_variant_that_keeps_the_contract(fake: Variant, suite: Path, workers: int) -> None:
    result = check_variant(fake, workers=workers)
    assert (result.variant, result.passed, result.failed, result.ok) == ("fake", 2, 0, True)
    assert result.seconds > 0
    assert result.revision == contract_revision()


def test_failures_and_errors_count_and_skips_pass_nothing(fake: Variant, suite: Path) -> None:
    (suite / "test_failing.py").write_text(FAILING, encoding="utf-8")
    result = check_variant(fake, workers=1)
    assert (result.passed, result.failed, result.ok) == (2, 2, False)


def test_a_selection_runs_only_that(fake: Variant, suite: Path) -> None:
    assert check_variant(fake, workers=1, select="answers").passed == 1


def test_a_suite_that_finds_nothing_is_no_success(fake: Variant, suite: Path) -> None:
    with pytest.raises(ContractError, match="exit code 5"):
        check_variant(fake, workers=1, select="no_such_test")


def test_a_suite_that_cannot_be_collected_is_no_success(suite: Path) -> None:
    (suite / "conftest.py").write_text("raise RuntimeError", encoding="utf-8")
    with pytest.raises(ContractError, match="did not run to its end"):
        check_server(Target("http://127.0.0.1:1"), name="nobody", workers=1)


def test_a_variant_that_does_not_start_is_no_skip(workspace: Path, fake: Variant, suite: Path) -> None:
    (fake.folder / "server.py").write_text("raise SystemExit(3)", encoding="utf-8")
    with pytest.raises(VariantFailedError, match="exit code 3"):
        check_variant(fake)


def test_a_foreign_server_without_a_key_gets_none() -> None:
    assert "CONTRACT_SECRET_KEY" not in Target("http://127.0.0.1:1").environment()


def test_nothing_passed_is_not_ok() -> None:
    assert not ContractResult(variant="fake", passed=0, failed=0, seconds=0.0, revision="").ok


def test_the_revision_is_of_the_files(suite: Path) -> None:
    before = contract_revision()
    assert contract_revision() == before
    (suite / "helper.py").write_text("", encoding="utf-8")
    assert contract_revision() != before

"""The contract suite is run against a base URL, and its result read; the suite here is a small one of its own."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from variants import contract, profiles, redis_server
from variants.catalog import Variant, workspace_root
from variants.contract import (
    DOCUMENT,
    ContractError,
    ContractResult,
    Target,
    check_server,
    check_variant,
    contract_profiles,
    contract_revision,
)
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
# Of the two tests each of two processes runs one.
SHARING = """
import os

def pytest_collection_modifyitems(items):
    number, total = map(int, os.environ["CONTRACT_SHARE"].split("/"))
    items[:] = items[number - 1 :: total]
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
    (folder / "conftest.py").write_text(SHARING, encoding="utf-8")
    return folder


@pytest.fixture
def one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite is run in one part only, which is quicker."""
    monkeypatch.setattr(contract, "profiles", lambda redis: profiles.profiles(redis)[:1])


@pytest.mark.usefixtures("one_part")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_variant_that_keeps_the_contract(fake: Variant, suite: Path, workers: int) -> None:
    result = check_variant(fake, workers=workers)
    assert (result.variant, result.passed, result.failed, result.ok) == ("fake", 2, 0, True)
    assert result.seconds > 0
    assert result.revision == contract_revision()


@pytest.mark.usefixtures("one_part")
def test_failures_and_errors_count_and_skips_pass_nothing(fake: Variant, suite: Path) -> None:
    (suite / "test_failing.py").write_text(FAILING, encoding="utf-8")
    result = check_variant(fake, workers=1)
    assert (result.passed, result.failed, result.ok) == (2, 2, False)


@pytest.mark.usefixtures("one_part")
def test_what_each_process_found_is_shown_and_counted(fake: Variant, suite: Path, tmp_path: Path) -> None:
    (suite / "test_failing.py").write_text(FAILING, encoding="utf-8")
    with (tmp_path / "output").open("w+b") as output:
        result = check_variant(fake, workers=2, output=output)
    assert (result.passed, result.failed, result.ok) == (2, 2, False)
    shown = (tmp_path / "output").read_text(encoding="utf-8")
    assert all(shown.count(f"{word} contract-tests/test_failing.py") == 1 for word in ("FAILED", "ERROR")), shown


@pytest.mark.usefixtures("one_part")
def test_a_selection_runs_only_that(fake: Variant, suite: Path) -> None:
    assert check_variant(fake, workers=1, select="answers").passed == 1


@pytest.mark.usefixtures("one_part")
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


TELLING = """
import json, os, pathlib, urllib.request

def test_what_is_told():
    with urllib.request.urlopen(os.environ["CONTRACT_BASE_URL"]) as answer:
        told = {name: value for name, value in os.environ.items() if name.startswith("CONTRACT_")}
        line = json.dumps({"told": told, "set": json.load(answer)["environment"]})
    with pathlib.Path(os.environ["TOLD"]).open("a") as file:
        file.write(line + chr(10))
"""


@pytest.fixture
def parts(
    fake: Variant, suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, dict[str, str]]]:
    """What the server was set up with and the suite was told, in each part of a run."""
    (suite / "test_telling.py").write_text(TELLING, encoding="utf-8")
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    monkeypatch.setenv("CONTRACT_CORS_ORIGIN", "https://of-the-user.example")
    result = check_variant(fake, workers=1, select="told")
    assert (result.passed, result.ok) == (3, True)
    told = [json.loads(line) for line in (tmp_path / "told").read_text(encoding="utf-8").splitlines()]
    # They run at the same time.
    order = [profile.settings["CORS_ORIGINS"] + profile.facts["RATE_LIMIT_DEFAULT"] for profile in contract_profiles()]
    return sorted(told, key=lambda part: order.index(part["set"]["CORS_ORIGINS"] + part["set"]["RATE_LIMIT_DEFAULT"]))


def test_the_parts_have_large_limits_small_ones_and_small_ones_without_origins(
    parts: list[dict[str, dict[str, str]]],
) -> None:
    large, small, shared = parts
    assert len({part["set"]["DATABASE_URL"] for part in parts}) == len(parts)
    for part in parts:
        for name in ("RATE_LIMIT_DEFAULT", "RATE_LIMIT_TOKEN"):
            assert part["told"][f"CONTRACT_{name}"] == part["set"][name]
        assert part["set"]["TRUSTED_PROXIES"].startswith("127.0.0.1") and part["told"]["CONTRACT_TRUSTED_PROXY"] == "1"
    assert large["set"]["RATE_LIMIT_DEFAULT"] == "1000000/second" != small["set"]["RATE_LIMIT_DEFAULT"]
    assert [part["told"]["CONTRACT_CORS_ORIGIN"] for part in parts] == [*["https://app.example"] * 2, "none"]
    assert [part["set"]["CORS_ORIGINS"].partition(",")[0] for part in parts] == [*["https://app.example"] * 2, ""]
    assert small["set"]["RATE_LIMIT_STORAGE"] == "memory://" and "RATE_LIMIT_STORAGE" not in large["set"]
    assert shared["set"]["RATE_LIMIT_DEFAULT"] == small["set"]["RATE_LIMIT_DEFAULT"]


def test_a_foreign_server_is_told_of_by_the_callers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACT_CORS_ORIGIN", "https://own.example")
    monkeypatch.setenv("CONTRACT_SECRET_KEY", "not taken from there")
    environment = Target("http://127.0.0.1:1").environment()
    assert environment["CONTRACT_CORS_ORIGIN"] == "https://own.example"
    assert "CONTRACT_SECRET_KEY" not in environment and "CONTRACT_RATE_LIMIT_DEFAULT" not in environment


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Redis."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("CI", raising=False)
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(redis_server, "LOCAL_REDIS", unused.getsockname())
    monkeypatch.setenv("PATH", "")


def test_without_redis_the_limits_are_in_memory_and_that_is_said(
    no_redis: None, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = contract_profiles()[-1]
    assert (shared.settings["RATE_LIMIT_STORAGE"], shared.workers) == ("memory://", 1)
    assert "limits that processes share are not tested" in capsys.readouterr().err


def test_without_redis_ci_fails(no_redis: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(ContractError, match="no redis-server on the path"):
        contract_profiles()


def test_the_redis_of_the_environment_is_shared_by_two_processes_under_keys_of_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://redis.example:6379/3")
    first, second = contract_profiles()[-1], contract_profiles()[-1]
    assert (first.settings["RATE_LIMIT_STORAGE"], first.workers) == ("redis://redis.example:6379/3", 2)
    assert first.settings["RATE_LIMIT_PREFIX"] != second.settings["RATE_LIMIT_PREFIX"]


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """A server that answers one connection with the parameter."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(16)
                connection.sendall(request.param)

        thread = Thread(target=answer)
        thread.start()
        yield server.getsockname()
        thread.join(timeout=5)


@pytest.mark.parametrize(
    ("answering", "is_redis"), [(b"+PONG\r\n", True), (b"HTTP/1.1 400\r\n", False)], indirect=["answering"]
)
def test_a_redis_of_this_machine_is_known_by_its_answer(
    answering: tuple[str, int], is_redis: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(redis_server, "LOCAL_REDIS", answering)
    assert redis_server.redis_url() == (f"redis://127.0.0.1:{answering[1]}/0" if is_redis else None)


def test_a_foreign_server_without_a_key_gets_none() -> None:
    assert "CONTRACT_SECRET_KEY" not in Target("http://127.0.0.1:1").environment()


def test_nothing_passed_is_not_ok() -> None:
    assert not ContractResult(variant="fake", passed=0, failed=0, seconds=0.0, revision="").ok


@pytest.mark.usefixtures("suite")
@pytest.mark.parametrize("name", ["contract-tests/helper.py", DOCUMENT])
def test_the_revision_is_of_the_suites_files_and_of_the_document(workspace: Path, name: str) -> None:
    before = contract_revision()
    assert contract_revision() == before
    (workspace / name).write_text("", encoding="utf-8")
    assert contract_revision() != before


def test_the_document_is_where_the_revision_looks_for_it() -> None:
    assert (workspace_root() / DOCUMENT).is_file()

"""Runs the contract suite against a base URL, in a process of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from xml.etree import ElementTree

from variants.catalog import Variant, workspace_root
from variants.databases import Rows
from variants.engines import Engine, fresh_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME, foreign_environment
from variants.groups import INTERRUPT, process_group
from variants.process import running
from variants.profiles import FACTS, Profile, profiles
from variants.redis_server import PROGRAM, RedisError, redis_url
from variants.sources import revision_of

SUITE = "contract-tests"
SUITE_FILES = ("*.py", "*.toml", "*.json", "*.yaml")
# The suite holds every answer against it.
DOCUMENT = "shared/blogapi/src/blogapi/openapi.yaml"
VARIABLE_PREFIX = "CONTRACT_"
# The suite makes what it needs; a few rows of others are there so that it cannot rely on an empty database.
ROWS = Rows(articles=200, users=60)
# Several processes read the same files within seconds: where the caller's setting keeps Python from keeping what it has
# compiled, each would compile all of them, and rewrite the tests' assertions, anew.
KEPT_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
PYTEST_FINISHED = (0, 1)
PYTEST_FOUND_NOTHING = 5


class ContractError(Exception):
    """The suite did not run to its end."""


@dataclass(frozen=True)
class Target:
    """A server that the suite is run against, and what it needs to know of it.

    Without `secret_key` the tests that sign tokens of their own cannot run. `facts` are values of `FACTS`; without any,
    those of the caller's environment count.
    """

    base_url: str
    admin_username: str = ADMIN_USERNAME
    admin_password: str = field(default=ADMIN_PASSWORD, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    jwt_issuer: str = "blog-api"
    jwt_audience: str = "blog-api"
    facts: Mapping[str, str] | None = None

    def environment(self) -> dict[str, str]:
        """The variables that the suite reads."""
        settings = {
            "BASE_URL": self.base_url,
            "ADMIN_USERNAME": self.admin_username,
            "ADMIN_PASSWORD": self.admin_password,
            "SECRET_KEY": self.secret_key,
            "JWT_ISSUER": self.jwt_issuer,
            "JWT_AUDIENCE": self.jwt_audience,
            **({name: os.environ.get(VARIABLE_PREFIX + name) for name in FACTS} if self.facts is None else self.facts),
        }
        return {VARIABLE_PREFIX + name: value for name, value in settings.items() if value is not None}


@dataclass(frozen=True)
class ContractResult:
    """What one run of the suite found.

    `failed` counts errors too; `seconds` are of the clock, without the start of the servers; `revision` is a hash of
    the suite's files and of the OpenAPI document.
    """

    variant: str
    passed: int
    failed: int
    seconds: float
    revision: str

    @property
    def ok(self) -> bool:
        """Whether something ran and nothing failed."""
        return self.passed > 0 and self.failed == 0


def contract_revision() -> str:
    """A hash of the suite's files and the OpenAPI document, which says which contract a server has passed."""
    root = workspace_root()
    patterns = (*(f"{SUITE}/**/{pattern}" for pattern in SUITE_FILES), DOCUMENT)
    return revision_of({file for pattern in patterns for file in root.glob(pattern)}, base=root)


def check_variant(
    variant: Variant,
    *,
    engine: Engine = Engine.SQLITE,
    workers: int = 2,
    select: str | None = None,
    output: IO[bytes] | None = None,
) -> ContractResult:
    """Run the suite against a variant, started for it on fresh databases, once for each of the profiles.

    Parameters: of the databases their engine; the others as of `check_server`.

    Raises:
        VariantFailedError: the variant did not start.
        DatabaseError: there is no database for it.
        ContractError: the suite did not run to its end, or there is no Redis in CI.
    """
    with ExitStack() as stack:
        # One each: a test that counts all users, or demotes the administrator, would meet the tests of another run.
        databases = [(profile, stack.enter_context(fresh_database(engine, ROWS))) for profile in contract_profiles()]
        servers = [serving(variant, profile, database_url=database.url) for profile, database in databases]
        # At the same time: the tests of small limits spend theirs waiting for windows to pass.
        with ThreadPoolExecutor() as threads:
            # The stack also stops those beside one that failed.
            targets = list(threads.map(stack.enter_context, servers))
        return _checked(targets, variant.name, workers, select, output)


def contract_profiles() -> list[Profile]:
    """The ways in which a variant is set up for the whole suite.

    Raises:
        ContractError: there is no Redis in CI, where nothing may be left out, or it did not start.
    """
    try:
        redis = redis_url()
    except RedisError as error:
        raise ContractError(str(error)) from error
    if redis is None:
        missing = f"no Redis answers on this machine, REDIS_URL is not set, and there is no {PROGRAM} on the path"
        if os.environ.get("CI"):
            raise ContractError(f"{missing}: in CI the limits that processes share are tested too")
        print(f"{missing}: limits that processes share are not tested", file=sys.stderr)
    return profiles(redis)


@contextmanager
def serving(variant: Variant, profile: Profile, *, database_url: str) -> Iterator[Target]:
    """Run a variant as a profile says for as long as the body runs.

    Raises:
        VariantFailedError: it did not start.
    """
    environment = {**profile.settings, **KEPT_BYTECODE}
    with running(variant, database_url=database_url, environment=environment, workers=profile.workers) as server:
        yield Target(base_url=server.base_url, secret_key=server.secret_key, facts=profile.facts)


def check_server(
    target: Target, *, name: str, workers: int = 2, select: str | None = None, output: IO[bytes] | None = None
) -> ContractResult:
    """Run the suite against a server that is there already.

    Parameters:
        name: what the result calls the server.
        workers: processes that share the tests.
        select: an expression of pytest's `-k`; the result then says nothing of the rest.
        output: where pytest's output goes; without it, it is shown as it comes.

    Raises:
        ContractError: the suite did not run to its end.
    """
    return _checked([target], name, workers, select, output)


def _checked(
    targets: Sequence[Target], name: str, workers: int, select: str | None, output: IO[bytes] | None
) -> ContractResult:
    """Run the suite against each target at the same time; show the outputs one after the other."""
    began = time.monotonic()
    with ExitStack() as stack:
        kept = [stack.enter_context(TemporaryFile()) for _ in targets[1:]]
        # The first has nearly all tests. For the few of the others, which mostly wait, a second process costs too much.
        shares = [workers, *(1 for _ in kept)]
        runs = [
            stack.enter_context(_started(target, share, select, to))
            for target, share, to in zip(targets, shares, [output, *kept], strict=True)
        ]
        for run in runs:
            run.process.wait()
        for file in kept:
            _copy(file, output)
        counts = [count for run in runs if (count := run.count(name)) is not None]
    if not counts:
        raise ContractError(f"{name}: the contract suite found no test (pytest's exit code {PYTEST_FOUND_NOTHING})")
    passed, failed = (sum(count[index] for count in counts) for index in (0, 1))
    return ContractResult(name, passed, failed, time.monotonic() - began, contract_revision())


@dataclass(frozen=True)
class _Run:
    """The suite at work on a target."""

    process: subprocess.Popen[bytes]
    report: Path

    def count(self, name: str) -> tuple[int, int] | None:
        """Give the tests that passed and that failed; None when no test fits the target."""
        exit_code = self.process.wait()
        if exit_code == PYTEST_FOUND_NOTHING:
            return None
        if exit_code not in PYTEST_FINISHED or not self.report.exists():
            raise ContractError(f"{name}: the contract suite did not run to its end (pytest's exit code {exit_code})")
        suites = ElementTree.parse(self.report).getroot().iter("testsuite")  # noqa: S314 - pytest has just written it
        totals = [{key: int(suite.get(key, 0)) for key in _COUNTS} for suite in suites]
        tests, failures, errors, skipped = (sum(total[key] for total in totals) for key in _COUNTS)
        return tests - skipped - failures - errors, failures + errors


@contextmanager
def _started(target: Target, workers: int, select: str | None, output: IO[bytes] | None) -> Iterator[_Run]:
    environment = {key: value for key, value in foreign_environment().items() if not key.startswith(VARIABLE_PREFIX)}
    with TemporaryDirectory(prefix="variants-") as folder:
        report = Path(folder) / "contract.xml"
        with process_group(
            _pytest_command(report, workers, select),
            cwd=workspace_root(),
            environment=environment | KEPT_BYTECODE | target.environment(),
            output=output,
            stop_signal=INTERRUPT,
        ) as process:
            yield _Run(process, report)


def _copy(kept: IO[bytes], output: IO[bytes] | None) -> None:
    kept.seek(0)
    shutil.copyfileobj(kept, output or sys.stdout.buffer)
    (output or sys.stdout).flush()


def _pytest_command(report: Path, workers: int, select: str | None) -> list[str]:
    # Locust's plugin takes pytest's --host and imports gevent. The suite's modules import each other by their names.
    options = ["-p", "no:locust", "--import-mode=prepend", f"--junit-xml={report}"]
    command = [sys.executable, "-m", "pytest", SUITE, *options]
    command += ["-n", str(workers)] if workers > 1 else []
    return command + (["-k", select] if select else [])


_COUNTS = ("tests", "failures", "errors", "skipped")

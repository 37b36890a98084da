"""Runs the contract suite against a base URL, or against a variant in each of its set-ups."""

import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

from variants.catalog import Variant, workspace_root
from variants.databases import Rows
from variants.engines import Engine, fresh_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME
from variants.process import RunningVariant, running
from variants.profiles import FACTS, Profile, profiles
from variants.redis_server import PROGRAM, RedisError, redis_url
from variants.sources import revision_of
from variants.suite_run import KEPT_BYTECODE, PYTEST_FOUND_NOTHING, SUITE, VARIABLE_PREFIX, suite_at_work
from variants.suite_run import ContractError as ContractError  # who runs the suite from here catches it

SUITE_FILES = ("*.py", "*.toml", "*.json", "*.yaml")
# The suite holds every answer against it.
DOCUMENT = "shared/blogapi/src/blogapi/openapi.yaml"
# The suite makes what it needs; a few rows of others are there so that it cannot rely on an empty database.
ROWS = Rows(articles=200, users=60)


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
        servers = [
            running(
                variant,
                database_url=database.url,
                environment={**profile.settings, **KEPT_BYTECODE},
                workers=profile.workers,
            )
            for profile, database in databases
        ]
        # At the same time: the tests of small limits spend theirs waiting for windows to pass.
        with ThreadPoolExecutor() as threads:
            # The stack also stops those beside one that failed.
            started = list(threads.map(stack.enter_context, servers))
        # Each takes a while to end, and need not wait for the one before.
        stack.callback(_end, started)
        targets = [_target(server, profile) for server, (profile, _) in zip(started, databases, strict=True)]
        return _checked(targets, variant.name, workers, select, output)


def _end(servers: Sequence[RunningVariant]) -> None:
    for server in servers:
        server.process.terminate()


def _target(server: RunningVariant, profile: Profile) -> Target:
    return Target(base_url=server.base_url, secret_key=server.secret_key, facts=profile.facts)


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


def check_server(
    target: Target, *, name: str, workers: int = 2, select: str | None = None, output: IO[bytes] | None = None
) -> ContractResult:
    """Run the suite against a server that is there already.

    Parameters:
        name: what the result calls the server.
        workers: processes that share the tests; the first is shown at work, the others when all have ended.
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
    # The first has nearly all tests. For the few of the others, which mostly wait, a second process costs too much.
    parts = [(targets[0], f"{number}/{workers}") for number in range(1, workers + 1)]
    parts += [(target, "1/1") for target in targets[1:]]
    with ExitStack() as stack:
        kept = [stack.enter_context(TemporaryFile()) for _ in parts[1:]]
        # When all have ended, also where that was by an interrupt: half of the failures are in there.
        stack.callback(_show, kept, output)
        runs = [
            stack.enter_context(suite_at_work(target.environment(), share, select, to))
            for (target, share), to in zip(parts, [output, *kept], strict=True)
        ]
        for run in runs:
            run.process.wait()
        counts = [count for run in runs if (count := run.count(name)) is not None]
    if not counts:
        raise ContractError(f"{name}: the contract suite found no test (pytest's exit code {PYTEST_FOUND_NOTHING})")
    passed, failed = (sum(count[index] for count in counts) for index in (0, 1))
    return ContractResult(name, passed, failed, time.monotonic() - began, contract_revision())


def _show(kept: Sequence[IO[bytes]], output: IO[bytes] | None) -> None:
    for file in kept:
        file.seek(0)
        shutil.copyfileobj(file, output or sys.stdout.buffer)
    (output or sys.stdout).flush()

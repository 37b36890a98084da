"""Everything that must be green in this workspace, one step after the other."""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from variants.catalog import workspace_root
from variants.environment import foreign_environment
from variants.groups import INTERRUPT, process_group
from variants.redis_server import redis_url

APPS = ("apps/fastapi/src", "apps/flask/src", "apps/django/src", "apps/tornado/src")
SCANNED = ("apps", "shared", "benchmarks", "loadtests", "contract-tests", "deploy")
TYPED = (*APPS, "shared", "benchmarks", "contract-tests", "loadtests", "deploy")


@dataclass(frozen=True)
class Step:
    """A command of a tool in this environment."""

    title: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a step ended, and after how many seconds."""

    title: str
    exit_code: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the step found nothing wrong."""
        return self.exit_code == 0


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


_TOOLS_OF_THE_SUITE = ("-m", "pytest", "-q", "-c", "contract-tests/tools.ini", "contract-tests")
_DIFFERENTIAL = ("contract-tests/differential/differ.py", "--requests", "1000", "--seed", "1")
_ON_POSTGRES = ("--db", "postgres")
_FAULTS = ("-m", "pytest", "-q", "-n", "2", "contract-tests/faults")
_FUZZ = ("contract-tests/fuzz/fuzz.py", "--quick", "--seed", "1")
STEPS = (
    Step("style", (_tool("ruff"), "check")),
    Step("format", (_tool("ruff"), "format", "--check")),
    Step("security", (_tool("bandit"), "-q", "-c", "pyproject.toml", "-r", *SCANNED)),
    Step("import rules", (_tool("lint-imports"), "--no-cache")),
    Step("types", (_tool("mypy"), *TYPED)),
    Step("every clause has a test", (sys.executable, "contract-tests/clauses.py")),
    Step("every mutant fits", (sys.executable, "contract-tests/mutants/run.py", "--check")),
    Step("unit tests", (sys.executable, "-m", "pytest", "-q", "-n", "2")),
    Step("tools of the suite", (sys.executable, *_TOOLS_OF_THE_SUITE)),
    Step("docs page in a browser", (sys.executable, "-m", "pytest", "-q", "contract-tests/browser")),
    Step("contract, every variant", (sys.executable, "-m", "variants", "contract", "all")),
    Step("contract on PostgreSQL", (sys.executable, "-m", "variants", "contract", "all", *_ON_POSTGRES)),
    Step("all variants answer alike", (sys.executable, *_DIFFERENTIAL)),
    Step("answers alike on PostgreSQL", (sys.executable, *_DIFFERENTIAL, *_ON_POSTGRES)),
    Step("requests from the description", (sys.executable, *_FUZZ)),
    Step("faults, the short forms", (sys.executable, *_FAULTS)),
    Step("headers", (sys.executable, "contract-tests/lint/lint.py")),
)


def run_checks(announce: Callable[[str], None]) -> list[Outcome]:
    """Run every step, also after one that failed, with its output shown as it comes.

    Parameters:
        announce: is told the title of each step before it starts.

    Raises:
        RedisError: one for all steps did not start.
    """
    outcomes = []
    # One for all steps, which would start one each where none runs.
    redis = redis_url()
    environment = foreign_environment() | ({"REDIS_URL": redis} if redis else {})
    for step in STEPS:
        announce(step.title)
        outcomes.append(_run(step, environment))
    return outcomes


def _run(step: Step, environment: Mapping[str, str]) -> Outcome:
    began = time.monotonic()
    with process_group(
        list(step.command),
        cwd=workspace_root(),
        environment=environment,
        output=None,
        stop_signal=INTERRUPT,
    ) as process:
        exit_code = process.wait()
    return Outcome(step.title, exit_code, time.monotonic() - began)

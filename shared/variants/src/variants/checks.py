"""Everything that must be green in this workspace, in steps that run side by side."""

import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from variants.catalog import workspace_root
from variants.environment import foreign_environment
from variants.groups import INTERRUPT, process_group
from variants.redis_server import redis_url

APPS = ("apps/fastapi/src", "apps/flask/src", "apps/django/src", "apps/tornado/src")
SCANNED = ("apps", "shared", "benchmarks", "loadtests", "contract-tests", "deploy")
TYPED = (*APPS, "shared", "benchmarks", "contract-tests", "loadtests", "deploy")
# One more than the two cores of the smallest machine: most steps keep one of them busy, and wait now and then.
LANES = 3
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Step:
    """A command of a tool in this environment. `is_apart`: it runs after all others, with the machine to itself."""

    title: str
    command: tuple[str, ...]
    is_apart: bool = False


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


# One process more than cores, for many tests wait. Each has a stretch of them, and so few of the servers they share.
_UNIT_TESTS = ("-n", "3", "--dist", "worksteal")
_TOOLS_OF_THE_SUITE = ("-m", "pytest", "-q", "-c", "contract-tests/tools.ini", "contract-tests")
# One process, beside that of the other engine; more would only read the suite once more.
_CONTRACT = ("-m", "variants", "contract", "all", "--workers", "1")
_DIFFERENTIAL = ("contract-tests/differential/differ.py", "--requests", "1000", "--seed", "1")
_ON_POSTGRES = ("--db", "postgres")
_FAULTS = ("-m", "pytest", "-q", "contract-tests/faults")
# What holds a server to a time, or gives it one to read what was sent, has the machine to itself.
_FAULTS_APART = (*_FAULTS, "-n", "2", "-m", "not in_company")
_FUZZ = ("contract-tests/fuzz/fuzz.py", "--quick", "--seed", "1")
# In this order they begin: first those that take seconds, then the longest, so that short ones fill up the end.
STEPS = (
    Step("style", (_tool("ruff"), "check")),
    Step("format", (_tool("ruff"), "format", "--check")),
    Step("import rules", (_tool("lint-imports"), "--no-cache")),
    Step("security", (_tool("bandit"), "-q", "-c", "pyproject.toml", "-r", *SCANNED)),
    Step("every clause has a test", (sys.executable, "contract-tests/clauses.py")),
    Step("every mutant fits", (sys.executable, "contract-tests/mutants/run.py", "--check")),
    Step("unit tests", (sys.executable, "-m", "pytest", "-q", *_UNIT_TESTS)),
    Step("contract, every variant", (sys.executable, *_CONTRACT)),
    Step("contract on PostgreSQL", (sys.executable, *_CONTRACT, *_ON_POSTGRES)),
    Step("docs page in a browser", (sys.executable, "-m", "pytest", "-q", "contract-tests/browser")),
    Step("faults on a busy machine", (sys.executable, *_FAULTS, "-m", "in_company")),
    Step("answers alike on PostgreSQL", (sys.executable, *_DIFFERENTIAL, *_ON_POSTGRES)),
    Step("all variants answer alike", (sys.executable, *_DIFFERENTIAL)),
    Step("types", (_tool("mypy"), *TYPED)),
    Step("requests from the description", (sys.executable, *_FUZZ)),
    Step("headers", (sys.executable, "contract-tests/lint/lint.py")),
    Step("tools of the suite", (sys.executable, *_TOOLS_OF_THE_SUITE)),
    Step("faults, the short forms", (sys.executable, *_FAULTS_APART), is_apart=True),
)


def run_checks(
    steps: Sequence[Step] = STEPS, *, began: Callable[[str], None], ended: Callable[[str], None]
) -> list[Outcome]:
    """Run every step, also after one that failed, and show the output of each whole when it has ended.

    Parameters:
        steps: what to run, in the order in which they begin.
        began: is told the title of each step as it starts.
        ended: is told it again before the output is shown.

    Returns:
        How the steps ended, in the order in which they did.

    Raises:
        RedisError: one for all steps did not start.
    """
    # One for all steps, which would start one each where none runs.
    redis = redis_url()
    environment = foreign_environment() | ({"REDIS_URL": redis} if redis else {})
    # Hundreds of processes import the same sources, and each would compile them, and rewrite their assertions, anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    outcomes = []
    for is_apart, lanes in ((False, LANES), (True, 1)):
        chosen = [step for step in steps if step.is_apart is is_apart]
        with closing(_side_by_side(chosen, lanes, environment, began)) as runs:
            for run in runs:
                ended(run.title)
                outcomes.append(run.shown())
    return outcomes


@dataclass(frozen=True)
class _Run:
    """A step at work."""

    title: str
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    began: float = field(default_factory=time.monotonic)

    def shown(self) -> Outcome:
        """Show what the step has said, now that it has ended."""
        outcome = Outcome(self.title, self.process.wait(), time.monotonic() - self.began)
        self.output.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(self.output, sys.stdout.buffer)
        sys.stdout.flush()
        return outcome


def _side_by_side(
    steps: Sequence[Step], lanes: int, environment: Mapping[str, str], began: Callable[[str], None]
) -> Generator[_Run]:
    """Run so many steps at a time; give each when it has ended. Leaving early ends those that run."""
    waiting, runs = deque(steps), dict[_Run, ExitStack]()
    with ExitStack() as all_runs:
        while waiting or runs:
            while waiting and len(runs) < lanes:
                began(waiting[0].title)
                own = all_runs.enter_context(ExitStack())
                runs[own.enter_context(_started(waiting.popleft(), environment))] = own
            time.sleep(POLL_SECONDS)
            for run in [run for run in runs if run.process.poll() is not None]:
                yield run
                # What the step has left behind, it leaves now.
                runs.pop(run).close()


@contextmanager
def _started(step: Step, environment: Mapping[str, str]) -> Iterator[_Run]:
    command = list(step.command)
    with (
        TemporaryFile() as output,
        process_group(
            command, cwd=workspace_root(), environment=environment, output=output, stop_signal=INTERRUPT
        ) as process,
    ):
        yield _Run(step.title, process, output)

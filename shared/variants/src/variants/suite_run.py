"""The contract suite at work: a process of pytest, and what it found."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from xml.etree import ElementTree

from variants.catalog import workspace_root
from variants.environment import foreign_environment
from variants.groups import INTERRUPT, process_group

SUITE = "contract-tests"
VARIABLE_PREFIX = "CONTRACT_"
# `1/2`: the first half of the tests. Processes that are told so need nobody who hands the tests out, and less time.
SHARE = f"{VARIABLE_PREFIX}SHARE"
# Several processes read the same files within seconds: where the caller's setting keeps Python from keeping what it has
# compiled, each would compile all of them, and rewrite the tests' assertions, anew.
KEPT_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
PYTEST_FINISHED = (0, 1)
PYTEST_FOUND_NOTHING = 5


class ContractError(Exception):
    """The suite did not run to its end."""


@dataclass(frozen=True)
class Run:
    """A process of the suite, which reports to a file when it ends."""

    process: subprocess.Popen[bytes]
    report: Path

    def count(self, name: str) -> tuple[int, int] | None:
        """Wait for the end, and give the tests that passed and that failed; None when none was to run.

        Raises:
            ContractError: the suite did not run to its end.
        """
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
def suite_at_work(told: Mapping[str, str], share: str, select: str | None, output: IO[bytes] | None) -> Iterator[Run]:
    """Run a share of the suite for as long as the body runs, or until it ends.

    Parameters:
        told: the variables that the suite reads; none of the caller's own counts.
        share: `1/2` for the first half.
        select: an expression of pytest's `-k`.
        output: where pytest's output goes; without it, it is shown as it comes.
    """
    environment = {key: value for key, value in foreign_environment().items() if not key.startswith(VARIABLE_PREFIX)}
    with TemporaryDirectory(prefix="variants-") as folder:
        report = Path(folder) / "contract.xml"
        with process_group(
            _pytest_command(report, select),
            cwd=workspace_root(),
            environment={**environment, **KEPT_BYTECODE, **told, SHARE: share},
            output=output,
            stop_signal=INTERRUPT,
        ) as process:
            yield Run(process, report)


def _pytest_command(report: Path, select: str | None) -> list[str]:
    # Locust's plugin takes pytest's --host and imports gevent; xdist's would hand tests out, which are shared already.
    # The suite's modules import each other by their names.
    options = ["-p", "no:locust", "-p", "no:xdist", "--import-mode=prepend", f"--junit-xml={report}"]
    return [sys.executable, "-m", "pytest", SUITE, *options, *(["-k", select] if select else [])]


_COUNTS = ("tests", "failures", "errors", "skipped")

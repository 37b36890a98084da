"""Does the suite notice? Each patch in this folder breaks one thing in a variant or in the shared core.

`python contract-tests/mutants/run.py [NAME…] [--jobs 2] [--list]` applies each patch to a copy of the sources, starts
the copy as the suite's profiles say, and runs the suite until its first failure. Exit code 0: every mutant was killed;
1: one was not, or could not be tried; 2: wrong use; 130: stopped by a signal, with all that it had started.

A patch starts with a line that says what is broken, and may name the test files that should notice, which are run
first: `Killed by: test_tokens.py`; `Profile: limits` has them run first against a server with small limits. A patch of
the shared core is tried in the variant `flask`, unless a line says otherwise: `Variant: django`.
"""

import argparse
import re
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from mutant import Mutant, MutantError, apply, copy_of, read, serving

from variants.catalog import CatalogError, variant_named, workspace_root
from variants.contract import Target, contract_profiles
from variants.environment import foreign_environment
from variants.groups import interrupted_by_any_stop_signal, process_group
from variants.process import RunningVariant
from variants.profiles import Profile
from variants.suite_run import SUITE

HERE = Path(__file__).parent
# With more than one worker, -x ends the run as an interrupted one.
PYTEST_FAILED = (1, 2)
# The suite's files, or all of them, have no test that fits the profile.
PYTEST_FOUND_NOTHING = 5
KILLED, SURVIVED = "killed", "SURVIVED"
INTERRUPTED = 130
POLL_SECONDS = 0.1
# Threads get no signal: those that try mutants look whether they are to end, and stop their servers then.
_stopping = threading.Event()
_FAILED_TEST = re.compile(r"^(?:FAILED|ERROR) \S*?(test_\w+\.py::.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant. `by` is the test that killed it, or what went wrong."""

    mutant: Mutant
    verdict: str
    by: str
    seconds: float = 0.0


def failing_test(server: RunningVariant, profile: Profile, arguments: Sequence[str]) -> str | None:
    """Run the tests of the suite, or of a part of it, that fit the profile, until the first failure.

    Returns:
        The test that failed, or None.

    Raises:
        MutantError: the suite did not run.
    """
    target = Target(base_url=server.base_url, secret_key=server.secret_key, facts=profile.facts)
    code, output = suite(target, ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", *arguments])
    found = _FAILED_TEST.search(output)
    if code in PYTEST_FAILED and found:
        return found[1]
    if code not in (0, PYTEST_FOUND_NOTHING):
        raise MutantError("suite did not run", output.strip().splitlines()[-1])
    return None


def suite(target: Target, arguments: Sequence[str]) -> tuple[int, str]:
    """Run the suite, and give its exit code and its output.

    Raises:
        MutantError: everything is to end.
    """
    command = [sys.executable, "-m", "pytest", *arguments]
    environment = foreign_environment() | target.environment()
    with (
        TemporaryFile() as output,
        process_group(command, cwd=workspace_root() / SUITE, environment=environment, output=output) as process,
    ):
        while (code := process.poll()) is None:
            if _stopping.wait(POLL_SECONDS):
                raise MutantError("stopped", "before the suite had ended")
        output.seek(0)
        return code, output.read().decode()


def attempt(mutant: Mutant) -> Outcome:
    """Try one mutant: the files that it names first, then the whole suite, in each profile."""
    began = time.monotonic()
    large, *limits = contract_profiles()
    order = [*limits, large] if mutant.is_of_limits else [large, *limits]
    try:
        with copy_of(variant_named(mutant.variant)) as tree:
            apply(mutant.patch, tree)
            killer = next(filter(None, (killer_in(profile, mutant, tree) for profile in order)), None)
    except MutantError as error:
        return Outcome(mutant, error.args[0], error.args[1], time.monotonic() - began)
    return Outcome(mutant, KILLED if killer else SURVIVED, killer or "", time.monotonic() - began)


def killer_in(profile: Profile, mutant: Mutant, tree: Path) -> str | None:
    """Run the suite in one profile against a mutant.

    Returns:
        The test that failed, or None.

    Raises:
        MutantError: the mutant did not start, or the suite did not run.
    """
    with serving(variant_named(mutant.variant), tree, profile, migrates=mutant.migrates) as server:
        killer = failing_test(server, profile, mutant.files) if mutant.files else None
        return killer or failing_test(server, profile, ["-n", "2"])


def baseline(name: str) -> str | None:
    """Run the whole suite against an unchanged copy; a mutant says something only where this passes.

    Returns:
        What is wrong, or None.
    """
    variant = variant_named(name)
    try:
        with copy_of(variant) as tree:
            for profile in contract_profiles():
                with serving(variant, tree, profile) as server:
                    if fault := failing_test(server, profile, ["-n", "2"]):
                        return f"{profile.name}: {fault}"
    except MutantError as error:
        return ": ".join(error.args)
    return None


def chosen(names: Sequence[str]) -> list[Mutant]:
    """Read the mutants of these names, or all.

    Raises:
        SystemExit: there is no such mutant.
    """
    mutants = {patch.stem: read(patch) for patch in sorted(HERE.glob("*.patch"))}
    if unknown := [name for name in names if name not in mutants]:
        print(f"no mutant is named {', '.join(unknown)}; --list shows them all", file=sys.stderr)
        raise SystemExit(2)
    return [mutants[name] for name in names] if names else list(mutants.values())


def stale(mutants: Sequence[Mutant]) -> list[str]:
    """Say which patches no longer fit the code, and why."""
    faults = []
    for mutant in mutants:
        with copy_of(variant_named(mutant.variant)) as tree:
            try:
                apply(mutant.patch, tree)
            except MutantError as error:
                faults.append(f"{mutant.name}: {error.args[1]}")
    return faults


def run_all(mutants: Sequence[Mutant], jobs: int) -> list[Outcome]:
    """Try the mutants, some at a time, and say how far it is."""
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for future in as_completed([pool.submit(attempt, mutant) for mutant in mutants]):
                outcomes.append(outcome := future.result())
                done = f"[{len(outcomes)}/{len(mutants)}]"
                print(f"{done} {outcome.verdict:<14} {outcome.mutant.name} {outcome.seconds:.1f} s", flush=True)
        except KeyboardInterrupt:
            _stopping.set()
            pool.shutdown(cancel_futures=True)
            raise
    return sorted(outcomes, key=lambda outcome: outcome.mutant.name)


def table(outcomes: Sequence[Outcome]) -> str:
    """Set the outcomes as a table."""
    width = max(len(outcome.mutant.name) for outcome in outcomes)
    rows = [f"{o.mutant.name:<{width}}  {o.mutant.variant:<8} {o.verdict:<14} {o.by}" for o in outcomes]
    killed = sum(outcome.verdict == KILLED for outcome in outcomes)
    return "\n".join(["", *rows, "", f"{killed} of {len(outcomes)} killed"])


def tried(mutants: Sequence[Mutant], jobs: int) -> int:
    """Try the unchanged variants and then the mutants; return the exit code."""
    for name in sorted({mutant.variant for mutant in mutants}):
        print(f"the unchanged {name} …", flush=True)
        if fault := baseline(name):
            print(f"the suite fails on the unchanged {name} ({fault}): its mutants say nothing", file=sys.stderr)
            return 1
    outcomes = run_all(mutants, jobs)
    print(table(outcomes))
    return 0 if all(outcome.verdict == KILLED for outcome in outcomes) else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Try whether the contract suite notices what the patches here break.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="mutants to try; all without")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default 2)")
    parser.add_argument("--list", action="store_true", help="only say what each mutant breaks")
    parser.add_argument("--check", action="store_true", help="only see that each patch fits the code")
    options = parser.parse_args(arguments)
    mutants = chosen(options.names)
    if options.list:
        print("\n".join(f"{mutant.name} ({mutant.variant}): {mutant.sentence}" for mutant in mutants))
        return 0
    if options.check:
        faults = stale(mutants)
        print("\n".join(faults) or f"{len(mutants)} patches fit the code")
        return 1 if faults else 0
    try:
        with interrupted_by_any_stop_signal():
            return tried(mutants, options.jobs)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

"""Plays what the OpenAPI description promises, and what it forbids, against each variant, as each kind of caller.

`python contract-tests/fuzz/fuzz.py [V] [--examples 2000] [--seed S] [--roles admin,viewer] [--quick]`

starts every variant on a database of its own, and runs Schemathesis against it once for each role: the description's
examples, its coverage of every boundary, random requests, and sequences along the description's links. All its checks
are on; `schemathesis.toml` and `refusals.py` tell what is refused by design. `--quick` is one short run a variant.

Exit code 0: nothing was found; 1: something was, or a server did not start; 2: wrong use.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import yaml
from callers import PROTECTED_VARIABLE, ROLES, Caller, CallerError, check_callers, make_callers

from variants.catalog import CatalogError, Variant, load_variants, variant_named, workspace_root
from variants.contract import ROWS
from variants.databases import DatabaseError, sqlite_database
from variants.environment import foreign_environment
from variants.groups import INTERRUPT, interrupted_by_any_stop_signal, process_group
from variants.launch import VariantFailedError
from variants.process import running

DESCRIPTION = Path("shared/blogapi/src/blogapi/openapi.yaml")
FOLDER = Path(__file__).parent
# Of all operations together; coverage, which has as many as the description has boundaries, comes beside.
EXAMPLES = 2_000
QUICK_EXAMPLES = 60
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
# Passwords are hashed as cheaply as Argon2 takes it, and no limit is met: what is played is the description.
SETTINGS = {
    "ARGON2_MEMORY_KIB": "8",
    "ARGON2_TIME_COST": "1",
    "RATE_LIMIT_DEFAULT": "1000000/second",
    "RATE_LIMIT_TOKEN": "1000000/second",
}


@dataclass(frozen=True)
class Plan:
    """What is played against each variant.

    Args:
        examples: of each operation.
        quiet: show the output of failures only.
    """

    roles: tuple[str, ...]
    phases: str
    examples: int
    seed: int
    quiet: bool


def plan_of(arguments: argparse.Namespace) -> Plan:
    """Turn the command line into a plan."""
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    if arguments.quick:
        return Plan(("admin",), "fuzzing,stateful", _share(QUICK_EXAMPLES), seed, quiet=True)
    phases = "examples,coverage,fuzzing,stateful"
    return Plan(tuple(arguments.roles.split(",")), phases, _share(arguments.examples), seed, quiet=False)


def _share(examples: int) -> int:
    """How many of all examples are one operation's."""
    paths = yaml.safe_load((workspace_root() / DESCRIPTION).read_text(encoding="utf-8"))["paths"]
    return max(1, examples // sum(len(METHODS & path.keys()) for path in paths.values()))


def fuzz(variant: Variant, plan: Plan) -> bool:
    """Play against one variant as each role of the plan.

    Returns:
        Whether nothing was found.

    Raises:
        VariantFailedError: it did not start.
        DatabaseError: there is no database for it.
        CallerError: its users could not be made, or did not survive.
    """
    with sqlite_database(ROWS) as database:
        with running(variant, database_url=database.url, environment=SETTINGS) as server:
            callers = make_callers(server.base_url)
            outcomes = []
            for caller in callers:
                if caller.role in plan.roles:
                    outcomes.append(_play(variant, caller, callers, server.base_url, plan))
            check_callers(server.base_url, callers)
        return all(outcomes)


def _play(variant: Variant, caller: Caller, callers: Sequence[Caller], base_url: str, plan: Plan) -> bool:
    began = time.monotonic()
    protected = ",".join(str(one.user_id) for one in callers if one.user_id)
    # What Schemathesis keeps for its next run would change that one.
    with TemporaryDirectory(prefix="fuzz-") as folder, TemporaryFile() as output:
        with process_group(
            _command(caller, base_url, plan),
            cwd=Path(folder),
            environment=foreign_environment() | {PROTECTED_VARIABLE: protected, "PYTHONPATH": str(FOLDER)},
            output=output if plan.quiet else None,
            stop_signal=INTERRUPT,
        ) as process:
            ok = process.wait() == 0
        output.seek(0)
        if not ok:
            print(output.read().decode("utf-8", "replace"))
    seconds = time.monotonic() - began
    print(
        f"{variant.name} as {caller.role}: {'ok' if ok else 'FAILED'} in {seconds:.0f} s (seed {plan.seed})", flush=True
    )
    return ok


def _command(caller: Caller, base_url: str, plan: Plan) -> list[str]:
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(FOLDER / "schemathesis.toml")]
    command += ["run", str(workspace_root() / DESCRIPTION), "--url", base_url, "--no-color"]
    command += ["--phases", plan.phases, "--seed", str(plan.seed), "--max-examples", str(plan.examples)]
    return command + (["--header", f"Authorization: Bearer {caller.token}"] if caller.token else [])


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong use ends the process with 2."""
    parser = argparse.ArgumentParser(description="Run Schemathesis against the variants, as each kind of caller.")
    parser.add_argument("variant", nargs="?", default="all", help="one variant, or all (default)")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help=f"requests a role (default {EXAMPLES})")
    parser.add_argument("--seed", type=int, default=None, help="decides on the requests (default: a new one)")
    parser.add_argument("--roles", default=",".join(ROLES), help="separated by commas (default: all)")
    parser.add_argument("--quick", action="store_true", help="a short run a variant, as the administrator")
    given = parser.parse_args(arguments)
    if unknown := set(given.roles.split(",")) - set(ROLES):
        parser.error(f"no role is named {min(unknown)}; there are: {', '.join(ROLES)}")
    return given


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    given = options(arguments)
    try:
        variants = list(load_variants().values()) if given.variant == "all" else [variant_named(given.variant)]
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 2
    plan = plan_of(given)
    try:
        with interrupted_by_any_stop_signal():
            # Every variant is played against, also after one that failed.
            outcomes = [fuzz(variant, plan) for variant in variants]
    except (VariantFailedError, DatabaseError, CallerError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())

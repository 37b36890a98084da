"""The numbered clauses of docs/contract.md: the marker that ties a test to them, and what they say.

`python contract-tests/clauses.py` prints each clause with its number of tests. Exit code 1 if a clause has none that
could have one, a test names one that is not there, docs/clauses.md is stale (`--write` writes it), or a sentence of the
OpenAPI document's own description is not in openapi_sentences.toml.
"""

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CONTRACT = HERE.parent / "docs" / "contract.md"
INVISIBLE = "†"


def clause(*numbers: str) -> pytest.MarkDecorator:
    """Tie a test to clauses of docs/contract.md; a failure of the test prints them."""
    return pytest.mark.clause(*numbers)


def read(contract: Path = CONTRACT) -> dict[str, str]:
    """Read the clauses: number → text. Empty where the page is not at hand."""
    if not contract.exists():
        return {}
    text = contract.read_text(encoding="utf-8")
    bullets = re.findall(r"(?ms)^(?:- |\| )\*\*(\d+\.\d+)\*\* (.+?)(?=\n(?:- |\||\n|#)|\Z)", text)
    return {number: " ".join(words.split()) for number, words in bullets}


def named() -> dict[str, list[tuple[str, str]]]:
    """Give the tests that name each clause: clause → file and function."""
    tests: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in _numbers(node.decorator_list):
                    tests[number].append((path.name, node.name))
    return tests


def _numbers(decorators: Sequence[ast.expr]) -> list[str]:
    calls = [node for node in decorators if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [ast.literal_eval(number) for call in calls if ast.unparse(call.func) == "clause" for number in call.args]


def unmatched(clauses: dict[str, str], tests: dict[str, list[tuple[str, str]]]) -> list[str]:
    """Say which clauses have no test that could have one, and which tests name no clause."""
    without = [number for number, words in clauses.items() if not tests.get(number) and INVISIBLE not in words]
    unknown = sorted(set(tests) - set(clauses))
    faults = [f"no test names clause {number}" for number in without]
    return faults + [f"a test names clause {number}, which is not there" for number in unknown]


def main() -> int:
    """Print the table; return the exit code."""
    # Only this command needs it, and it needs what is here.
    import clause_page

    parser = argparse.ArgumentParser(description="Hold the clauses of docs/contract.md against the tests.")
    parser.add_argument("--write", action="store_true", help="write docs/clauses.md")
    clauses, tests = read(), named()
    if parser.parse_args().write:
        clause_page.write(clauses, tests)
    for number, words in clauses.items():
        print(f"{number:>6}  {len(tests.get(number, ())):>3}  {words[:100]}")
    faults = [*unmatched(clauses, tests), *clause_page.faults(clauses, tests)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""The numbered clauses of docs/contract.md: the marker that ties a test to them, and what they say.

`python contract-tests/clauses.py` prints each clause with its number of tests; exit code 1 if a clause has none that
could have one, or a test names one that is not there.
"""

import ast
import re
import sys
from collections import Counter
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


def named() -> Counter[str]:
    """Count the test functions that name each clause."""
    numbers: Counter[str] = Counter()
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "clause":
                numbers.update(ast.literal_eval(argument) for argument in node.args)
    return numbers


def main() -> int:
    """Print the table; return the exit code."""
    clauses, tests = read(), named()
    for number, words in clauses.items():
        print(f"{number:>6}  {tests[number]:>3}  {words[:100]}")
    without = [number for number, words in clauses.items() if not tests[number] and INVISIBLE not in words]
    unknown = sorted(set(tests) - set(clauses))
    for number in without:
        print(f"no test names clause {number}", file=sys.stderr)
    for number in unknown:
        print(f"a test names clause {number}, which is not there", file=sys.stderr)
    return 1 if without or unknown else 0


if __name__ == "__main__":
    sys.exit(main())

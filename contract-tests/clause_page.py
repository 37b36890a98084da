"""docs/clauses.md, and the sentences of the OpenAPI document's own description: what tells of the clauses elsewhere."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from clauses import CONTRACT, HERE

PAGE = CONTRACT.with_name("clauses.md")
SENTENCES = HERE / "openapi_sentences.toml"
DOCUMENT = HERE.parent / "shared" / "blogapi" / "src" / "blogapi" / "openapi.yaml"
INTRODUCTION = """# The clauses and their tests

Made by `python contract-tests/clauses.py --write` from the markers of the tests; `make test` fails when it is stale.
The clauses are those of [contract.md](contract.md). What is marked † there and has no test here cannot be seen over
HTTP, and is held by the unit tests.
"""

Tests = Mapping[str, Sequence[tuple[str, str]]]


def write(clauses: Mapping[str, str], tests: Tests) -> None:
    """Write the page."""
    PAGE.write_text(page(clauses, tests), encoding="utf-8")


def faults(clauses: Mapping[str, str], tests: Tests) -> list[str]:
    """Say whether the page is stale, and what of the OpenAPI document's description is not accounted for."""
    is_stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page(clauses, tests)
    stale = [f"{PAGE.name} is stale: python contract-tests/clauses.py --write"] if is_stale else []
    return stale + unaccounted(clauses, sentences())


def page(clauses: Mapping[str, str], tests: Tests) -> str:
    """The page's text: each clause with its tests, by file."""
    lines = [INTRODUCTION]
    titles = dict(re.findall(r"(?m)^## (\d+)\. (.+)$", CONTRACT.read_text(encoding="utf-8")))
    section = ""
    for number in clauses:
        if (begins := number.partition(".")[0]) != section:
            section = begins
            lines += ["", f"## {section}. {titles[section]}", ""]
        lines.append(f"- **{number}** {_told(tests.get(number, ()))}")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _told(tests: Sequence[tuple[str, str]]) -> str:
    names: dict[str, list[str]] = {}
    for file, name in tests:
        names.setdefault(file, []).append(name.removeprefix("test_").replace("_", " "))
    files = [f"[{file}](../contract-tests/{file}): {'; '.join(told)}" for file, told in names.items()]
    return " · ".join(files) or "† (no test here)"


def sentences(document: Path = DOCUMENT) -> list[str]:
    """The sentences of the description of the whole document, without headings and marks of lists."""
    text = str(yaml.safe_load(document.read_text(encoding="utf-8"))["info"]["description"])
    blocks = re.split(r"\n\s*\n|\n(?=- )|(?m:^#+ .*$)", text)
    joined = [" ".join(block.removeprefix("- ").split()) for block in map(str.strip, blocks) if block]
    return [sentence for block in joined for sentence in re.split(r"(?<=\.)\s+(?=[A-Z`*])", block)]


def unaccounted(clauses: Mapping[str, str], found: Sequence[str]) -> list[str]:
    """Say which sentences have no entry in the table, which entries no sentence, and which name what is not there."""
    entries = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["sentences"]
    told = {entry["text"]: entry for entry in entries}
    lines = [f"openapi.yaml says what {SENTENCES.name} has not: {text}" for text in found if text not in told]
    lines += [f"{SENTENCES.name} has what openapi.yaml does not say: {text}" for text in told if text not in found]
    for text, entry in told.items():
        unknown = [number for number in entry["clauses"] if number not in clauses]
        if unknown or not (entry["clauses"] or entry.get("why")):
            lines.append(f"{SENTENCES.name} names no clause, nor why there is none: {text} {unknown or ''}")
    return lines

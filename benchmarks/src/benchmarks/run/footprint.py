"""The footprint: what is installed for a variant when nothing else is, and the lines of code that it has.

Nothing is installed to find that out: the packages are those that the variant's distribution asks for, directly or
not, in the versions of this environment, which are the locked ones; their files are those that their installers noted.
Where the workspace's pyproject.toml replaces what a package says that it needs, so does the count: images do the same.
Compared once with a fresh environment of the same versions: the same packages, and bytes within 0.1 %. Compiled modules
(`__pycache__`) and commands (`bin`) are not counted, nor is Python itself with its pip.
"""

import ast
import io
import json
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from benchmarks.plan.code import FEATURES, feature_of
from benchmarks.studies import Footprint
from variants.catalog import Variant, workspace_root

CACHE, SOURCES = "__pycache__", "src"
NO_CODE = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)


class FootprintError(Exception):
    """A package that a variant asks for is not installed, or does not say what its files are."""


def measure_footprints(variants: Iterable[Variant]) -> list[Footprint]:
    """Count what each variant takes and what its code is; takes about a second each.

    Raises:
        FootprintError: a package is missing, or does not say what its files are.
        UnknownFileError: a variant has a file that no feature has a place for.
    """
    return [_footprint(variant) for variant in variants]


def packages_of(name: str) -> tuple[str, ...]:
    """A distribution and all that it asks for on this system, directly or not, sorted by name.

    Raises:
        FootprintError: one of them is not installed.
    """
    replaced = _replaced_needs()
    extras: dict[str, set[str]] = {}
    waiting = [(canonicalize_name(name), frozenset[str]())]
    while waiting:
        package, wanted = waiting.pop()
        if package in extras and wanted <= extras[package]:
            continue
        extras.setdefault(package, set()).update(wanted)
        waiting.extend(_asked_for(package, {"", *extras[package]}, replaced))
    return tuple(sorted(extras))


def installed_bytes(package: str) -> int:
    """The size of a package's files, of its sources where they are used in place.

    Raises:
        FootprintError: it is not installed, or does not say what its files are.
    """
    distribution = _distribution(package)
    if distribution.files is None:
        raise FootprintError(f"{package} does not say what its files are")
    # What lies outside of the packages, as commands do, is noted with a way up.
    noted = [Path(str(file.locate())) for file in distribution.files if not {CACHE, ".."} & set(file.parts)]
    return sum(file.stat().st_size for file in (*noted, *_sources_in_place(distribution)) if file.is_file())


def lines_of_code(text: str) -> int:
    """How many lines hold code: none that is blank, a comment, or part of a docstring.

    Raises:
        SyntaxError: it is no Python.
    """
    docstrings = {(node.lineno, node.col_offset) for node in _docstrings(ast.parse(text))}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE and token.start not in docstrings:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines)


def lines_by_feature(package: Path) -> dict[str, int]:
    """Lines of code of a variant's package by feature, in the order of the features.

    Raises:
        UnknownFileError: a file belongs to none.
    """
    lines: Counter[str] = Counter()
    for file in package.rglob("*.py"):
        feature = feature_of(file.relative_to(package))
        if feature is not None:
            lines[feature] += lines_of_code(file.read_text(encoding="utf-8"))
    return {feature: lines[feature] for feature in FEATURES}


def package_folder(variant: Variant) -> Path:
    """Where a variant's own modules are."""
    return variant.folder / SOURCES / f"{variant.name}_app"


def _footprint(variant: Variant) -> Footprint:
    project = tomllib.loads((variant.folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = packages_of(project["name"])
    size = sum(installed_bytes(package) for package in packages)
    return Footprint(variant.name, size, packages, lines_by_feature(package_folder(variant)))


def _replaced_needs() -> dict[str, list[str]]:
    """What packages need in place of what they say, by name: uv's `dependency-metadata`."""
    project = tomllib.loads((workspace_root() / "pyproject.toml").read_text(encoding="utf-8"))
    entries = project["tool"]["uv"].get("dependency-metadata", [])
    return {canonicalize_name(entry["name"]): entry.get("requires-dist", []) for entry in entries}


def _asked_for(
    package: str, extras: set[str], replaced: dict[str, list[str]]
) -> Iterator[tuple[NormalizedName, frozenset[str]]]:
    said = _distribution(package).requires or []
    for text in replaced.get(package, said):
        asked = Requirement(text)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in extras):
            yield canonicalize_name(asked.name), frozenset(asked.extras)


def _distribution(package: str) -> metadata.Distribution:
    try:
        return metadata.distribution(package)
    except metadata.PackageNotFoundError as error:
        raise FootprintError(f"{package} is not installed") from error


def _sources_in_place(distribution: metadata.Distribution) -> Iterator[Path]:
    """The modules of an editable installation, which are noted as a folder only (PEP 610)."""
    noted = distribution.read_text("direct_url.json")
    origin = json.loads(noted) if noted else {}
    if origin.get("dir_info", {}).get("editable"):
        folder = Path(unquote(urlsplit(origin["url"]).path)) / SOURCES
        yield from (file for file in folder.rglob("*") if CACHE not in file.parts)


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            first = node.body[0]
            if isinstance(first, ast.Expr):
                yield first.value

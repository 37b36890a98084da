"""Footprints: of packages made by hand, of code whose lines are counted by eye, and of the variants themselves."""

import json
from pathlib import Path, PurePath

import pytest

from benchmarks.plan.code import FEATURES, NOT_COUNTED, UnknownFileError, feature_of
from benchmarks.run.footprint import (
    FootprintError,
    installed_bytes,
    lines_by_feature,
    lines_of_code,
    measure_footprints,
    package_folder,
    packages_of,
)
from variants.catalog import Variant, load_variants

CODE = '''"""A docstring
of two lines."""

import os  # with a remark

# only a remark
TEXT = """three

lines"""


class Thing:
    """Its docstring."""

    def method(self) -> str:
        """Another."""
        return os.sep + (
            TEXT
        )


def one_line() -> None: """Beside its function."""
'''
# import; TEXT and its two lines; class; def; return and its two lines; the last def.
LINES = 10


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that Python finds."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def install(site: Path, name: str, files: dict[str, int], *, needs: tuple[str, ...] = (), origin: str = "") -> None:
    """Make a package as an installer leaves it; its files by their sizes in bytes."""
    folder = site / f"{name.replace('-', '_')}-1.0.dist-info"
    folder.mkdir()
    for path, size in files.items():
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"x" * size)
    (folder / "METADATA").write_text(
        "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {need}" for need in needs)]
        )
    )
    (folder / "RECORD").write_text("".join(f"{path},,\n" for path in files))
    if origin:
        (folder / "direct_url.json").write_text(json.dumps({"url": origin, "dir_info": {"editable": True}}))


def test_packages_are_followed_through_extras_and_markers(site: Path) -> None:
    install(site, "tiny-app", {}, needs=("tiny_server[fast]>=1",))
    install(
        site,
        "tiny-server",
        {},
        needs=("tiny-loop; extra == 'fast'", "no-such-package; extra == 'slow'", "never; sys_platform == 'nowhere'"),
    )
    install(site, "tiny-loop", {}, needs=("tiny-app",))
    assert packages_of("tiny.app") == ("tiny-app", "tiny-loop", "tiny-server")


def test_what_the_workspace_says_of_a_packages_needs_wins(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_ROOT", str(site))
    entry = '[[tool.uv.dependency-metadata]]\nname = "Tiny_Files"\nrequires-dist = ["tiny-loop"]\n'
    (site / "apps").mkdir()
    (site / "pyproject.toml").write_text(entry)
    install(site, "tiny-app", {}, needs=("tiny-files",))
    install(site, "tiny-files", {}, needs=("no-such-package",))
    install(site, "tiny-loop", {})
    assert packages_of("tiny-app") == ("tiny-app", "tiny-files", "tiny-loop")


def test_an_extra_that_is_asked_for_later_is_followed_too(site: Path) -> None:
    install(site, "tiny-app", {}, needs=("tiny-server[fast]", "tiny-server"))
    install(site, "tiny-server", {}, needs=("tiny-loop; extra == 'fast'",))
    install(site, "tiny-loop", {})
    assert packages_of("tiny-app") == ("tiny-app", "tiny-loop", "tiny-server")


def test_a_package_that_is_not_installed_is_an_error(site: Path) -> None:
    install(site, "tiny-app", {}, needs=("no-such-package",))
    with pytest.raises(FootprintError, match="no-such-package is not installed"):
        packages_of("tiny-app")


def test_sizes_are_those_of_the_noted_files_without_compiled_ones_and_commands(site: Path) -> None:
    files = {"tiny/code.py": 100, "tiny/fast.so": 1000, "tiny/__pycache__/code.pyc": 5000, "../bin-of-tiny": 7000}
    install(site, "tiny-app", files)
    assert installed_bytes("tiny-app") == 1100


def test_sources_that_are_used_in_place_count(site: Path) -> None:
    project = site / "a project"
    for path, size in {"src/tiny/code.py": 100, "src/tiny/__pycache__/code.pyc": 5000, "tests/test.py": 900}.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"x" * size)
    install(site, "tiny-app", {"tiny.pth": 10}, origin=project.as_uri())
    assert installed_bytes("tiny-app") == 110


def test_a_package_that_does_not_note_its_files_is_an_error(site: Path) -> None:
    install(site, "tiny-app", {})
    (site / "tiny_app-1.0.dist-info" / "RECORD").unlink()
    with pytest.raises(FootprintError, match="does not say what its files are"):
        installed_bytes("tiny-app")


def test_lines_of_code_are_neither_blank_nor_remarks_nor_docstrings() -> None:
    assert lines_of_code(CODE) == LINES
    assert lines_of_code("") == 0


def test_a_text_that_is_no_docstring_counts() -> None:
    assert lines_of_code("VALUE = 1\n'''not\nthe first'''\n") == 3


def test_lines_go_to_the_feature_of_their_file(tmp_path: Path) -> None:
    for path in ("users.py", "store/users.py", "bare.py", "__init__.py"):
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(CODE)
    lines = lines_by_feature(tmp_path)
    assert {name: count for name, count in lines.items() if count} == {"routing": LINES, "data": LINES}
    assert list(lines) == list(FEATURES)


def test_a_file_without_a_feature_is_an_error() -> None:
    with pytest.raises(UnknownFileError, match=r"surprise\.py belongs to no feature"):
        feature_of(PurePath("surprise.py"))


def test_every_file_of_every_variant_has_a_feature_and_every_name_a_file() -> None:
    seen = set()
    for variant in load_variants().values():
        folder = package_folder(variant)
        files = [file.relative_to(folder) for file in folder.rglob("*.py")]
        assert files, f"{variant.name} has no code in {folder}"
        for file in files:
            feature_of(file)
            seen.add(PurePath(file.parts[0]).stem)
    assert seen == {name for names in FEATURES.values() for name in names} | NOT_COUNTED


@pytest.mark.parametrize("variant", load_variants().values(), ids=lambda variant: str(variant.name))
def test_the_footprint_of_a_variant_has_its_framework_and_its_code(variant: Variant) -> None:
    (footprint,) = measure_footprints([variant])
    assert {variant.package, variant.server.package, "blogapi"} <= set(footprint.packages)
    others = {other.package for other in load_variants().values() if other != variant}
    assert not others & set(footprint.packages)
    assert not {"pytest", "locust", "benchmarks", "variants"} & set(footprint.packages)
    assert footprint.installed_bytes > sum(installed_bytes(name) for name in (variant.package, "blogapi"))
    assert footprint.lines["routing"] > 100

"""What a variant's file may say, and how a fault in it is reported."""

from pathlib import Path

import pytest

from variants.catalog import (
    FEATURES,
    CatalogError,
    Handler,
    UnknownVariantError,
    Variant,
    fill,
    framework_version,
    load_variants,
    server_version,
    variant_named,
    workspace_root,
)


def test_a_variant_is_read_from_its_file(fake: Variant, workspace: Path) -> None:
    assert fake.title == "Fake"
    assert fake.server.command == ("{python}", "server.py", "{host}", "{port}")
    assert fake.server.environment == {"FAKE_WORKERS": "{workers}"}
    assert fake.data.driver == {"sqlite": "sqlite3", "postgres": "none"}
    assert fake.folder == workspace / "apps" / "fake"
    assert tuple(fake.features) == FEATURES
    assert fake.features["learning"] == "the tests"


def test_the_bare_server_is_the_same_program_with_another_command(fake: Variant) -> None:
    bare = fake.server_of(Handler.BARE)
    assert bare.command == ("{python}", "server.py", "{host}", "{port}", "bare")
    assert (bare.title, bare.package, bare.environment) == ("http.server", "rich", fake.server.environment)
    assert (fake.server_of(Handler.SHIPPED).ready_path, bare.ready_path) == ("/health/ready", "/api/v1/ping")


def test_a_variant_need_not_have_a_bare_server(fake: Variant) -> None:
    file = fake.folder / "variant.toml"
    kept, _, rest = file.read_text().partition("[bare]")
    file.write_text(kept + rest[rest.index("[data]") :])
    variant = variant_named("fake")
    assert variant.bare is None
    with pytest.raises(CatalogError, match="bare: is missing"):
        variant.server_of(Handler.BARE)


def test_versions_are_those_installed(fake: Variant) -> None:
    assert framework_version(fake).startswith("7.")
    assert server_version(fake).startswith("15.")


def test_variants_are_sorted_by_name(workspace: Path) -> None:
    source = (workspace / "apps/fake/variant.toml").read_text()
    for name in ("zulu", "alpha"):
        (workspace / "apps" / name).mkdir()
        (workspace / "apps" / name / "variant.toml").write_text(source.replace('"fake"', f'"{name}"'))
    assert list(load_variants()) == ["alpha", "fake", "zulu"]


def test_an_unknown_name_lists_the_names(workspace: Path) -> None:
    with pytest.raises(UnknownVariantError, match=r"'bottle'; there are: fake"):
        variant_named("bottle")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('title = "Fake"', "", "title: is missing"),
        ('title = "Fake"', 'title = "Fake"\nspeed = "fast"', "speed: is unknown"),
        ('title = "Fake"', "title = 3", "title: must be a text"),
        ('title = "Fake"', 'title = " "', "title: must be a text"),
        ('name = "fake"', 'name = "other"', "name: must be the folder's name, fake"),
        ('title = "http.server"', "", "server.title: is missing"),
        ('title = "http.server"', 'title = "http.server"\nthreads = 4', "server.threads: is unknown"),
        ('"{python}", ', "3, ", "server.command: must be a list of texts"),
        ('"{port}"', '"{ports}"', "server.command: has the unknown placeholder {ports}"),
        ('"{port}"', '"8000"', "server.command: must hold the placeholder {port}"),
        ('"{workers}"', "1", "server.environment.FAKE_WORKERS: must be a text"),
        ('"{workers}"', '"{cores}"', "server.environment: has the unknown placeholder {cores}"),
        ('sqlite = "sqlite3"', 'oracle = "cx"\nsqlite = "sqlite3"', "data.driver.oracle: is unknown"),
        ('sqlite = "sqlite3"', "", "data.driver.sqlite: is missing"),
        ('orm = "none"', "", "data.orm: is missing"),
        ('orm = "none"', 'orm = "none"\npool = "4"', "data.pool: is unknown"),
        ('orm = "none"', "orm =", "is no TOML"),
        ('"bare"]', '"{ports}"]', "bare.command: has the unknown placeholder {ports}"),
        (
            '["{python}", "server.py", "{host}", "{port}", "bare"]',
            '["bare"]',
            "bare.command: must hold the placeholder",
        ),
        ("[bare]", '[bare]\ntitle = "Other"', "bare.title: is unknown"),
        ('admin = "no"', "", "features.admin: is missing"),
        ('admin = "no"', 'admin = ""', "features.admin: must be a text"),
        ('admin = "no"', 'admin = "no"\nspeed = "fast"', "features.speed: is unknown"),
    ],
)
def test_a_fault_names_the_file_and_the_key(workspace: Path, old: str, new: str, fault: str) -> None:
    file = workspace / "apps" / "fake" / "variant.toml"
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(CatalogError) as caught:
        load_variants()
    assert str(file) in str(caught.value)
    assert fault in str(caught.value)


def test_a_package_that_is_not_installed_is_named(workspace: Path) -> None:
    file = workspace / "apps" / "fake" / "variant.toml"
    file.write_text(file.read_text().replace('"psutil"', '"no-such-framework"'))
    with pytest.raises(CatalogError, match="package: no-such-framework is not installed"):
        framework_version(variant_named("fake"))


def test_a_root_without_apps_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_ROOT", str(tmp_path))
    with pytest.raises(CatalogError, match="has no folder apps"):
        workspace_root()


def test_the_root_is_found_from_the_installed_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPARE_ROOT", raising=False)
    assert (workspace_root() / "shared" / "variants").is_dir()


@pytest.mark.parametrize(
    ("template", "host", "filled"),
    [
        ("{host}:{port}", "127.0.0.1", "127.0.0.1:80"),
        ("--bind={host}:{port}", "::1", "--bind=[::1]:80"),
        ("--host={host}", "::1", "--host=::1"),
        ("--processes={workers}", "127.0.0.1", "--processes=2"),
    ],
)
def test_placeholders_are_filled(template: str, host: str, filled: str) -> None:
    assert fill(template, host=host, port=80, workers=2) == filled

"""The variants of this workspace, as their `apps/*/variant.toml` files describe them."""

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

ROOT_VARIABLE = "COMPARE_ROOT"
VARIANT_FILE = "variant.toml"
PLACEHOLDERS = frozenset({"python", "host", "port", "workers"})
ENGINES = frozenset({"sqlite", "postgres"})
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class CatalogError(Exception):
    """A variant's description is wrong, or there is none; the message names the file and the key."""


class UnknownVariantError(CatalogError):
    """No variant has this name; the message lists the names that there are."""


@dataclass(frozen=True)
class Server:
    """The production server of a variant: `command` and `environment` may hold `{python} {host} {port} {workers}`."""

    title: str
    package: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Data:
    """How a variant reaches its database: the ORM's title, and the driver's title by engine."""

    orm: str
    driver: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Variant:
    """All that the tools know of a variant; `folder` is where it lives and the working directory of its server."""

    name: str
    title: str
    package: str
    good_for: str
    server: Server
    data: Data
    folder: Path


class _Table:
    """One table of a variant's file, emptied key by key, so that what is left over is unknown."""

    def __init__(self, values: Mapping[str, object], *, file: Path, prefix: str = "") -> None:
        self._left = dict(values)
        self._file = file
        self._prefix = prefix

    def fault(self, key: str, what: str) -> CatalogError:
        return CatalogError(f"{self._file}: {self._prefix}{key}: {what}")

    def take(self, key: str) -> object:
        if key not in self._left:
            raise self.fault(key, "is missing")
        return self._left.pop(key)

    def text(self, key: str) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "must be a text that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.take(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise self.fault(key, "must be a list of texts that is not empty")
        return tuple(values)

    def table(self, key: str) -> "_Table":
        value = self.take(key)
        if not isinstance(value, dict):
            raise self.fault(key, "must be a table")
        return _Table(value, file=self._file, prefix=f"{self._prefix}{key}.")

    def optional_table(self, key: str) -> "_Table":
        return self.table(key) if key in self._left else _Table({}, file=self._file)

    def all_texts(self) -> dict[str, str]:
        return {key: self.text(key) for key in list(self._left)}

    def close(self) -> None:
        if self._left:
            raise self.fault(min(self._left), "is unknown")


def workspace_root() -> Path:
    """Find the root of the workspace: `COMPARE_ROOT`, or else where this distribution is installed from.

    Raises:
        CatalogError: the folder holds no `apps`.
    """
    named = os.environ.get(ROOT_VARIABLE)
    root = Path(named).resolve() if named else Path(__file__).resolve().parents[4]
    if not (root / "apps").is_dir():
        raise CatalogError(f"{root} has no folder apps; set {ROOT_VARIABLE} to the root of the workspace")
    return root


def load_variants() -> dict[str, Variant]:
    """Read every `apps/*/variant.toml`.

    Returns:
        The variants by name, sorted by name.

    Raises:
        CatalogError: a file is no TOML, or has an unknown, missing or wrong key.
    """
    files = sorted(workspace_root().glob(f"apps/*/{VARIANT_FILE}"), key=lambda file: file.parent.name)
    return {file.parent.name: _parse(file) for file in files}


def variant_named(name: str) -> Variant:
    """Look one variant up.

    Raises:
        UnknownVariantError: listing the names that there are.
    """
    variants = load_variants()
    if name not in variants:
        raise UnknownVariantError(f"no variant is named {name!r}; there are: {', '.join(variants) or 'none'}")
    return variants[name]


def framework_version(variant: Variant) -> str:
    """The installed version of the variant's framework.

    Raises:
        CatalogError: the distribution named by `package` is not installed.
    """
    return _installed_version(variant.package, variant, "package")


def server_version(variant: Variant) -> str:
    """The installed version of the variant's server.

    Raises:
        CatalogError: the distribution named by `server.package` is not installed.
    """
    return _installed_version(variant.server.package, variant, "server.package")


def fill(template: str, *, host: str, port: int, workers: int) -> str:
    """Fill `{python}`, `{host}`, `{port}` and `{workers}` in; in `{host}:{port}` an IPv6 host gets its brackets."""
    values = {"python": sys.executable, "host": host, "port": str(port), "workers": str(workers)}
    bracketed = template.replace("{host}:", "[{host}]:") if ":" in host else template
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], bracketed)


def _installed_version(package: str, variant: Variant, key: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError as error:
        raise CatalogError(f"{variant.folder / VARIANT_FILE}: {key}: {package} is not installed") from error


def _parse(file: Path) -> Variant:
    try:
        table = _Table(tomllib.loads(file.read_text(encoding="utf-8")), file=file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{file}: is no TOML: {error}") from error
    variant = Variant(
        name=_parse_name(table, file),
        title=table.text("title"),
        package=table.text("package"),
        good_for=table.text("good_for"),
        server=_parse_server(table.table("server")),
        data=_parse_data(table.table("data")),
        folder=file.parent,
    )
    table.close()
    return variant


def _parse_name(table: _Table, file: Path) -> str:
    name = table.text("name")
    if name != file.parent.name:
        raise table.fault("name", f"must be the folder's name, {file.parent.name}")
    return name


def _parse_server(table: _Table) -> Server:
    server = Server(
        title=table.text("title"),
        package=table.text("package"),
        command=table.texts("command"),
        environment=table.optional_table("environment").all_texts(),
    )
    _check_placeholders(table, "command", server.command)
    _check_placeholders(table, "environment", tuple(server.environment.values()))
    if not any("{port}" in part for part in (*server.command, *server.environment.values())):
        raise table.fault("command", "must hold the placeholder {port}")
    table.close()
    return server


def _check_placeholders(table: _Table, key: str, templates: tuple[str, ...]) -> None:
    unknown = {name for template in templates for name in _PLACEHOLDER.findall(template)} - PLACEHOLDERS
    if unknown:
        raise table.fault(key, f"has the unknown placeholder {{{min(unknown)}}}")


def _parse_data(table: _Table) -> Data:
    drivers = table.table("driver")
    data = Data(orm=table.text("orm"), driver=drivers.all_texts())
    if unknown := set(data.driver) - ENGINES:
        raise drivers.fault(min(unknown), "is unknown")
    if missing := ENGINES - set(data.driver):
        raise drivers.fault(min(missing), "is missing")
    table.close()
    return data

"""The variants of this workspace, as their `apps/*/variant.toml` files describe them."""

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from variants.toml_table import Table, TableError

ROOT_VARIABLE = "COMPARE_ROOT"
VARIANT_FILE = "variant.toml"
PLACEHOLDERS = frozenset({"python", "host", "port", "workers"})
ENGINES = frozenset({"sqlite", "postgres"})
# What people ask of a framework before they ask for its speed, in the order in which tables show it.
FEATURES = ("orm", "admin", "async", "openapi", "validation", "websocket", "templates", "background_tasks", "learning")
READY_PATH = "/health/ready"
# The least that a server may serve: the bare handlers have no health of their own.
BARE_READY_PATH = "/api/v1/ping"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class CatalogError(Exception):
    """A variant's description is wrong, or there is none; the message names the file and the key."""


class UnknownVariantError(CatalogError):
    """No variant has this name; the message lists the names that there are."""


class Handler(StrEnum):
    """Which of a variant's servers is meant: the variant itself, or its framework with next to nothing around it."""

    SHIPPED = "shipped"
    BARE = "bare"


@dataclass(frozen=True)
class Server:
    """The production server of a variant: `command` and `environment` may hold `{python} {host} {port} {workers}`.

    `ready_path` answers 200 as soon as the server can do its work.
    """

    title: str
    package: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    ready_path: str = READY_PATH


@dataclass(frozen=True)
class Data:
    """How a variant reaches its database: the ORM's title, and the driver's title by engine."""

    orm: str
    driver: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Variant:
    """All that the tools know of a variant; `folder` is where it lives and the working directory of its server.

    `bare` serves three routes by the leanest handlers that the framework documents, on the same server program: the
    framework's ceiling. It is None where the variant has none. `features` has a text for each of `FEATURES`.
    """

    name: str
    title: str
    package: str
    good_for: str
    server: Server
    data: Data
    folder: Path
    bare: Server | None = None
    features: Mapping[str, str] = field(default_factory=dict, hash=False)

    def server_of(self, handler: Handler) -> Server:
        """The server of one of its handlers.

        Raises:
            CatalogError: it has no bare one.
        """
        if handler is Handler.SHIPPED:
            return self.server
        if self.bare is None:
            raise CatalogError(f"{self.folder / VARIANT_FILE}: bare: is missing")
        return self.bare


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
        return _parse_variant(Table(tomllib.loads(file.read_text(encoding="utf-8"))), file.parent)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{file}: is no TOML: {error}") from error
    except TableError as error:
        raise CatalogError(f"{file}: {error}") from error


def _parse_variant(table: Table, folder: Path) -> Variant:
    name, server = _parse_name(table, folder), _parse_server(table.table("server"))
    variant = Variant(
        name=name,
        title=table.text("title"),
        package=table.text("package"),
        good_for=table.text("good_for"),
        server=server,
        data=_parse_data(table.table("data")),
        folder=folder,
        bare=_parse_bare(table.table("bare"), server) if "bare" in table else None,
        features=_parse_features(table.table("features")),
    )
    table.close()
    return variant


def _parse_name(table: Table, folder: Path) -> str:
    name = table.text("name")
    if name != folder.name:
        raise table.fault("name", f"must be the folder's name, {folder.name}")
    return name


def _parse_server(table: Table) -> Server:
    server = Server(
        title=table.text("title"),
        package=table.text("package"),
        command=table.texts("command"),
        environment=table.optional_table("environment").all_texts(),
    )
    _check_server(table, server)
    return server


def _parse_bare(table: Table, shipped: Server) -> Server:
    """The same program with another command: all else would make another comparison of it."""
    server = replace(shipped, command=table.texts("command"), ready_path=BARE_READY_PATH)
    _check_server(table, server)
    return server


def _check_server(table: Table, server: Server) -> None:
    _check_placeholders(table, "command", server.command)
    _check_placeholders(table, "environment", tuple(server.environment.values()))
    if not any("{port}" in part for part in (*server.command, *server.environment.values())):
        raise table.fault("command", "must hold the placeholder {port}")
    table.close()


def _check_placeholders(table: Table, key: str, templates: tuple[str, ...]) -> None:
    unknown = {name for template in templates for name in _PLACEHOLDER.findall(template)} - PLACEHOLDERS
    if unknown:
        raise table.fault(key, f"has the unknown placeholder {{{min(unknown)}}}")


def _parse_features(table: Table) -> dict[str, str]:
    features = {key: table.text(key) for key in FEATURES}
    table.close()
    return features


def _parse_data(table: Table) -> Data:
    drivers = table.table("driver")
    data = Data(orm=table.text("orm"), driver=drivers.all_texts())
    if unknown := set(data.driver) - ENGINES:
        raise drivers.fault(min(unknown), "is unknown")
    if missing := ENGINES - set(data.driver):
        raise drivers.fault(min(missing), "is missing")
    table.close()
    return data

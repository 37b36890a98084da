"""The commands that work on variants: list, serve, check against the contract, put under load."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from variants import catalog, checks, contract, loading, serving
from variants.databases import DatabaseError
from variants.engines import Engine
from variants.groups import interrupted_by_any_stop_signal
from variants.launch import VariantFailedError
from variants.ports import LOOPBACK
from variants.redis_server import RedisError

FAILED, WRONG_USE = 1, 2
ALL = "all"

app = typer.Typer(
    name="compare-frameworks",
    help="One REST API in several Python web frameworks: run it, check it, load it, compare it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)

Name = Annotated[str, typer.Argument(help="A variant, as `variants` lists them.")]
Workers = Annotated[int, typer.Option(min=1, help="Worker processes of the server.")]
LoadWorkers = Annotated[int, typer.Option(min=0, help="Processes of Locust to share the load.", show_default="one")]
ExpectWorkers = Annotated[int, typer.Option(min=0, help="Locust workers elsewhere to wait for.", show_default="none")]
MasterHost = Annotated[
    str, typer.Option(help="Address of this machine that those workers reach; server and master listen on it.")
]
MasterPort = Annotated[int, typer.Option(min=1, max=65535, help="TCP port that those workers reach the master at.")]
DatabaseEngine = Annotated[Engine, typer.Option("--db", help="What the fresh database is in.")]


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn the errors that a user can act on into one message and an exit code: 1 it failed, 2 wrong use."""
    try:
        with interrupted_by_any_stop_signal():
            yield
    except catalog.CatalogError as error:
        raise refused(str(error)) from error
    except VariantFailedError as error:
        errors.print(str(error))
        raise typer.Exit(WRONG_USE if error.exit_code == WRONG_USE else FAILED) from error
    except (DatabaseError, RedisError, contract.ContractError, loading.LoadError) as error:
        errors.print(str(error))
        raise typer.Exit(FAILED) from error


def refused(message: str) -> typer.Exit:
    """Say in one line what is wrong with the use, and give the exit to raise."""
    errors.print(message)
    return typer.Exit(WRONG_USE)


@app.command("variants")
def variants_command() -> None:
    """List the variants: framework, server, driver, ORM, and what each is good for."""
    with in_one_line():
        variants = catalog.load_variants()
        table = Table(Column("name", no_wrap=True), "framework", "server", "driver", "ORM")
        for variant in variants.values():
            table.add_row(
                variant.name,
                f"{variant.title} {catalog.framework_version(variant)}",
                f"{variant.server.title} {catalog.server_version(variant)}",
                ", ".join(variant.data.driver.values()),
                variant.data.orm,
            )
        console = Console()
        console.print(table)
        for variant in variants.values():
            console.print(f"[bold]{variant.name}[/bold]: {variant.good_for}", highlight=False)


@app.command(epilog="Example: compare-frameworks serve flask --port 8080 --workers 2")
def serve(
    name: Name,
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port to listen on.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for every one of this machine.")
    ] = "127.0.0.1",
    database_url: Annotated[
        str | None,
        typer.Option(envvar="DATABASE_URL", help="Where the data is.", show_default="one of the variant's own"),
    ] = None,
    engine: Annotated[
        Engine | None,
        typer.Option(
            "--db",
            help="What the variant's own database is in: .work/serve/NAME.sqlite3, or serve_NAME of a PostgreSQL.",
            show_default="sqlite",
        ),
    ] = None,
    workers: Workers = 1,
) -> None:
    """Run a variant's production server in the foreground, on a database that is migrated, and seeded when empty.

    Other settings are read from the environment (SECRET_KEY, ALLOWED_HOSTS, …). Ctrl-C ends it.
    """
    if database_url and engine and serving.engine_of(database_url) is not engine:
        raise refused(f"--db {engine} and DATABASE_URL (or --database-url) name two engines: give one of both")
    with in_one_line():
        variant = catalog.variant_named(name)
        url = database_url or serving.own_database(variant, engine or Engine.SQLITE)
        code = serving.serve(variant, host=host, port=port, database_url=url, workers=workers)
    raise typer.Exit(code)


@app.command(
    "contract",
    epilog="Examples: compare-frameworks contract flask -k token · ADMIN_PASSWORD=… compare-frameworks contract "
    "--url http://127.0.0.1:8000",
)
def contract_command(
    name: Annotated[str, typer.Argument(metavar="NAME|all", help="A variant, or all of them.")] = ALL,
    url: Annotated[
        str | None,
        typer.Option(help="A server that runs already; ADMIN_USERNAME, ADMIN_PASSWORD and SECRET_KEY are its own."),
    ] = None,
    select: Annotated[str | None, typer.Option("-k", help="Only tests that fit this expression of pytest.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Test processes.")] = 2,
    engine: DatabaseEngine = Engine.SQLITE,
) -> None:
    """Check variants against the API contract, each on a fresh database. Exit code 1 when one does not keep it."""
    if url and name != ALL:
        raise refused("--url names a server that runs already: give either a variant or --url")
    with in_one_line():
        if url:
            results: list[contract.ContractResult | str] = [
                contract.check_server(_foreign_target(url), name=url, select=select, workers=workers)
            ]
        else:
            chosen = catalog.load_variants() if name == ALL else {name: catalog.variant_named(name)}
            results = [_checked(variant, engine, select=select, workers=workers) for variant in chosen.values()]
            _show(dict(zip(chosen, results, strict=True)))
    failed = not results or any(isinstance(result, str) or not result.ok for result in results)
    raise typer.Exit(FAILED if failed else 0)


@app.command()
def check() -> None:
    """Run everything that must be green: style, types, import rules, unit tests, the contract suite on all variants."""
    console = Console()
    with in_one_line():
        outcomes = checks.run_checks(began=lambda title: console.print(f"{title} …"), ended=console.rule)
    table = Table("check", "result", "seconds")
    for outcome in outcomes:
        verdict = Text("well", style="green") if outcome.ok else Text(f"exit code {outcome.exit_code}", style="red")
        table.add_row(outcome.title, verdict, f"{outcome.seconds:.1f}")
    console.print(table)
    raise typer.Exit(0 if all(outcome.ok for outcome in outcomes) else FAILED)


@app.command(epilog="Example: compare-frameworks load flask --mix article --duration 30s")
def load(
    name: Name,
    users: Annotated[int, typer.Option(min=1, help="Users who ask at the same time.")] = 32,
    duration: Annotated[str, typer.Option(help="How long: 10s, 2m, 1h30m.")] = "10s",
    mix: Annotated[loading.Mix, typer.Option(help="What they ask for.")] = loading.Mix.BLOG,
    wait: Annotated[float, typer.Option(min=0, help="Mean seconds between two requests of a user.")] = 0.0,
    workers: Workers = 1,
    load_workers: LoadWorkers = 0,
    expect_workers: ExpectWorkers = 0,
    master_bind_host: MasterHost = LOOPBACK,
    master_bind_port: MasterPort = loading.MASTER_PORT,
    engine: DatabaseEngine = Engine.SQLITE,
) -> None:
    """Put a freshly started variant under load and print Locust's summary. Exit code 1 when a request failed.

    With --expect-workers the load is made by workers of Locust on other machines; the command for them is printed.
    """
    if not loading.duration_is_valid(duration):
        raise refused(f"--duration {duration!r} is none like 10s, 2m or 1h30m")
    elsewhere = loading.Elsewhere(expect_workers, master_bind_host, master_bind_port)
    if fault := elsewhere.fault(load_workers):
        raise refused(fault)
    with in_one_line():
        variant = catalog.variant_named(name)
        code = loading.run_load(
            variant,
            engine,
            users=users,
            duration=duration,
            mix=mix,
            wait_seconds=wait,
            workers=workers,
            load_workers=load_workers,
            elsewhere=elsewhere if expect_workers else None,
        )
    raise typer.Exit(FAILED if code else 0)


@app.command("load-ui", epilog="Example: compare-frameworks load-ui flask")
def load_ui(
    name: Name, workers: Workers = 1, load_workers: LoadWorkers = 0, engine: DatabaseEngine = Engine.SQLITE
) -> None:
    """Start a variant and Locust's web page for it; Ctrl-C ends both."""
    with in_one_line():
        variant = catalog.variant_named(name)
        code = loading.run_load_page(variant, engine, workers=workers, load_workers=load_workers)
    raise typer.Exit(FAILED if code else 0)


def _foreign_target(url: str) -> contract.Target:
    missing = [name for name in ("ADMIN_USERNAME", "ADMIN_PASSWORD") if not os.environ.get(name)]
    if missing:
        raise refused(f"--url needs the server's own {' and '.join(missing)} in the environment")
    return contract.Target(
        base_url=url,
        admin_username=os.environ["ADMIN_USERNAME"],
        admin_password=os.environ["ADMIN_PASSWORD"],
        secret_key=os.environ.get("SECRET_KEY"),
        jwt_issuer=os.environ.get("JWT_ISSUER", contract.Target.jwt_issuer),
        jwt_audience=os.environ.get("JWT_AUDIENCE", contract.Target.jwt_audience),
    )


def _checked(
    variant: catalog.Variant, engine: Engine, *, select: str | None, workers: int
) -> contract.ContractResult | str:
    """Check one variant; why it did not start, say, is a result too, so that the others are still checked."""
    try:
        return contract.check_variant(variant, engine=engine, select=select, workers=workers)
    except (VariantFailedError, contract.ContractError) as error:
        errors.print(str(error))
        return str(error).splitlines()[0]


def _show(results: dict[str, contract.ContractResult | str]) -> None:
    table = Table("variant", "contract", "passed", "failed", "seconds", "revision")
    for name, result in results.items():
        if isinstance(result, str):
            table.add_row(name, Text(result, style="red"))
        else:
            verdict = Text("kept", style="green") if result.ok else Text("broken", style="red")
            counts = (str(result.passed), str(result.failed), f"{result.seconds:.1f}", result.revision)
            table.add_row(name, verdict, *counts)
    Console().print(table)

"""The commands `compare` and `report`, beside those of `variants.cli`; the console script is `compare-frameworks`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.files import ResultError, read_result, write_result
from benchmarks.plan.order import new_seed
from benchmarks.plan.scenarios import SCENARIOS, UnknownScenarioError, scenarios_named
from benchmarks.progress import Shown, progress_bar
from benchmarks.report.readme import MarkerError, replace_between_markers
from benchmarks.report.text import to_console, to_markdown
from benchmarks.results import Result
from benchmarks.run.comparison import Order, compare, make_settings
from benchmarks.run.generator import GeneratorError
from benchmarks.run.layout import LayoutError
from benchmarks.run.login_timing import LoginFailedError, login_timing
from benchmarks.run.settings_cost import WITH, WITHOUT, Plan, settings_cost
from benchmarks.run.stage import real_stage
from benchmarks.tables import login_table, settings_table
from variants.catalog import Variant, load_variants, variant_named, workspace_root
from variants.cli import FAILED, DatabaseEngine, app, errors, in_one_line, refused
from variants.engines import Engine
from variants.environment import SETTINGS

INTERRUPTED = 130
RESULTS = Path(".work/results")


def _in_line(settings: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in settings.items())


@app.command("compare", epilog="Example: compare-frameworks compare --quick --variants flask,tornado")
def compare_command(
    quick: Annotated[bool, typer.Option("--quick", help="Three scenarios, three rounds, under three minutes.")] = False,
    variants: Annotated[str | None, typer.Option(help="Names, comma between them.", show_default="all")] = None,
    scenarios: Annotated[
        str | None,
        typer.Option(
            help=f"Of {', '.join(scenario.name for scenario in SCENARIOS)}.", show_default="those of the kind of run"
        ),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, help="Exactly so many.", show_default="quick 3; else 5 or more, until precise")
    ] = None,
    users: Annotated[int, typer.Option(min=1, help="Concurrent users.")] = 32,
    seed: Annotated[int | None, typer.Option(help="Of the random order.", show_default="random")] = None,
    name: Annotated[
        str | None, typer.Option(help="What the result is called.", show_default="quick or standard, and the engine")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the result.", show_default=str(RESULTS))] = None,
    engine: DatabaseEngine = Engine.SQLITE,
) -> None:
    """Check every variant against the contract, measure those that keep it, and print one table a scenario.

    Ctrl-C ends it and keeps what was measured. Exit code 1 when a variant has no figures.
    """
    with _in_one_line():
        order = Order(
            name=name or _usual_name(quick=quick, engine=engine),
            variants=_chosen(variants),
            scenarios=scenarios_named(_names(scenarios), quick=quick),
            settings=make_settings(quick=quick, users=users, rounds=rounds, seed=new_seed() if seed is None else seed),
        )
        stage = real_stage(engine)
        with progress_bar() as show:
            result = compare(order, stage, show)
        _finish(result, output or stage.root / RESULTS)


@app.command(
    "report", epilog="Example: compare-frameworks report benchmarks/results/2026-11-20-standard.json --readme README.md"
)
def report_command(
    result: Annotated[Path, typer.Argument(metavar="RESULT.json", help="A result of compare.")],
    markdown: Annotated[Path | None, typer.Option(help="Write the tables into this file.")] = None,
    readme: Annotated[Path | None, typer.Option(help="Put the tables between the markers of this page.")] = None,
) -> None:
    """Print a result again, write it as Markdown, or put it into a page between its markers."""
    with _in_one_line():
        read = read_result(result)
        if markdown:
            markdown.write_text(to_markdown(read), encoding="utf-8")
        if readme:
            page = readme.read_text(encoding="utf-8")
            readme.write_text(replace_between_markers(page, to_markdown(read)), encoding="utf-8")
        if not markdown and not readme:
            to_console(read, Console())


@app.command("login-timing", epilog="Example: compare-frameworks login-timing flask --turns 500")
def login_timing_command(
    variants: Annotated[str | None, typer.Argument(help="Names, comma between them.", show_default="all")] = None,
    turns: Annotated[int, typer.Option(min=2, help="How often each kind of name is tried.")] = 200,
    seed: Annotated[int | None, typer.Option(help="Of the random order.", show_default="random")] = None,
) -> None:
    """Time log-ins that fail: does a name that there is take longer than one that there is not?"""
    with _in_one_line():
        chosen = _chosen(variants)
        found = {}
        with progress_bar() as show:
            for variant in chosen.values():
                told = partial(_tell_turn, show, variant, turns)
                found[variant.name] = login_timing(
                    variant, turns=turns, seed=new_seed() if seed is None else seed, progress=told
                )
        Console().print(login_table(found))


@app.command(
    "settings-cost", epilog="Example: compare-frameworks settings-cost flask --with RATE_LIMIT_DEFAULT=1000000/minute"
)
def settings_cost_command(
    variants: Annotated[str | None, typer.Argument(help="Names, comma between them.", show_default="all")] = None,
    with_them: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="NAME=VALUE", help="May be repeated.", show_default=_in_line(WITH)),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="NAME=VALUE", help="May be repeated.", show_default=_in_line(WITHOUT)),
    ] = None,
    scenarios: Annotated[str, typer.Option(help="Names, comma between them.")] = "article,page",
    starts: Annotated[int, typer.Option(min=2, help="Pairs of servers: the pairs of the interval.")] = 6,
    turns: Annotated[int, typer.Option(min=1, help="Pairs of one-second windows of each pair of servers.")] = 6,
    engine: DatabaseEngine = Engine.SQLITE,
) -> None:
    """Say what settings cost a variant: the same server with and without them, by default logs and metrics."""
    with _in_one_line():
        plan = Plan(
            engine=engine,
            scenarios=scenarios_named(_names(scenarios), quick=False),
            starts=starts,
            turns=turns,
            with_them=_settings(with_them, WITH),
            without=_settings(without, {} if with_them else WITHOUT),
        )
        with progress_bar() as show:
            found = {variant.name: settings_cost(variant, plan, show) for variant in _chosen(variants).values()}
        Console().print(settings_table(found))


def main() -> None:
    """The console script."""
    app()


def _usual_name(*, quick: bool, engine: Engine) -> str:
    kind = "quick" if quick else "standard"
    return kind if engine is Engine.SQLITE else f"{kind}-{engine}"


@contextmanager
def _in_one_line() -> Iterator[None]:
    with in_one_line():
        try:
            yield
        except (UnknownScenarioError, LayoutError, ResultError, MarkerError, OSError) as error:
            raise refused(str(error)) from error
        except (GeneratorError, LoginFailedError) as error:
            errors.print(str(error))
            raise typer.Exit(FAILED) from error


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def _chosen(text: str | None) -> dict[str, Variant]:
    names = _names(text)
    return load_variants() if names is None else {name: variant_named(name) for name in names}


def _settings(given: Sequence[str] | None, usual: Mapping[str, str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given or ()]
    if wrong := [name for name, sign, _ in pairs if not sign or name not in SETTINGS]:
        raise refused(f"{wrong[0]!r} is no NAME=VALUE of a setting; the settings are {', '.join(sorted(SETTINGS))}")
    return {name: value for name, _, value in pairs} if pairs else dict(usual)


def _tell_turn(show: Shown, variant: Variant, turns: int, turn: int) -> None:
    show(turn / turns, f"{variant.name}: log-ins that fail")


def _finish(result: Result, folder: Path) -> None:
    """Write the files, print the tables, and end with the exit code."""
    path = _free_path(folder, f"{result.started_at[:10]}-{result.name}")
    write_result(result, path)
    path.with_suffix(".md").write_text(to_markdown(result), encoding="utf-8")
    to_console(result, Console())
    errors.print(f"Kept in {_shown_path(path)}, and as Markdown beside it ({result.seconds:.0f} s).")
    if result.ended == "interrupted":
        errors.print("Interrupted: what was measured until then is kept.")
        raise typer.Exit(INTERRUPTED)
    if result.failures or not all(variant.contract.ok for variant in result.variants):
        raise typer.Exit(FAILED)


def _free_path(folder: Path, stem: str) -> Path:
    """The first file name of a day and a name that is not taken."""
    taken = {path.name for path in folder.glob(f"{stem}*.json")}
    names = (f"{stem}.json" if number == 1 else f"{stem}-{number}.json" for number in range(1, len(taken) + 2))
    return folder / next(name for name in names if name not in taken)


def _shown_path(path: Path) -> Path:
    root = workspace_root()
    return path.relative_to(root) if path.is_relative_to(root) else path


if __name__ == "__main__":
    main()

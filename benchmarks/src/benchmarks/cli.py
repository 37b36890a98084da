"""The command `compare`, beside those of `cli_report` and `variants.cli`; the script is `compare-frameworks`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import benchmarks.cli_calibrate  # noqa: F401 - it adds its command to the application
from benchmarks.cli_report import ComparedFiles, FailIfSlower, compare_files, write_beside
from benchmarks.files import ResultError, read_result
from benchmarks.plan.order import new_seed
from benchmarks.plan.scenarios import SCENARIOS, UnknownScenarioError, scenarios_named
from benchmarks.plan.studies import STUDIES, UnknownStudyError
from benchmarks.progress import Shown, progress_bar
from benchmarks.report.reached import reached
from benchmarks.report.text import to_console
from benchmarks.results import Result
from benchmarks.run.book import INTERRUPTED
from benchmarks.run.comparison import compare
from benchmarks.run.generator import GeneratorError
from benchmarks.run.keeping import Keeper
from benchmarks.run.layout import LayoutError
from benchmarks.run.login_timing import LoginFailedError, login_timing
from benchmarks.run.order import Asked, new_order, resumed_order
from benchmarks.run.probes import ProbeError
from benchmarks.run.resume import ResumeError
from benchmarks.run.settings_cost import WITH, WITHOUT, Plan, settings_cost
from benchmarks.run.stage import real_stage
from benchmarks.tables import login_table, settings_table
from variants.catalog import Variant, load_variants, variant_named, workspace_root
from variants.cli import FAILED, DatabaseEngine, app, errors, in_one_line, refused
from variants.engines import Engine
from variants.environment import SETTINGS

EXIT_INTERRUPTED = 130
RESULTS = Path(".work/results")


def _in_line(settings: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in settings.items())


@app.command("compare", epilog="Example: compare-frameworks compare --quick --variants flask,tornado")
def compare_command(
    results: ComparedFiles = None,
    quick: Annotated[bool, typer.Option("--quick", help="Three scenarios, five rounds, in five minutes.")] = False,
    variants: Annotated[str | None, typer.Option(help="Names, comma between them.", show_default="all")] = None,
    scenarios: Annotated[
        str | None,
        typer.Option(
            help=f"Of {', '.join(scenario.name for scenario in SCENARIOS)}.", show_default="those of the kind of run"
        ),
    ] = None,
    mix: Annotated[
        Path | None, typer.Option(metavar="MIX.toml", help="A mix of your own, as in loadtests/mixes.")
    ] = None,
    studies: Annotated[
        str | None,
        typer.Option(help=f"Of {', '.join(study.name for study in STUDIES)}.", show_default="quick capacity; else all"),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, help="Exactly so many.", show_default="quick 5; else 6 or more, until precise")
    ] = None,
    users: Annotated[int | None, typer.Option(min=1, help="Concurrent users.", show_default="32")] = None,
    budget: Annotated[
        float | None, typer.Option(min=1, metavar="MINUTES", help="For everything.", show_default="45")
    ] = None,
    bare: Annotated[bool, typer.Option("--bare/--no-bare", help="Measure the frameworks alone too.")] = True,
    rows_million: Annotated[bool, typer.Option("--rows-million", help="Scale up to a million articles.")] = False,
    seed: Annotated[int | None, typer.Option(help="Of the random order.", show_default="random")] = None,
    name: Annotated[
        str | None, typer.Option(help="What the result is called.", show_default="quick or standard, and the engine")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the result.", show_default=str(RESULTS))] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="RESULT.json", help="Go on with a run that was interrupted.")
    ] = None,
    engine: Annotated[
        Engine | None,
        typer.Option("--db", help="What the fresh databases are in.", show_default="quick sqlite; else postgres"),
    ] = None,
    fail_if_slower: FailIfSlower = None,
) -> None:
    """Check every variant against the contract, measure those that keep it, and print one table a scenario.

    Whatever ends it early, the rounds that were complete are kept, and `--resume` goes on from there. Exit code 1 when
    a variant has no figures.
    """
    if results:
        compare_files(results, fail_if_slower)
        return
    with _in_one_line():
        asked = Asked(
            quick=quick,
            variants=_names(variants),
            scenarios=_names(scenarios),
            mix=mix,
            studies=_names(studies),
            rounds=rounds,
            users=users,
            budget_minutes=budget,
            bare=bare,
            rows_million=rows_million,
            seed=seed,
            name=name,
            engine=engine,
        )
        order = new_order(asked) if resume is None else resumed_order(asked, read_result(resume))
        stage = real_stage(order.engine)
        keeper = Keeper(output or stage.root / RESULTS, resume)
        with progress_bar() as show:
            result = compare(order, stage, show, keeper)
        _finish(result, keeper)


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


@contextmanager
def _in_one_line() -> Iterator[None]:
    with in_one_line():
        try:
            yield
        except ResumeError as error:
            raise refused(f"this run cannot be gone on with: {error}") from error
        except (UnknownScenarioError, UnknownStudyError, LayoutError, ResultError, OSError) as error:
            raise refused(str(error)) from error
        except (GeneratorError, LoginFailedError, ProbeError) as error:
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


def _finish(result: Result, keeper: Keeper) -> None:
    """Write the files, print the tables, and end with the exit code."""
    path = keeper(result)
    write_beside(result, path)
    to_console(result, Console())
    for line in reached(result):
        errors.print(line, highlight=False)
    errors.print(f"Kept in {_shown_path(path)}, and as page, Markdown and CSV beside it.")
    if result.ended == INTERRUPTED:
        errors.print(f"Interrupted: what was measured until then is kept; --resume {_shown_path(path)} goes on.")
        raise typer.Exit(EXIT_INTERRUPTED)
    if result.failures or not all(variant.contract.ok for variant in result.variants):
        raise typer.Exit(FAILED)


def _shown_path(path: Path) -> Path:
    root = workspace_root()
    return path.relative_to(root) if path.is_relative_to(root) else path


if __name__ == "__main__":
    main()

"""The command `calibrate`: the harness tested like a scale."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.plan.order import new_seed
from benchmarks.progress import progress_bar
from benchmarks.run.book import INTERRUPTED
from benchmarks.run.calibrate import Plan, calibrate
from benchmarks.run.callgrind import CallgrindError
from benchmarks.run.generator import GeneratorError
from benchmarks.run.layout import LayoutError
from benchmarks.run.probes import ProbeError
from benchmarks.run.stage import real_stage
from benchmarks.statistics.calibration import PUBLISHED, Calibration, calibration_lines, calibration_to_json, verdict
from variants.catalog import load_variants
from variants.cli import FAILED, app, errors, in_one_line, refused
from variants.engines import Engine

EXIT_INTERRUPTED = 130
# With fewer, an interval of shares says little: none found of 40 is still up to 8.8 %.
USUAL_RUNS = 40


@app.command("calibrate", epilog="Example: compare-frameworks calibrate --runs 100 --out .work/calibration.json")
def calibrate_command(
    runs: Annotated[int, typer.Option(min=1, help="How often each pair is compared.")] = USUAL_RUNS,
    out: Annotated[Path | None, typer.Option(help="The file of the result.", show_default=str(PUBLISHED))] = None,
    seed: Annotated[int | None, typer.Option(help="Of the random orders.", show_default="random")] = None,
) -> None:
    """Compare the same server under two names, and one with a planted slow-down of 5 %: what is found, and how often?

    Ctrl-C ends it and keeps the comparisons that were made. Exit code 1 when the scale is not to be trusted.
    """
    with in_one_line():
        stage = real_stage(Engine.SQLITE)
        file = out or stage.root / PUBLISHED
        plan = Plan(runs=runs, seed=new_seed() if seed is None else seed, variants=load_variants())
        try:
            with progress_bar() as show:
                found = calibrate(plan, stage, show, partial(_write, file))
        except LayoutError as error:
            raise refused(str(error)) from error
        except (CallgrindError, GeneratorError, ProbeError) as error:
            errors.print(str(error))
            raise typer.Exit(FAILED) from error
        _write(file, found)
        _tell(found)


def _write(file: Path, found: Calibration) -> None:
    """Write the file in one step, so that no reader ever sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(calibration_to_json(found), encoding="utf-8")
    draft.replace(file)


def _tell(found: Calibration) -> None:
    console = Console()
    for line in calibration_lines(found):
        console.print(f"- {line}", markup=False, highlight=False, soft_wrap=True)
    if found.ended == INTERRUPTED:
        raise typer.Exit(EXIT_INTERRUPTED)
    if not all(weighing.ratios and verdict(weighing).kept for weighing in found.weighings):
        raise typer.Exit(FAILED)

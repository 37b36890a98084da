"""Do the variants answer alike? Plays random sequences of requests against all of them at once, and compares.

`python contract-tests/differential/differ.py [--requests 2000] [--seed S] [--variants a,b] [--db postgres] [--jobs 2]`

starts the variants, each on its own copy of one database. Hypothesis makes sequences; every answer of every step is
compared, and a sequence that is answered differently is shrunk and printed as curl commands. The same seed plays the
same sequences (as many jobs given, also with the same end). Most requests are played against servers with limits that
nobody meets, some against servers with small ones. What is sent keeps to the syntax of HTTP: what a server's parser
does with bytes that are none is no part of the contract. The vocabulary also leaves out what clause 1.4, 1.5, 12.2 or
12.5 ask for and some parser cannot give; see the notes in `targets.py` and `envelopes.py`.

Exit code 0: all answered alike; 1: they did not, or did not start; 2: wrong use.
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from jobs import planned, run
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from variants.catalog import CatalogError, Variant, load_variants, variant_named
from variants.engines import Engine
from variants.groups import interrupted_by_any_stop_signal

REQUESTS = 2_000
MOST_JOBS = 4
TENTHS = 10


class RunError(Exception):
    """Nothing could be played; the message says why."""


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong use ends the process with 2."""
    parser = argparse.ArgumentParser(
        description="Play random sequences of requests against the variants and compare the answers."
    )
    parser.add_argument(
        "--requests", type=_positive, default=REQUESTS, help=f"how many to play against each (default {REQUESTS})"
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="decides on the sequences (default: a new one, which is printed)"
    )
    parser.add_argument(
        "--variants",
        default=None,
        metavar="A,B",
        help="two or more, the first of which prepares the database (default: all)",
    )
    parser.add_argument(
        "--divergences", type=_positive, default=1, help="stop after so many different ones (default 1)"
    )
    parser.add_argument(
        "--db",
        dest="engine",
        type=Engine,
        choices=list(Engine),
        default=Engine.SQLITE,
        help="what the databases are in",
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=min(os.cpu_count() or 1, MOST_JOBS),
        help="processes that play at the same time, each with servers of its own (default: one a core, at most 4)",
    )
    return parser.parse_args(arguments)


def chosen(names: str | None) -> list[Variant]:
    """The variants of a comma list, or all.

    Raises:
        CatalogError: one is not there, or there are fewer than two.
    """
    chosen_names = load_variants() if names in (None, "all") else names.split(",")
    variants = [variant_named(name.strip()) for name in chosen_names]
    if len({variant.name for variant in variants}) < max(2, len(variants)):
        raise CatalogError("two or more different variants are needed")
    return variants


def compare(variants: Sequence[Variant], given: argparse.Namespace, console: Console) -> int:
    """Start the variants and play until enough was played or found.

    Returns:
        How many divergences were found.

    Raises:
        RunError: servers did not start, or did not do what the common database needs.
    """
    jobs = planned(
        variants,
        given.engine,
        seed=given.seed,
        requests=given.requests,
        divergences=given.divergences,
        processes=given.jobs,
    )
    known: set[str] = set()
    played, began = 0, time.monotonic()
    with progress_of(given.requests, console) as advance, closing(run(jobs, processes=given.jobs)) as all_news:
        for news in all_news:
            if news.failure:
                raise RunError(news.failure)
            played += news.played
            advance(news.played)
            if news.what and news.what not in known:
                known.add(news.what)
                console.print(f"{news.description}\n", markup=False, highlight=False, soft_wrap=True)
            if len(known) >= given.divergences:
                break
    seconds = time.monotonic() - began
    names, found = f"{', '.join(variant.name for variant in variants)} on {given.engine}", len(known)
    console.print(
        f"{played} requests against {names} in {seconds:.0f} s ({played / seconds:.0f}/s): "
        f"{found} divergence{'' if found == 1 else 's'} (--seed {given.seed})",
        highlight=False,
        soft_wrap=True,
    )
    return found


@contextmanager
def progress_of(total: int, console: Console) -> Iterator[Callable[[int], None]]:
    """Show how far a run is, by a bar or, where there is no terminal, by a line for each tenth; give what to tell."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("requests", total=total)

        def advance(number: int) -> None:
            before = progress.tasks[task].completed
            progress.advance(task, number)
            tenth = TENTHS * (before + number) // total
            if not console.is_terminal and tenth > TENTHS * before // total:
                console.print(f"{before + number:.0f} of {total} requests", highlight=False)

        yield advance


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    given = options(arguments)
    given.seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    try:
        variants = chosen(given.variants)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with interrupted_by_any_stop_signal():
            return 1 if compare(variants, given, Console()) else 0
    except RunError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())

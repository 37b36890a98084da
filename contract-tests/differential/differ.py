"""Do the variants answer alike? Plays random sequences of requests against all of them at once, and compares.

`python contract-tests/differential/differ.py [--requests 2000] [--seed S] [--variants a,b] [--divergences 1]`

starts the variants, each on its own copy of one database. Hypothesis makes sequences; every answer of every step is
compared, and a sequence that is answered differently is shrunk and printed as curl commands. The same seed plays the
same sequences. What is sent keeps to the syntax of HTTP: what a server's parser does with bytes that are none is no
part of the contract. The vocabulary also leaves out what clause 1.4, 1.5, 12.2 or 12.5 ask for and some parser cannot
give; see the notes in `targets.py` and `envelopes.py`.

Exit code 0: all answered alike; 1: they did not, or did not start; 2: wrong use.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence

from fleet import fleet_of
from play import Player
from report import described
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from world import WorldError, make_world

from variants.catalog import CatalogError, Variant, load_variants, variant_named
from variants.databases import DatabaseError
from variants.groups import interrupted_by_any_stop_signal
from variants.launch import VariantFailedError

REQUESTS = 2_000


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
    return parser.parse_args(arguments)


def chosen(names: str | None) -> list[Variant]:
    """The variants of a comma list, or all.

    Raises:
        CatalogError: one is not there, or there are fewer than two.
    """
    variants = [variant_named(name.strip()) for name in names.split(",")] if names else list(load_variants().values())
    if len({variant.name for variant in variants}) < max(2, len(variants)):
        raise CatalogError("two or more different variants are needed")
    return variants


def compare(variants: Sequence[Variant], given: argparse.Namespace, console: Console) -> int:
    """Start the variants and play until enough was played or found.

    Returns:
        How many divergences were found.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with fleet_of(variants) as fleet, Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("requests", total=given.requests)
        world = make_world(fleet)
        player = Player(fleet, world, requests=given.requests, on_request=lambda: progress.advance(task))
        number = 0
        while not player.finished and len(player.known) < given.divergences:
            found = player.round(f"{given.seed}-{number}")
            number += 1
            if found is not None:
                console.print(f"{described(found)}\n", markup=False, highlight=False, soft_wrap=True)
        console.print(_summary(player, given.seed), highlight=False)
        return len(player.known)


def _summary(player: Player, seed: int) -> str:
    names, found = ", ".join(player.fleet.names), len(player.known)
    counted = f"{found} divergence{'' if found == 1 else 's'}"
    return f"{player.played} requests against {names}: {counted} (--seed {seed})"


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
    except (VariantFailedError, DatabaseError, WorldError) as error:
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

"""Lets httplint judge the headers and bodies of the answers: of every operation, with every status that it has.

`python contract-tests/lint/lint.py [V]` makes the tour of `tour.py` through each variant, on a database of its own.

Exit code 0: no warning and no error that `accepted.py` does not give a reason for; 1: there is one, or one of those is
gone, or a server did not do what the tour shows; 2: wrong use.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from accepted import Verdict, judged
from exchange import Caller, Remark, remarks_of
from tour import SETTINGS, Tour, TourError, walk

from variants.catalog import CatalogError, Variant, load_variants, variant_named
from variants.contract import ROWS
from variants.databases import DatabaseError, sqlite_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME
from variants.groups import interrupted_by_any_stop_signal
from variants.launch import VariantFailedError
from variants.process import running


def lint(variant: Variant) -> Verdict:
    """Make the tour through one variant, and print what was found.

    Raises:
        VariantFailedError: it did not start.
        DatabaseError: there is no database for it.
        TourError: an answer had another status.
    """
    began = time.time()
    with sqlite_database(ROWS) as database, running(variant, database_url=database.url, environment=SETTINGS) as server:
        caller = Caller(server.base_url)
        try:
            walk(Tour(caller), admin=ADMIN_USERNAME, password=ADMIN_PASSWORD)
        finally:
            caller.close()
        now = time.time()
        remarks = [remark for one in caller.exchanges for remark in remarks_of(one, base_url=server.base_url, now=now)]
    verdict = judged(remarks)
    print(
        f"{variant.name}: {len(caller.exchanges)} answers, {_counted(verdict)}, {time.time() - began:.1f} s", flush=True
    )
    for remark in verdict.unknown:
        print(f"  {_line(remark)}")
    for accepted in verdict.gone:
        print(f"  {accepted.name} is in accepted.py, and no answer gives rise to it")
    return verdict


def _counted(verdict: Verdict) -> str:
    return f"{len(verdict.unknown)} warnings without a reason, {len(verdict.gone)} reasons without a warning"


def _line(remark: Remark) -> str:
    exchange = remark.exchange
    return (
        f"{remark.name} ({remark.subject}) {exchange.method} {exchange.target[:60]} {exchange.status}: {remark.summary}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Let httplint judge the variants' answers.")
    parser.add_argument("variant", nargs="?", default="all", help="one variant, or all (default)")
    given = parser.parse_args(arguments)
    try:
        variants = list(load_variants().values()) if given.variant == "all" else [variant_named(given.variant)]
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with interrupted_by_any_stop_signal():
            # Every variant is judged, also after one that failed.
            verdicts = [lint(variant) for variant in variants]
    except (VariantFailedError, DatabaseError, TourError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if all(verdict.ok for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())

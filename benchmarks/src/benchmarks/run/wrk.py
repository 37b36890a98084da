"""What `wrk` or `oha`, generators of load that somebody else wrote, say of a server's rate, where one is installed."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence

SECONDS = 3
CONNECTIONS = 32
# A generator that hangs shall not hang the calibration.
MARGIN_SECONDS = 15.0
WRK_RATE = re.compile(r"^Requests/sec:\s+([\d.]+)$", re.MULTILINE)
WRK_ERRORS = re.compile(r"^\s+(?:Non-2xx|Socket errors)", re.MULTILINE)


def rate_by_wrk(url: str) -> float | None:
    """Ask a URL over and over with `wrk`, or else with `oha`.

    Returns:
        Requests a second of a closed loop with 32 connections; None where neither program is installed, where it did
        not come to its end, or where an answer was no success.
    """
    if program := shutil.which("wrk"):
        command = [program, "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{SECONDS}s", url]
        return _parsed(command, wrk_rate)
    if program := shutil.which("oha"):
        command = [program, "--no-tui", "--output-format", "json", "-c", str(CONNECTIONS), "-z", f"{SECONDS}s", url]
        return _parsed(command, oha_rate)
    return None


def wrk_rate(output: str) -> float | None:
    """Read the rate that `wrk` prints; None when there was an error among the answers, or nothing was printed."""
    found = WRK_RATE.search(output)
    return None if found is None or WRK_ERRORS.search(output) else float(found[1])


def oha_rate(output: str) -> float | None:
    """Read the rate from the JSON that `oha` prints; None when an answer was no success, or it is something else."""
    try:
        document = json.loads(output)
        statuses, rate = document["statusCodeDistribution"], float(document["summary"]["requestsPerSec"])
    except (ValueError, KeyError, TypeError):
        return None
    return rate if statuses and all(status.startswith("2") for status in statuses) else None


def _parsed(command: Sequence[str], rate_of: Callable[[str], float | None]) -> float | None:
    try:
        done = subprocess.run(  # noqa: S603 - a program that was looked up, an address of our own, no shell
            command, check=True, capture_output=True, text=True, timeout=SECONDS + MARGIN_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return rate_of(done.stdout)

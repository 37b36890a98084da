"""The harness tested like a scale: what it says of servers whose true ratio is known. Data, and what follows from it.

The same server under two names may be told apart in 5 % of the runs, as the intervals are of 95 %. A server with a
known slow-down has to be found as often as the width of the intervals promises, and never as the faster one.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median

from benchmarks.files import ResultError, decoded
from benchmarks.results import Environment
from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, student_quantile
from benchmarks.statistics.proportions import power, share_interval
from benchmarks.statistics.ranking import is_tied

CALIBRATION_SCHEMA = 1
CAPACITY, EXACT = "capacity", "exact cost"
# What the exact cost has to find of the planted slow-downs (docs/method.md).
EXACT_SHARE = 0.95
# In the workspace: the calibration that reports tell of.
PUBLISHED = Path("benchmarks/results/calibration.json")


@dataclass(frozen=True)
class Ratio:
    """What one run said of two servers: the ratio of their costs and its 95 % interval."""

    estimate: float
    low: float
    high: float

    @property
    def told_apart(self) -> bool:
        """Whether the two would have different ranks."""
        return not is_tied(Interval(self.estimate, self.low, self.high))


@dataclass(frozen=True)
class Weighing:
    """Runs that compared the same two servers.

    Attributes:
        method: `capacity` or `exact cost`.
        truth: the ratio of their costs; 1 for the same server under two names.
        rounds: of a run; 0 where its interval does not come from rounds.
        ratios: of the runs, second server to first.
        void: runs of which the gates left too little to compare.
    """

    method: str
    truth: float
    rounds: int
    ratios: tuple[Ratio, ...]
    void: int = 0


@dataclass(frozen=True)
class Calibration:
    """All weighings, and where they were made. `ended` is `complete` or `interrupted`."""

    schema: int
    method: int
    started_at: str
    seconds: float
    ended: str
    environment: Environment
    weighings: tuple[Weighing, ...]


@dataclass(frozen=True)
class Verdict:
    """What the runs of a weighing say of the scale.

    Attributes:
        found: runs that told the two apart, and their share with its exact 95 % interval.
        wrong: runs that found the cheaper server to be the dearer one.
        expected: the share that had to be found: what is allowed, promised by the intervals, or asked for.
        kept: whether the share found is compatible with that, and none was wrong.
    """

    runs: int
    found: int
    share: Interval
    wrong: int
    estimate: float
    expected: float
    kept: bool


def verdict(weighing: Weighing) -> Verdict:
    """Judge the scale by one weighing.

    Raises:
        ValueError: it has no runs.
    """
    apart = [ratio for ratio in weighing.ratios if ratio.told_apart]
    share = share_interval(len(apart), len(weighing.ratios))
    same = weighing.truth == 1
    wrong = 0 if same else sum((ratio.estimate > 1) != (weighing.truth > 1) for ratio in apart)
    expected = ERROR_LEVEL if same else _promised(weighing)
    kept = share.low <= expected if same else share.high >= expected and not wrong
    middle = median(ratio.estimate for ratio in weighing.ratios)
    return Verdict(len(weighing.ratios), len(apart), share, wrong, middle, expected, kept)


def calibration_to_json(calibration: Calibration) -> str:
    """Write a calibration as JSON text, its members in the order of the classes."""
    return json.dumps(asdict(calibration), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def calibration_from_json(text: str) -> Calibration:
    """Read a calibration back.

    Raises:
        ResultError: it is no JSON, of another schema version, or a member is missing, unknown or of another type.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ResultError(f"no JSON: {error}") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != CALIBRATION_SCHEMA:
        raise ResultError(f"schema version {schema} is not {CALIBRATION_SCHEMA}, which this tool reads")
    return decoded(Calibration, document, "calibration")


def calibration_lines(calibration: Calibration) -> list[str]:
    """One sentence for each weighing that has runs, be they void."""
    return [_line(weighing) for weighing in calibration.weighings if weighing.ratios or weighing.void]


def _promised(weighing: Weighing) -> float:
    """The share of planted slow-downs that ought to be found."""
    return (
        power(weighing.truth, _spread(weighing.ratios, weighing.rounds), weighing.rounds)
        if weighing.rounds
        else (EXACT_SHARE)
    )


def _spread(ratios: Sequence[Ratio], rounds: int) -> float:
    """The standard deviation of a round's logarithm, from the widths of all intervals."""
    to_spread = math.sqrt(rounds) / student_quantile(1 - ERROR_LEVEL / 2, rounds - 1)
    return math.sqrt(fmean((to_spread * math.log(ratio.high / ratio.low) / 2) ** 2 for ratio in ratios))


def _line(weighing: Weighing) -> str:
    same = weighing.truth == 1
    what = "The same server under two names" if same else f"A planted slow-down of {weighing.truth - 1:.0%}"
    said = _said(weighing, verdict(weighing), same=same) if weighing.ratios else "nothing could be compared"
    void = f"; {weighing.void} runs were left with too few rounds" if weighing.void else ""
    return f"{what}, by {weighing.method}: {said}{void}."


def _said(weighing: Weighing, found: Verdict, *, same: bool) -> str:
    bounds = f"{found.share.low:.1%} to {found.share.high:.1%}"
    share = f"{found.found} of {found.runs} runs ({found.share.estimate:.1%}; {bounds})"
    judged = "kept" if found.kept else "not kept"
    if same:
        return f"told apart in {share}; allowed are {found.expected:.0%}: {judged}"
    source = "its intervals promise" if weighing.rounds else "asked for are"
    signs = f"{found.wrong} with the wrong sign; median ratio {found.estimate:.3f}"
    return f"found in {share}; {source} {found.expected:.0%}: {judged}; {signs}"

"""How long and how often things are measured, in a quick run and in a standard one. Seconds throughout."""

from benchmarks.plan.studies import Study
from benchmarks.results import Settings
from variants.environment import UNLIMITED_SETTINGS

QUICK_ROUNDS, STANDARD_ROUNDS, MOST_ROUNDS = 5, 6, 50
QUICK_BUDGET_SECONDS, STANDARD_BUDGET_SECONDS = 165.0, 45 * 60.0
# In 60 warm-ups on PostgreSQL the first half second was 0.93 of what came later, and the second 0.99, with a standard
# error of 0.02. Half seconds of one server differ by 15 % on such a machine: until three of them agreed within 5 %,
# most warm-ups took all of their ten seconds. The result says how the first windows compare with the last.
WARM_UP_SECONDS = 0.5
# The speed of a machine that is shared changes within tenths of a second. Short windows in quick turns see the same.
# Two of them, there and back: rounds are what an interval is made of, so many short ones tell more than few long ones.
WINDOW_SECONDS = 0.5
TURNS = 2
PRECISION = 0.05
ROWS = (1_000, 10_000, 100_000)
MILLION = 1_000_000
SERVER_ENVIRONMENT = {"ENVIRONMENT": "production", "LOG_LEVEL": "warning", **UNLIMITED_SETTINGS}


def make_settings(
    *,
    quick: bool,
    seed: int,
    studies: tuple[Study, ...],
    users: int = 32,
    rounds: int | None = None,
    budget_seconds: float | None = None,
    bare: bool = True,
    rows_million: bool = False,
) -> Settings:
    """The settings of a quick or a standard run.

    Parameters:
        rounds: fixes their number; without it a standard run goes on until its ratios are precise.
        budget_seconds: for everything; a quick run's does not count the contract suite.
        bare: whether a standard run measures the frameworks alone too; a quick one never does.
        rows_million: whether the scale study has a table of that many articles too.
    """
    least = rounds or (QUICK_ROUNDS if quick else STANDARD_ROUNDS)
    return Settings(
        quick=quick,
        users=users,
        window_seconds=WINDOW_SECONDS,
        warm_up_max_seconds=WARM_UP_SECONDS,
        rounds=least,
        max_rounds=least if quick or rounds else MOST_ROUNDS,
        precision=PRECISION,
        budget_seconds=budget_seconds or (QUICK_BUDGET_SECONDS if quick else STANDARD_BUDGET_SECONDS),
        seed=seed,
        workers=1,
        server_environment=SERVER_ENVIRONMENT,
        turns=TURNS,
        studies=tuple(study.name for study in studies),
        bare=bare and not quick,
        rows=(*ROWS, MILLION) if rows_million else ROWS,
    )

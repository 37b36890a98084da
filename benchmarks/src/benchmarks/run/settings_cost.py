"""What settings cost: one variant under two sets of them, both servers up, asked in turn in short windows.

The two windows of a turn lie a second apart, so that the machine's slower changes fall on both alike, and the order
within the turns alternates (A B, B A), so that a steady drift cancels. Two starts of one server differ by more than
a setting may cost; so the servers are started anew several times, and the starts are the pairs of the interval.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import fmean

from benchmarks.plan.scenarios import Scenario
from benchmarks.results import Layout
from benchmarks.run.generator import Generator, running_generator
from benchmarks.run.layout import choose_layout, database_held, out_of_the_way
from benchmarks.run.window import measure
from benchmarks.statistics.intervals import ERROR_LEVEL, Interval, paired_ratio
from benchmarks.studies import Load, Usage
from variants.catalog import Variant, workspace_root
from variants.engines import Engine, fresh_database
from variants.environment import UNLIMITED_SETTINGS
from variants.postgres import server_pid
from variants.process import running

# Logs go where those of the other measurements go; nobody's rate is limited.
COMMON_SETTINGS = {"ENVIRONMENT": "production", **UNLIMITED_SETTINGS}
WITH = {"LOG_LEVEL": "info", "METRICS": "true"}
WITHOUT = {"LOG_LEVEL": "warning", "METRICS": "false"}
USERS = 32
WARM_UP_SECONDS = 2.0
WINDOW_SECONDS = 1.0
# Servers that have answered once need no long warm-up before each of their windows.
SETTLE_SECONDS = 0.3


@dataclass(frozen=True)
class Side:
    """What one set of settings reached over all windows: good answers a second, CPU milliseconds a request."""

    capacity: float
    server_ms: float
    database_ms: float | None


@dataclass(frozen=True)
class SettingsCost:
    """Both sides of a scenario, and the ratio of their capacities (with / without) over starts, with its 95 %."""

    scenario: str
    with_them: Side
    without: Side
    ratio: Interval


@dataclass(frozen=True)
class Plan:
    """What is measured: `starts` pairs of servers, `turns` pairs of windows in each."""

    engine: Engine
    scenarios: Sequence[Scenario]
    starts: int
    turns: int
    with_them: Mapping[str, str]
    without: Mapping[str, str]


Window = tuple[Load, Usage]
Windows = dict[tuple[str, int], list[tuple[Window, Window]]]


def settings_cost(variant: Variant, plan: Plan, progress: Callable[[float, str], None]) -> list[SettingsCost]:
    """Measure a variant with and without some settings.

    Parameters:
        progress: is told the share that is done, and what is being done.

    Raises:
        VariantFailedError: it did not start.
        DatabaseError: there is no database for it.
        LayoutError: there are not enough cores.
        GeneratorError: the load could not be brought up.
    """
    layout, windows = choose_layout(1), Windows()
    database_pid = server_pid() if plan.engine is Engine.POSTGRES else None
    with (
        database_held(layout, database_pid),
        out_of_the_way(layout),
        running_generator(workspace_root(), cpus=layout.generator) as generator,
    ):
        for start in range(plan.starts):
            progress(start / plan.starts, f"{variant.name}: start {start + 1} of {plan.starts}")
            _measure_start(variant, plan, layout, generator, database_pid, windows, start)
    return [summary(scenario.name, plan.starts, windows) for scenario in plan.scenarios]


def _measure_start(
    variant: Variant,
    plan: Plan,
    layout: Layout,
    generator: Generator,
    database_pid: int | None,
    windows: Windows,
    start: int,
) -> None:
    cores = layout.server if layout.server != layout.generator else ()
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(plan.engine))
        servers = [
            stack.enter_context(
                running(
                    variant,
                    database_url=database.url,
                    environment={**COMMON_SETTINGS, **settings},
                    cpus=frozenset(layout.server) or None,
                )
            )
            for settings in (plan.with_them, plan.without)
        ]

        def window(side: int, scenario: Scenario, seconds: float, warm_up: float) -> Window:
            request: dict[str, object] = {"mode": "closed", "host": servers[side].base_url, "user": scenario.user_class}
            request |= {"users": USERS, "warm_up_max": warm_up, "window": seconds}
            pid = servers[side].pid
            return measure(generator, request, server_pid=pid, cores=cores, database_pid=database_pid)

        for scenario in plan.scenarios:
            for side in (0, 1):
                window(side, scenario, SETTLE_SECONDS, WARM_UP_SECONDS)
            pairs = windows.setdefault((scenario.name, start), [])
            for turn in range(plan.turns):
                order = (0, 1) if turn % 2 == 0 else (1, 0)
                taken = {side: window(side, scenario, WINDOW_SECONDS, SETTLE_SECONDS) for side in order}
                pairs.append((taken[0], taken[1]))


def summary(scenario: str, starts: int, windows: Windows) -> SettingsCost:
    """Compare both sides of a scenario, start by start."""
    by_start = [windows[scenario, start] for start in range(starts)]
    rates = [[fmean(pair[side][0].capacity for pair in pairs) for pairs in by_start] for side in (0, 1)]
    sides = [_side([pair[side] for pairs in by_start for pair in pairs]) for side in (0, 1)]
    return SettingsCost(scenario, sides[0], sides[1], paired_ratio(rates[0], rates[1]).interval(ERROR_LEVEL))


def _side(windows: Sequence[Window]) -> Side:
    requests = sum(load.requests for load, _ in windows)
    database = [usage.database_cpu_seconds for _, usage in windows if usage.database_cpu_seconds is not None]
    return Side(
        capacity=fmean(load.capacity for load, _ in windows),
        server_ms=1000 * sum(usage.server_cpu_seconds for _, usage in windows) / requests,
        database_ms=1000 * sum(database) / requests if database else None,
    )

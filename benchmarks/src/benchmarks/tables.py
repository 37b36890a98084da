"""The tables of the measurements that are no comparison of variants."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from benchmarks.run.login_timing import INACTIVE, KNOWN, UNKNOWN, LoginTiming
from benchmarks.run.settings_cost import SettingsCost, Side
from benchmarks.statistics.intervals import Interval


def login_table(found: Mapping[str, LoginTiming]) -> Table:
    """What `login-timing` prints."""
    table = Table("variant", title="Log-ins that fail: milliseconds (median), and ratio to a known name with 95 %")
    for column in (KNOWN, UNKNOWN, "ratio", INACTIVE, "ratio"):
        table.add_column(column, justify="right")
    for name, timing in found.items():
        known, unknown, inactive = (f"{timing.milliseconds[kind]:.2f}" for kind in (KNOWN, UNKNOWN, INACTIVE))
        table.add_row(
            name, known, unknown, _in_words(timing.ratios[UNKNOWN]), inactive, _in_words(timing.ratios[INACTIVE])
        )
    return table


def _in_words(ratio: Interval) -> str:
    return f"{ratio.estimate:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"


def settings_table(found: Mapping[str, Sequence[SettingsCost]]) -> Table:
    """What `settings-cost` prints."""
    table = Table("variant", "scenario", title="Capacity (good answers a second) and CPU milliseconds a request")
    for column in ("without", "with", "ratio with 95 %", "server ms", "with", "database ms", "with"):
        table.add_column(column, justify="right")
    for name, costs in found.items():
        for cost in costs:
            sides = (cost.without, cost.with_them)
            capacities, server = (
                [f"{side.capacity:,.0f}" for side in sides],
                [f"{side.server_ms:.3f}" for side in sides],
            )
            table.add_row(
                name,
                cost.scenario,
                *capacities,
                _in_words(cost.ratio),
                *server,
                *(_database_ms(side) for side in sides),
            )
    return table


def _database_ms(side: Side) -> str:
    return "-" if side.database_ms is None else f"{side.database_ms:.3f}"

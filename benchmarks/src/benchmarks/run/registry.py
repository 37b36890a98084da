"""Which function carries out which study of `benchmarks.plan.studies`. Another one is one line in each."""

from collections.abc import Callable, Mapping

from benchmarks.run.capacity import measure_capacity
from benchmarks.run.context import Context
from benchmarks.run.latency import measure_latency
from benchmarks.run.scale import measure_scale
from benchmarks.run.service_level import measure_levels
from benchmarks.run.unloaded import measure_exact_costs, measure_footprint

CARRIED_OUT: Mapping[str, Callable[[Context], None]] = {
    "capacity": measure_capacity,
    "latency": measure_latency,
    "level": measure_levels,
    "scale": measure_scale,
    "exact": measure_exact_costs,
    "footprint": measure_footprint,
}
